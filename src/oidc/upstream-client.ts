/**
 * What this server asks other identity providers, as their client, with the library openid-client: the authorization
 * request, the exchange of the code, userinfo. What an answer means is not decided here.
 *
 * Checked for every answer: `state`, PKCE with S256 (RFC 7636), and `iss` where the provider sends it or announces it
 * (RFC 9207). With OpenID Connect also the ID token: signature, issuer, audience, expiry and `nonce` (OpenID Connect
 * Core §3.1.3.7), and that userinfo is about the same `sub` (§5.3.2).
 */
import * as client from 'openid-client';
import type { UpstreamFlow } from '../services/upstream/upstream-flows.ts';
import type { UpstreamAnswer } from '../services/upstream/upstream-identity.ts';
import type { UpstreamDocument } from '../storage/collections.ts';
import {
  isOutage,
  reasonOf,
  UpstreamUnavailableError,
  type UpstreamConfigurations,
} from './upstream-configurations.ts';

/** The provider's answer is not valid, or is an error. The message has the reason, for the operator. */
export class UpstreamAnswerError extends Error {
  /** The user did not agree there (`access_denied`). */
  readonly denied: boolean;

  constructor(message: string, options: ErrorOptions & { readonly denied?: boolean } = {}) {
    super(message, options);
    this.denied = options.denied === true;
  }
}

export interface UpstreamRequest {
  readonly flow: UpstreamFlow;
  readonly loginHint?: string | undefined;
  /** Whether the provider is to ask which account the user means, if it announces that it can. */
  readonly selectAccount?: boolean;
  readonly uiLocales?: string | undefined;
}

export interface UpstreamClient {
  /** The redirect URI to register at the provider. */
  redirectUri(upstream: Pick<UpstreamDocument, '_id'>): string;
  /** The address of the authorization request. @throws UpstreamUnavailableError */
  authorizationUrl(upstream: UpstreamDocument, request: UpstreamRequest): Promise<URL>;
  /**
   * Checks the parameters of the authorization response, exchanges the code and reads the claims.
   * @throws UpstreamUnavailableError, UpstreamAnswerError
   */
  redeem(upstream: UpstreamDocument, parameters: URLSearchParams, flow: UpstreamFlow): Promise<UpstreamAnswer>;
  /** Where signing out of the provider begins (OpenID Connect RP-Initiated Logout); undefined if it has no address. */
  signOutUrl(
    upstream: UpstreamDocument,
    request: { readonly idToken: string | undefined; readonly returnTo: string },
  ): Promise<URL | undefined>;
  /** The provider's metadata, fetched now. @throws UpstreamUnavailableError */
  discover(upstream: UpstreamDocument): Promise<client.ServerMetadata>;
  /** Sends a code that does not exist. @returns the error code that the token endpoint answers */
  tryCredentials(upstream: UpstreamDocument): Promise<string>;
}

