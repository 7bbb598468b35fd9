/** All requests of Prints to the authorization server, through `openid-client`. */
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

/** What must be stored from the redirect to the server until the callback. */
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
  /** The id of the session at the server (`sid`), which a back-channel logout names. */
  readonly serverSession?: string;
  /** Sent to the server at sign-out, to identify the session. */
  readonly idToken: string;
}

export interface SignInOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The address of Prints itself. */
  readonly origin: string;
  /** The identifier of the API that the access token is for (RFC 8707). */
  readonly resource: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export function createSignIn({ issuer, clientId, clientSecret, origin, resource }: SignInOptions) {
  let discovered: Promise<Configuration> | undefined;
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  /** The metadata of the server. It is fetched once, when first needed, so that Prints can start before the server. */
  function server(): Promise<Configuration> {
    discovered ??= discovery(new URL(issuer), clientId, undefined, ClientSecretBasic(clientSecret), {
      timeout: 10,
      // Plain http is allowed for a server on this machine only.
      execute: issuer.startsWith('http:') ? [allowInsecureRequests] : [],
    }).catch((error: unknown) => {
      discovered = undefined;
      throw error;
    });
    return discovered;
  }

  function toTokens(answer: TokenEndpointResponse & TokenEndpointResponseHelpers, previous?: Tokens): Tokens {
    // Each refresh token works once, and the answer contains its successor. Without one, the previous token stays
    // valid.
    const refreshToken = answer.refresh_token ?? previous?.refreshToken;
    return {
      accessToken: answer.access_token,
      expiresAt: Date.now() + (answer.expiresIn() ?? 60) * 1000,
      ...(refreshToken === undefined ? {} : { refreshToken }),
      scopes: answer.scope === undefined ? (previous?.scopes ?? new Set()) : new Set(answer.scope.split(' ')),
    };
  }

  return {
    /** @returns where to redirect the user, and what to store under `state` until the callback */
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
     * @throws AuthorizationResponseError if the user (`error` is `access_denied`) or the server denied the request
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
      // From the ID token, because the access token is for the API and is not valid at the userinfo endpoint.
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

    /** @throws ResponseBodyError with the error `invalid_grant` if access was withdrawn or the session has ended */
    async refresh(tokens: Tokens & { readonly refreshToken: string }): Promise<Tokens> {
      return toTokens(await refreshTokenGrant(await server(), tokens.refreshToken, { resource }), tokens);
    },

    /** @returns where to redirect the user to sign out at the server, too (OpenID Connect RP-Initiated Logout) */
    async signOutUrl(idToken: string): Promise<URL> {
      return buildEndSessionUrl(await server(), { id_token_hint: idToken, post_logout_redirect_uri: `${origin}/` });
    },

    /**
     * Validates the token that the server posts when a session ends there (OpenID Connect Back-Channel Logout §2.6).
     * @throws if it is not a logout token for Prints
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
        throw new Error('This is not a logout token.');
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
