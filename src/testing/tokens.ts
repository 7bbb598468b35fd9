/**
 * Tokens for tests. They are issued by the server's own endpoints: a user signs in and an app redeems the code, or a
 * machine asks for itself. So they are what the server would issue, with a session, a grant and everything else.
 */
import { createHash, randomBytes } from 'node:crypto';
import { InvalidInputError } from '../errors.ts';
import { endpoints } from '../oidc/endpoints.ts';
import type { Directory, TestClient } from './directory.ts';
import type { HttpClient } from './http-client.ts';
import { signInByHttp } from './sign-in.ts';

export interface TokenRequest {
  /**
   * The user, by id or email; created if there is none. Without it, the token is that of a machine, whose `sub` is its
   * client id.
   */
  readonly sub?: string;
  /** Scopes, separated by spaces. */
  readonly scope?: string;
  /** The identifier of the API that the token is for. It can be left out where exactly one API has the scopes. */
  readonly resource?: string;
  /**
   * Seconds until the access token expires, at most the lifetime that the server gives it; 0 or less for one that has
   * expired. The token was then issued a while ago.
   */
  readonly expiresIn?: number;
  /** The id of a client that was created with `addClient`; by default a first-party app or a machine of the server. */
  readonly client?: string;
}

/** The answer of the token endpoint (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope?: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

export interface Tokens {
  /** @throws InvalidInputError for an `expiresIn` above the lifetime; Error with the answer, if there is no token */
  request(request: TokenRequest): Promise<TokenResponse>;
  /** Ends a token of any kind, and what the server ends with it, as its client at the revocation endpoint. */
  revoke(token: string): Promise<void>;
}

function authorizationOf({ clientId, clientSecret }: TestClient): Readonly<Record<string, string>> {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret ?? '')}`;
  return clientSecret === undefined ? {} : { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A client without a secret names itself in the body. */
function identityOf({ clientId, clientSecret }: TestClient): Readonly<Record<string, string>> {
  return clientSecret === undefined ? { client_id: clientId } : {};
}

function optional(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}

/**
 * @param deps.atTime headers of requests that the server handles as if it were this many seconds later
 */
export function createTokens(deps: {
  readonly issuer: string;
  readonly client: HttpClient;
  readonly directory: Directory;
  readonly atTime: (seconds: number) => Readonly<Record<string, string>>;
}): Tokens {
  const { issuer, client, directory, atTime } = deps;

  async function redeem(
    app: TestClient,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<TokenResponse> {
    const { status, body } = await client.send(`${issuer}${endpoints.token.path}`, {
      form: { ...form, ...identityOf(app) },
      headers: { ...authorizationOf(app), ...headers },
    });
    if (status !== 200) {
      throw new Error(`The server issued no token: ${status} ${body}`);
    }
    return JSON.parse(body) as TokenResponse;
  }

  async function ofMachine({ scope, resource, client: clientId }: TokenRequest, seconds: number) {
    const machine = await (clientId === undefined ? directory.ownClient('machine') : directory.clientOf(clientId));
    return redeem(
      machine,
      { grant_type: 'client_credentials', ...optional('scope', scope), ...optional('resource', resource) },
      atTime(seconds),
    );
  }

  async function ofUser(sub: string, { scope, resource, client: clientId }: TokenRequest, seconds: number) {
    const [user, app] = await Promise.all([
      directory.userOf(sub),
      clientId === undefined ? directory.ownClient('web') : directory.clientOf(clientId),
    ]);
    const [redirectUri] = app.redirectUris;
    if (redirectUri === undefined) {
      throw new InvalidInputError(`The client ${app.clientId} signs nobody in: it has no redirect URI.`, 'client');
    }
    const verifier = randomBytes(32).toString('base64url');
    const url = new URL(`${issuer}${endpoints.authorization.path}`);
    url.search = new URLSearchParams({
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scope ?? 'openid',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...optional('resource', resource),
    }).toString();
    const headers = atTime(seconds);
    const callback = new URL(await signInByHttp(client, url.href, user, headers));
    const code = callback.searchParams.get('code');
    if (code === null) {
      throw new Error(`The server issued no code: ${callback.search}`);
    }
    return redeem(
      app,
      { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri },
      headers,
    );
  }

  function issue(request: TokenRequest, seconds: number): Promise<TokenResponse> {
    return request.sub === undefined ? ofMachine(request, seconds) : ofUser(request.sub, request, seconds);
  }

  return {
    request: async (request) => {
      const { expiresIn } = request;
      const issued = await issue(request, 0);
      if (expiresIn === undefined || expiresIn === issued.expires_in) {
        return issued;
      }
      const lifetime = issued.expires_in;
      if (!Number.isFinite(expiresIn) || expiresIn > lifetime) {
        throw new InvalidInputError(
          `This token is valid for ${lifetime} seconds: expected at most that, not ${expiresIn}. The lifetime can be set for an API (tokenLifetime).`,
          'expiresIn',
        );
      }
      return { ...(await issue(request, expiresIn - lifetime)), expires_in: expiresIn };
    },

    // Only its client can revoke a token, and a token does not say whose it is. For all others nothing happens.
    revoke: async (token) => {
      for (const one of directory.clients()) {
        await client.send(`${issuer}${endpoints.revocation.path}`, {
          form: { token, ...identityOf(one) },
          headers: authorizationOf(one),
        });
      }
    },
  };
}