/** @param deps.isAllowed whether users may be sent to this address: https, and in development http on loopback */
export function createUpstreamClient(deps: {
  readonly configurations: UpstreamConfigurations;
  readonly isAllowed: (uri: string) => boolean;
  /** The issuer identifier of this server. */
  readonly issuer: string;
}): UpstreamClient {
  const { configurations, isAllowed, issuer } = deps;

  const redirectUri: UpstreamClient['redirectUri'] = ({ _id }) => `${issuer}/upstream/${_id}/callback`;

  /** The claims of userinfo, and of GitHub's list of addresses. */
  async function userinfoOf(
    upstream: UpstreamDocument,
    configuration: client.Configuration,
    accessToken: string,
    subject: string | undefined,
  ): Promise<UpstreamAnswer['claims']> {
    if (upstream.protocol === 'oidc') {
      const hasUserinfo = configuration.serverMetadata().userinfo_endpoint !== undefined;
      return hasUserinfo && subject !== undefined ? client.fetchUserInfo(configuration, accessToken, subject) : {};
    }
    const get = async (address: string): Promise<unknown> => {
      const accept = new Headers({ accept: 'application/json' });
      const response = await client.fetchProtectedResource(
        configuration,
        accessToken,
        new URL(address),
        'GET',
        null,
        accept,
      );
      if (response.status !== 200) {
        throw new UpstreamAnswerError(`${address}: the status is ${response.status}`);
      }
      return response.json();
    };
    const claims = await get(upstream.userinfoEndpoint ?? '');
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
      throw new UpstreamAnswerError('userinfo is not a JSON object');
    }
    return upstream.emailsEndpoint === undefined
      ? { ...claims }
      : { ...claims, ...primaryEmail(await get(upstream.emailsEndpoint)) };
  }

  return {
    redirectUri,

    authorizationUrl: async (upstream, { flow, loginHint, selectAccount, uiLocales }) => {
      const configuration = await configurations.find(upstream);
      const isOidc = upstream.protocol === 'oidc';
      // Some providers reject a value that they do not know.
      const knownPrompts = configuration.serverMetadata()['prompt_values_supported'];
      const maySelect = Array.isArray(knownPrompts) && knownPrompts.includes('select_account');
      const prompt = flow.maxAge === 0 ? 'login' : selectAccount === true && maySelect ? 'select_account' : undefined;
      return client.buildAuthorizationUrl(configuration, {
        ...Object.fromEntries(upstream.parameters.map(({ name, value }) => [name, value])),
        redirect_uri: redirectUri(upstream),
        scope: upstream.scopes.join(' '),
        state: flow.state,
        code_challenge: await client.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
        ...(isOidc ? { nonce: flow.nonce } : {}),
        ...(isOidc && flow.maxAge !== undefined ? { max_age: String(flow.maxAge) } : {}),
        ...(isOidc && prompt !== undefined ? { prompt } : {}),
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
        ...(isOidc && uiLocales !== undefined ? { ui_locales: uiLocales } : {}),
        // Apple sends name and address only in this way.
        ...(upstream.authMethod === 'apple' ? { response_mode: 'form_post' } : {}),
      });
    },

    redeem: async (upstream, parameters, flow) => {
      const configuration = await configurations.find(upstream);
      const address = new URL(redirectUri(upstream));
      address.search = parameters.toString();
      const isOidc = upstream.protocol === 'oidc';
      if (!isOidc) {
        // No issuer is known with which it could be compared. The redirect URI belongs to this provider alone.
        address.searchParams.delete('iss');
      }
      try {
        const tokens = await client.authorizationCodeGrant(configuration, address, {
          pkceCodeVerifier: flow.verifier,
          expectedState: flow.state,
          ...(isOidc ? { expectedNonce: flow.nonce, idTokenExpected: true } : {}),
        });
        const idToken = tokens.claims();
        const userinfo = await userinfoOf(upstream, configuration, tokens.access_token, idToken?.sub);
        return {
          // What the ID token says is signed, so it wins.
          claims: { ...userinfo, ...idToken },
          ...(idToken === undefined ? {} : { issuer: idToken.iss }),
          ...(tokens.id_token === undefined ? {} : { idToken: tokens.id_token }),
        };
      } catch (error) {
        if (error instanceof UpstreamAnswerError) {
          throw error;
        }
        if (error instanceof client.AuthorizationResponseError) {
          throw new UpstreamAnswerError(`the provider answered ${error.error.slice(0, 100)}`, {
            cause: error,
            denied: error.error === 'access_denied' || error.error === 'user_cancelled_authorize',
          });
        }
        throw isOutage(error)
          ? new UpstreamUnavailableError(reasonOf(error), { cause: error })
          : new UpstreamAnswerError(reasonOf(error), { cause: error });
      }
    },

    signOutUrl: async (upstream, { idToken, returnTo }) => {
      const configuration = await configurations.find(upstream);
      const { end_session_endpoint: address } = configuration.serverMetadata();
      return address === undefined || !isAllowed(address)
        ? undefined
        : client.buildEndSessionUrl(configuration, {
            post_logout_redirect_uri: returnTo,
            ...(idToken === undefined ? {} : { id_token_hint: idToken }),
          });
    },

    discover: async (upstream) => (await configurations.fetch(upstream)).serverMetadata(),

    tryCredentials: async (upstream) => {
      const configuration = await configurations.fetch(upstream);
      try {
        await client.genericGrantRequest(configuration, 'authorization_code', {
          code: 'gatehouse-upstream-check',
          redirect_uri: redirectUri(upstream),
          code_verifier: client.randomPKCECodeVerifier(),
        });
        return 'accepted';
      } catch (error) {
        if (error instanceof client.ResponseBodyError) {
          return error.error;
        }
        // GitHub answers errors with the status 200; a challenge is an answer about the client, too.
        const code = errorInBody(error);
        if (code !== undefined) {
          return code;
        }
        if (error instanceof client.WWWAuthenticateChallengeError) {
          return 'invalid_client';
        }
        throw new UpstreamUnavailableError(reasonOf(error), { cause: error });
      }
    },
  };
}

/** The error code in the body of a response that the library does not accept as an OAuth error. */
function errorInBody(error: unknown): string | undefined {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = Reflect.get(cause, 'cause')) {
    const body: unknown = Reflect.get(cause, 'body');
    const code: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'error') : undefined;
    if (typeof code === 'string') {
      return code;
    }
  }
  return undefined;
}

/** The primary one of GitHub's list of addresses, as claims. */
function primaryEmail(list: unknown): UpstreamAnswer['claims'] {
  const primary: unknown = Array.isArray(list)
    ? list.find((one: unknown) => typeof one === 'object' && one !== null && 'primary' in one && one.primary === true)
    : undefined;
  return typeof primary === 'object' && primary !== null && 'email' in primary && 'verified' in primary
    ? { email: primary.email, email_verified: primary.verified }
    : {};
}
