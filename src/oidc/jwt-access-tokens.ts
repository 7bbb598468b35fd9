/**
 * Makes JWT access tokens (RFC 9068) known to introspection and revocation. They are not stored: their content is read
 * from the token itself, after its signature was verified. A token of a user names its grant, and without offline
 * access its login session: it is active only while both exist, and revoking it ends the grant with all its tokens.
 */
import type { JWK } from 'jose';
import { Provider, type AccessToken, type ClientCredentials } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import { checkSessionBinding } from './engine-internals.ts';
import { createOwnJwtVerifier } from './own-jwts.ts';

/** The name that Grant Management for OAuth 2.0 has for the id of a grant. */
const grantClaim = 'grant_id';
/** Our own name: `sid` is another id of the session, for the app alone (OpenID Connect Back-Channel Logout §2.1). */
const sessionClaim = 'session_id';

/**
 * Adds to the claims of a JWT access token the grant, and the login session if the token ends with it. A machine's
 * token has neither.
 */
export function nameGrantAndSession(token: AccessToken | ClientCredentials, payload: Record<string, unknown>): void {
  if (token.kind !== 'AccessToken') {
    return;
  }
  if (token.grantId !== undefined) {
    payload[grantClaim] = token.grantId;
  }
  if (token.expiresWithSession === true) {
    payload[sessionClaim] = token.sessionUid;
  }
}

/** The content of a valid token, by the engine's names. A machine's token has no user, grant and session. */
interface Content {
  readonly clientId: string;
  readonly aud: string;
  readonly scope?: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly accountId?: string;
  readonly grantId?: string;
  /** Present if the token ends with this login session. */
  readonly sessionUid?: string;
  readonly expiresWithSession?: true;
}

/** Text with two dots. Values of stored tokens have none. */
function looksLikeJwt(value: unknown): value is string {
  return typeof value === 'string' && value.split('.', 4).length === 3;
}

/**
 * Creates the function that reads a JWT access token of this server; undefined for anything else, and after its expiry.
 * @param keys the published public keys: no valid token was signed by an older one
 */
function createReader(issuer: string, keys: readonly JWK[], clock: Clock) {
  const verify = createOwnJwtVerifier(keys);
  return async (value: string): Promise<Content | undefined> => {
    const { header, payload = {} } = (await verify(value)) ?? {};
    const { iss, aud, sub, exp, iat, jti, client_id: clientId, scope } = payload;
    const { [grantClaim]: grantId, [sessionClaim]: sessionUid } = payload;
    if (
      header?.typ !== 'at+jwt' ||
      iss !== issuer ||
      typeof aud !== 'string' ||
      typeof clientId !== 'string' ||
      typeof jti !== 'string' ||
      iat === undefined ||
      exp === undefined ||
      exp <= epochSeconds(clock)
    ) {
      return undefined;
    }
    const content = { clientId, aud, jti, iat, exp, ...(typeof scope === 'string' ? { scope } : {}) };
    if (sub === clientId) {
      return content;
    }
    if (typeof sub !== 'string' || typeof grantId !== 'string') {
      return undefined;
    }
    const ofUser = { ...content, accountId: sub, grantId };
    return typeof sessionUid === 'string' ? { ...ofUser, sessionUid, expiresWithSession: true } : ofUser;
  };
}

type Find = (value: string, options?: object) => Promise<unknown>;

/** Makes the engine find JWT access tokens where it looks for the token of an introspection or revocation request. */
export function findJwtAccessTokens(
  provider: Provider,
  deps: { readonly issuer: string; readonly keys: readonly JWK[]; readonly clock: Clock },
): void {
  const read = createReader(deps.issuer, deps.keys, deps.clock);

  function findBy(find: Find, toToken: (content: Content) => object | undefined): Find {
    return async (value, options) => {
      const isAskedAbout = ['introspection', 'revocation'].includes(String(Provider.ctx?.oidc.route));
      if (!isAskedAbout || !looksLikeJwt(value)) {
        return find(value, options);
      }
      const content = await read(value);
      return checkSessionBinding(provider, content === undefined ? undefined : toToken(content), options);
    };
  }

  const { AccessToken: OfUser, ClientCredentials: OfMachine, RefreshToken } = provider;
  type OfUserInput = ConstructorParameters<typeof OfUser>[0];
  type OfMachineInput = ConstructorParameters<typeof OfMachine>[0];
  for (const [model, toToken] of [
    [
      OfUser,
      (content: Content) =>
        content.accountId === undefined ? undefined : new OfUser(content as unknown as OfUserInput),
    ],
    [
      OfMachine,
      (content: Content) =>
        content.accountId === undefined ? new OfMachine(content as unknown as OfMachineInput) : undefined,
    ],
    [RefreshToken, () => undefined],
  ] as const) {
    Reflect.set(model, 'find', findBy(model.find.bind(model), toToken));
  }
}
