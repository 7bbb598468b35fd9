/** Everything the engine is configured with, in one place. Decisions are numbered in docs/decisions.md. */
import type { AdapterFactory, Client, Configuration, FindAccount, JWK, KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import { claimsByScope, identityScopes } from '../services/values/claims-by-scope.ts';
import type { OutboundRule } from '../services/values/outbound-addresses.ts';
import { waitForOthers } from '../storage/request-scope.ts';
import { accountCallbackPath, accountClientId } from './account-client.ts';
import { acrValues } from './authentication-context.ts';
import { checkClaimsParameter } from './claims.ts';
import { accessTokenLifetimeOf, allowedOriginsOf, ownMetadata } from './client-metadata.ts';
import type { ConsentStep } from './consent.ts';
import { endpoints } from './endpoints.ts';
import type { CookieRules, CookieSigner } from './cookies.ts';
import { originClaims } from './tokens/origin.ts';
import { engineKey } from './es256-key.ts';
import { createInteractionPolicy } from './interaction-policy.ts';
import type { EnginePages } from './pages.ts';
import { createOutboundFetch } from './outbound-calls.ts';
import { requirePkce } from './pkce.ts';
import type { RefreshTokenLifetimes } from './refresh-token-lifetime.ts';
import { parameterChecks } from './parameter-limits.ts';
import { requestObjectAlgs } from './request-objects.ts';
import type { RequestedApis } from './requested-apis.ts';
import type { ResourceIndicatorHooks } from './resource-indicators.ts';
import { secondsAfterUse, type SessionLifetimes } from './session-lifetime.ts';
import type { FindConfiguredClaims } from './tokens/configured-claims.ts';
import { nameGrantAndSession } from './tokens/grant-claims.ts';
import { loginClaims } from './tokens/login-claims.ts';

/** Seconds by which the clocks of others may differ (FAPI 2.0 Security Profile §5.3.2.1 asks to accept 10). */
export const clockTolerance = 10;

/**
 * Seconds by which the clocks of our own instances may differ. Records are kept that much longer than they are valid.
 */
export const instanceClockTolerance = 5;

export interface EngineLifetimes extends RefreshTokenLifetimes {
  /** All in seconds. */
  readonly code: number;
  readonly interaction: number;
  readonly idToken: number;
  readonly accessTokenOpaque: number;
  readonly session: SessionLifetimes;
}

export interface EngineConfigurationInput {
  readonly issuer: string;
  readonly keys: readonly JWK[];
  readonly adapter: AdapterFactory;
  readonly findAccount: FindAccount;
  readonly consent: Pick<ConsentStep, 'loadExistingGrant'>;
  readonly pages: EnginePages;
  readonly requestedApis: RequestedApis;
  readonly resourceIndicators: ResourceIndicatorHooks;
  readonly findConfiguredClaims: FindConfiguredClaims;
  readonly assertionCheck: (claims: Readonly<Record<string, unknown>>, client: Client) => void;
  readonly cookies: CookieRules;
  readonly signer: CookieSigner;
  readonly clock: Clock;
  readonly lifetimes: EngineLifetimes;
  /** The addresses to which requests for apps may be sent. */
  readonly outboundRule: OutboundRule;
}

const pushedRequestLifetime = 60;
const secondsPerDay = 24 * 3600;
/** Bytes of a response that the engine fetches. The engine itself has no limit. */
const maxFetchedBytes = 256 * 1024;

export function createEngineConfiguration(input: EngineConfigurationInput): Configuration {
  const { issuer, keys, cookies, signer, consent, pages, clock, lifetimes } = input;
  const cookieOptions = { ...cookies.options };
  const sendOutbound = createOutboundFetch({ rule: input.outboundRule });

  return {
    adapter: input.adapter,
    jwks: { keys: keys.map(engineKey) },
    findAccount: input.findAccount,
    loadExistingGrant: (ctx) => consent.loadExistingGrant(ctx),
    renderError: (ctx, out, error) => pages.renderError(ctx, out, error),
    // The engine decides the paths of metadata, resume and the logout form itself.
    routes: {
      authorization: endpoints.authorization.path,
      token: endpoints.token.path,
      userinfo: endpoints.userinfo.path,
      introspection: endpoints.introspection.path,
      revocation: endpoints.revocation.path,
      jwks: endpoints.jwks.path,
      end_session: endpoints.end_session.path,
      pushed_authorization_request: endpoints.pushed_authorization_request.path,
    },
    clockTolerance,
    discovery: {
      revocation_feed: `${issuer}${endpoints.revocation_feed.path}`,
      authorization_challenge_endpoint: `${issuer}${endpoints.authorization_challenge.path}`,
    },

    cookies: {
      keys: signer as unknown as NonNullable<NonNullable<Configuration['cookies']>['keys']>,
      names: { session: cookies.names.session, interaction: cookies.names.interaction, resume: cookies.names.resume },
      long: cookieOptions,
      short: cookieOptions,
    },

    clients: [
      {
        client_id: accountClientId,
        client_name: 'Gatehouse',
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${issuer}${accountCallbackPath}`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        gatehouse_type: 'web',
        gatehouse_first_party: true,
      },
    ],
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    extraClientMetadata: { properties: [...ownMetadata] },
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims, _header, client) => input.assertionCheck(claims, client),
    clientBasedCORS: (_ctx: KoaContextWithOIDC, origin: string, client: Client) =>
      allowedOriginsOf(client).includes(origin),
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'],
      requestObjectSigningAlgValues: [...requestObjectAlgs],
    },

    // Decision 4: code only, and PKCE (S256) as each client's setting says. redirect_uri is always required.
    responseTypes: ['code'],
    pkce: { required: requirePkce },
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    // These are standard parameters. They are listed as extra ones, because the engine runs checks for extra ones only.
    extraParams: { ...parameterChecks },

    scopes: [...identityScopes],
    claims: {
      ...Object.fromEntries(Object.entries(claimsByScope).map(([scope, claims]) => [scope, [...claims]])),
      // About the login. The engine itself adds acr, auth_time and sid.
      amr: null,
    },
    acrValues: [...acrValues],
    // Decision 22: the ID token has the claims of the granted scopes, because the code flow gives it to the app alone.
    conformIdTokenClaims: false,

    interactions: {
      policy: createInteractionPolicy(input.requestedApis, input.clock),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },

    // Decision 2 and decision 6: every client with this grant type gets a refresh token. Without offline_access the
    // token ends with the session.
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    expiresWithSession: (_ctx, source) => !source.scopes.has('offline_access'),
    // At a sign-out the grants themselves end, so that what is just being issued under them is invalid, too.
    revokeGrantPolicy: () => true,

    ttl: {
      AccessToken: (_ctx, { resourceServer }, client) =>
        resourceServer?.accessTokenTTL ?? Math.min(lifetimes.accessTokenOpaque, accessTokenLifetimeOf(client)),
      ClientCredentials: (_ctx, { resourceServer }, client) =>
        resourceServer?.accessTokenTTL ?? Math.min(lifetimes.accessTokenOpaque, accessTokenLifetimeOf(client)),
      AuthorizationCode: lifetimes.code,
      IdToken: lifetimes.idToken,
      Interaction: lifetimes.interaction,
      PushedAuthorizationRequest: pushedRequestLifetime,
      // A refresh token cannot outlive its grant. A chain of them may begin as late as the login session ends.
      Grant:
        lifetimes.refreshAbsolute + Math.max(lifetimes.session.remember, lifetimes.session.absolute) + secondsPerDay,
      // A session without a user only holds the state of a page, and any stranger can create one, so it is short.
      Session: (_ctx, session) =>
        session.accountId === undefined ? lifetimes.interaction : secondsAfterUse(lifetimes.session, session, clock),
    },

    // The engine's own check of addresses has no exceptions. It is a part of its `fetch`, which is not used.
    fetch: (address, options) => waitForOthers(() => sendOutbound(address, options)),
    fetchResponseBodyLimits: { jwks_uri: maxFetchedBytes, sector_identifier_uri: maxFetchedBytes },

    extraTokenClaims: async (ctx, token) => ({
      ...(await input.findConfiguredClaims(ctx, token)),
      ...loginClaims(ctx),
      ...originClaims(token),
    }),
    formats: {
      customizers: { jwt: (_ctx, token, { payload }) => nameGrantAndSession(token, payload) },
    },

    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true, assertClaimsParameter: checkClaimsParameter },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) => pages.logoutSource(ctx),
        postLogoutSuccessSource: (ctx) => pages.postLogoutSuccessSource(ctx),
      },
      backchannelLogout: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true },
      resourceIndicators: input.resourceIndicators,
      dPoP: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    },
  };
}
