/** Everything that Prints says to the authorization server, through `openid-client`. */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type Configuration,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';

/** What is remembered between sending a person to the server and their return. */
export interface PendingSignIn {
  readonly codeVerifier: string;
  readonly nonce: string;
}

export interface Tokens {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly refreshToken?: string;
  readonly scopes: ReadonlySet<string>;
}

export interface SignedIn extends Tokens {
  readonly subject: string;
  readonly name?: string;
  /** The server's name for its own session: what a back-channel logout ends. */
  readonly serverSession?: string;
  /** Tells the server at sign-out whose session to end. */
  readonly idToken: string;
}

export interface SignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where Prints itself is reached. */
  readonly origin: string;
  /** Identifier of the API that the access token shall be for (RFC 8707). */
  readonly resource: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export function createSignIn({ issuer, clientId, clientSecret, origin, resource }: SignInOptions) {
  let discovered: Promise<Configuration> | undefined;
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  /** The server's metadata: fetched once, at the first need, so that Prints may start before the server does. */
  function server(): Promise<Configuration> {
    discovered ??= discovery(new URL(issuer), clientId, undefined, ClientSecretBasic(clientSecret), {
      timeout: 10,
      // Plain http is for a server on this machine only.
      execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
    }).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  }

  function toTokens(answer: TokenEndpointResponse & TokenEndpointResponseHelpers, before?: Tokens): Tokens {
    // Each refresh token works once and the answer has its successor; without one, the one there stays good.
    const refreshToken = answer.refresh_token ?? before?.refreshToken;
    return {
      accessToken: answer.access_token,
      expiresAt: Date.now() + (answer.expiresIn() ?? 60) * 1000,
      ...(refreshToken === undefined ? {} : { refreshToken }),
      scopes: answer.scope === undefined ? (before?.scopes ?? new Set()) : new Set(answer.scope.split(' ')),
    };
  }

  return {
    /** Where to send the person, and what to remember under `state` until they return. */
    async begin(
      scope: string,
    ): Promise<{ readonly url: URL; readonly state: string; readonly pending: PendingSignIn }> {
      const codeVerifier = randomPKCECodeVerifier();
      const state = randomState();
      const nonce = randomNonce();
      const url = buildAuthorizationUrl(await server(), {
        redirect_uri: `${origin}/callback`,
        scope,
        resource,
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url, state, pending: { codeVerifier, nonce } };
    },

    /**
     * Redeems the code. `openid-client` checks `state`, `iss`, and the ID token with its `nonce`.
     * @throws AuthorizationResponseError when the person said no (`error` is `access_denied`), or the server did
     */
    async finish(callback: URL, state: string, pending: PendingSignIn): Promise<SignedIn> {
      const answer = await authorizationCodeGrant(
        await server(),
        callback,
        { pkceCodeVerifier: pending.codeVerifier, expectedState: state, expectedNonce: pending.nonce },
        { resource },
      );
      const claims = answer.claims();
      if (claims === undefined || answer.id_token === undefined) {
        throw new Error('The server sent no ID token.');
      }
      // From the ID token: the access token is for the API, and does not open userinfo.
      const name = text(claims['name']);
      const serverSession = text(claims['sid']);
      return {
        ...toTokens(answer),
        subject: claims.sub,
        idToken: answer.id_token,
        ...(name === undefined ? {} : { name }),
        ...(serverSession === undefined ? {} : { serverSession }),
      };
    },

    /** @throws ResponseBodyError, `error` is `invalid_grant`, when access was withdrawn or the session is over */
    async refresh(tokens: Tokens & { readonly refreshToken: string }): Promise<Tokens> {
      return toTokens(await refreshTokenGrant(await server(), tokens.refreshToken, { resource }), tokens);
    },

    /** Where to send the person so that they are signed out at the server too (OpenID Connect RP-Initiated Logout). */
    async signOutUrl(idToken: string): Promise<URL> {
      return buildEndSessionUrl(await server(), { id_token_hint: idToken, post_logout_redirect_uri: `${origin}/` });
    },

    /**
     * Checks what the server posts when a session ends there (OpenID Connect Back-Channel Logout §2.6).
     * @throws when it is not a logout token for Prints
     */
    async readLogoutToken(token: string): Promise<{ readonly subject?: string; readonly serverSession?: string }> {
      const metadata = (await server()).serverMetadata();
      keys ??= createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
      const { payload } = await jwtVerify(token, keys, {
        issuer: metadata.issuer,
        audience: clientId,
        typ: 'logout+jwt',
        algorithms: ['ES256', 'RS256'],
        requiredClaims: ['iat', 'exp', 'jti', 'events'],
        clockTolerance: 10,
      });
      const events = payload['events'];
      const isLogout =
        typeof events === 'object' && events !== null && 'http://schemas.openid.net/event/backchannel-logout' in events;
      if (!isLogout || 'nonce' in payload || (payload.sub === undefined && payload['sid'] === undefined)) {
        throw new Error('not a logout token');
      }
      const serverSession = text(payload['sid']);
      return {
        ...(payload.sub === undefined ? {} : { subject: payload.sub }),
        ...(serverSession === undefined ? {} : { serverSession }),
      };
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
