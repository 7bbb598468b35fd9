/**
 * Hosts the protocol engine: one oidc-provider instance, built from the current signing keys and replaced by a new one
 * when they change. All lasting state is in the database, so replacing the instance has no visible effect. Requests in
 * progress finish on the instance that they started on.
 */
import compose from 'koa-compose';
import type { JWK as PublicJwk } from 'jose';
import type { Context, Middleware } from 'koa';
import { Provider, type JWK, type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import type { UserMails } from '../services/mails/user-mails.ts';
import type { UserService } from '../services/users/users.ts';
import type { ApiService } from '../services/clients/apis.ts';
import type { AuditService } from '../services/foundation/audit.ts';
import type { AuthenticationService } from '../services/sign-in/authentication.ts';
import type { SecondFactorService } from '../services/sign-in/second-factors.ts';
import type { ConsentService } from '../services/clients/consents.ts';
import type { UpstreamLinks } from '../services/upstream/upstream-links.ts';
import type { EndedToken } from '../services/tokens/leaked-tokens.ts';
import type { OutboundRule } from '../services/values/outbound-addresses.ts';
import type { PersonalAccessTokenUses } from '../services/tokens/personal-access-token-uses.ts';
import type { LogoutNotice, RevocationService } from '../services/tokens/revocation.ts';
import type { Revocations } from '../services/tokens/revocations.ts';
import type { AuthorizationCodeRepository } from '../storage/repositories/authorization-codes.ts';
import type { WorkloadIssuerService } from '../services/clients/workload-issuers.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import type { LoginSessionRepository } from '../storage/repositories/login-sessions.ts';
import type { OidcPayloadRepository } from '../storage/repositories/oidc-payloads.ts';
import type { PersonalAccessTokenRepository } from '../storage/repositories/personal-access-tokens.ts';
import type { RefreshFamilyRepository } from '../storage/repositories/refresh-families.ts';
import type { Views } from '../views.ts';
import { createFindAccount, createFindProvenAccount } from './account.ts';
import { createAdapterFactory } from './adapter.ts';
import { answerAuthorizationChallenges, challengesAsPushedRequests } from './authorization-challenge.ts';
import { compareSecretsByDigest, createAssertionCheck } from './client-authentication.ts';
import { findStoredClients } from './client-lookup.ts';
import { makeClientsWait, type WaitOfClient } from './client-waits.ts';
import {
  clockTolerance,
  createEngineConfiguration,
  instanceClockTolerance,
  type EngineLifetimes,
} from './configuration.ts';
import { createConsentStep } from './consent.ts';
import { createConsentRequests } from './consent-request.ts';
import { createCookieRules, createCookieSigner, type CookieRules, type CookieSigner } from './cookies.ts';
import { endpoints } from './endpoints.ts';
import { answerAuthorizationRequestsDirectly } from './direct-authorization-requests.ts';
import { answerIntrospectionDirectly } from './direct-introspection.ts';
import { answerTokenRequestsDirectly } from './direct-token-requests.ts';
import { answerUserinfoDirectly } from './direct-userinfo.ts';
import { acceptEmptyPasswords, nameClientOfHeader } from './empty-password.ts';
import { keepCredentialsVersions } from './credentials-version.ts';
import { keepDepartures } from './departures.ts';
import { observeEngine, type EngineEventDependencies } from './events.ts';
import { replaceScopeChecks } from './engine-internals.ts';
import { createFlowCookies } from './flow-cookies.ts';
import { limitFlows, type WaitOfFlow } from './flow-limit.ts';
import { addHintsForApps, rememberHints, withHintInForm } from './hints-to-apps.ts';
import { createMissingFlow, type MissingFlow } from './missing-flow.ts';
import { readForms } from './form-body.ts';
import { createReadPlainRequest } from './plain-requests.ts';
import { createGrantRegistration } from './grants/registration.ts';
import { createIdTokenHintVerifier, verifyHintsOfRequests } from './id-token-hints.ts';
import { createJwtSigner } from './jwt-signer.ts';
import type { SignJwt } from './revocation-document.ts';
import { createFindInteraction, type FindInteraction } from './interactions.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { keepLoginSession, readLoginSession, type SignedIn } from './login-session.ts';
import { deliverLogoutToken } from './logout-delivery.ts';
import { tolerateLogoutMistakes } from './logout-requests.ts';
import { createEnginePages } from './pages.ts';
import { createPublishedDocuments } from './published-documents.ts';
import { createRecentFlows } from './recent-flows.ts';
import { compareRedirectUrisExactly } from './redirect-uris.ts';
import { detectReplaysByInsert } from './replay-detection.ts';
import { createFindRefreshLifetimes } from './refresh-token-lifetime.ts';
import { checkRequestObjects } from './request-objects.ts';
import { showAutoSubmitForms } from './auto-submit-forms.ts';
import { createResourceIndicators, type TokenLifetimes } from './resource-indicators.ts';
import { createRequestedApis } from './requested-apis.ts';
import { createScopeChecks } from './scope-checks.ts';
import { createScopeWarnings, type AppWarning } from './scope-warnings.ts';
import { createSessionCookies } from './session-cookie.ts';
import { endAfterUse } from './session-lifetime.ts';
import { createTokenChecks } from './token-checks.ts';
import { keepUpstreamLogins } from './upstream-login.ts';
import { createFindConfiguredClaims } from './tokens/configured-claims.ts';
import type { FindToken } from './tokens/kinds.ts';

export interface EngineDependencies {
  readonly issuer: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly views: Views;
  readonly lifetimes: EngineLifetimes & TokenLifetimes;
  /** Seconds that a request may wait for the database. */
  readonly requestDeadline: number;
  readonly outboundRule: OutboundRule;
  readonly issuerKeys: IssuerKeys;
  readonly workloadIssuers: WorkloadIssuerService;
  readonly payloads: OidcPayloadRepository;
  readonly codes: AuthorizationCodeRepository;
  readonly families: RefreshFamilyRepository;
  readonly sessions: LoginSessionRepository;
  readonly clients: ClientRepository;
  readonly users: UserService;
  readonly upstreamLinks: Pick<UpstreamLinks, 'listByUser'>;
  readonly userMails: Pick<UserMails, 'sendAppAccessEnded'>;
  readonly authentication: AuthenticationService;
  readonly secondFactors: SecondFactorService;
  readonly apis: ApiService;
  readonly consents: ConsentService;
  readonly revocation: RevocationService;
  readonly personalAccessTokens: PersonalAccessTokenRepository;
  readonly personalAccessTokenUses: PersonalAccessTokenUses;
  readonly revocations: Revocations;
  readonly audit: AuditService;
  readonly notify: (notice: LogoutNotice) => Promise<void>;
  readonly tokenIssued: (grantType: string) => void;
  readonly tokenUsage: EngineEventDependencies['tokenUsage'];
  readonly waitOfClient: WaitOfClient;
  readonly waitOfFlow: WaitOfFlow;
  readonly log: EngineEventDependencies['log'];
}

export interface Engine {
  /** Answers the engine's routes and passes on the others. {@link useKeys} must be called first. */
  readonly middleware: Middleware;
  /** Answers public documents (keys, metadata) from memory until the keys change. Passes on other requests. */
  readonly publishedDocuments: Middleware;
  /**
   * Builds a new engine instance with these keys.
   * @param keys private keys, the signing one of each algorithm first
   * @param verificationKeys public keys that verify ID tokens which apps send back as hints
   */
  useKeys(keys: readonly JWK[], verificationKeys: readonly PublicJwk[]): void;
  /** The interaction `uid`, for the browser that started it. @throws ExpiredError */
  readonly findInteraction: FindInteraction;
  /** The login session of the browser that sends this request; undefined if nobody is signed in. */
  findLoginSession(ctx: Context): Promise<SignedIn | undefined>;
  /** Keeps the login session of this browser valid after the credentials of its user have changed to this version. */
  keepLoginSession(ctx: Context, credentialsVersion: number): Promise<void>;
  /** The latest mistakes of apps that did not stop their requests, newest first, for a developer. */
  recentWarnings(): readonly AppWarning[];
  readonly cookies: CookieRules;
  readonly signer: CookieSigner;
  /** Whether the browser that sends this request started the flow `uid`, and may continue it. */
  holdsFlow(ctx: Context, uid: string): boolean;
  /** The error for a page whose flow does not exist, with the next step for the user. */
  readonly missingFlow: MissingFlow;
  /** Signs a statement of this server with the current ES256 key. */
  readonly signJwt: SignJwt;
  /**
   * Ends a token by its value, whatever kind it is, and everything that hangs on the same grant.
   * @returns undefined for text that is not a token of this server, or not any more
   */
  endToken(value: string): Promise<EndedToken | undefined>;
  /** Sends a logout token to an app (OpenID Connect Back-Channel Logout §2.5). @throws when it was not accepted */
  deliverLogoutNotice(notice: LogoutNotice): Promise<void>;
}

export function createEngine(deps: EngineDependencies): Engine {
  const { issuer, clock, payloads, lifetimes, revocation } = deps;
  const cookies = createCookieRules(issuer);
  const signer = createCookieSigner(deps.secrets);
  const sessionCookies = createSessionCookies(cookies, signer);
  const flows = createFlowCookies({
    rules: cookies,
    signer,
    clock,
    lifetime: lifetimes.interaction,
    authorizationPath: endpoints.authorization.path,
  });
  const recentFlows = createRecentFlows(cookies);
  const missingFlow = createMissingFlow({
    issuer,
    recentFlows,
    flows,
    clients: deps.clients,
    isSignedIn: async (ctx) => (await readLoginSession(currentEngine().provider, ctx)) !== undefined,
  });
  const pages = createEnginePages({ ...deps, missingFlow });
  const findLifetimes = createFindRefreshLifetimes(deps);
  const requestedApis = createRequestedApis();
  const consentRequests = createConsentRequests({ ...deps, findLifetimes });
  const consent = createConsentStep({ ...deps, consentRequests, requestedApis });
  const storage = createAdapterFactory({
    ...deps,
    flows,
    endSession: revocation.endSession,
    endAppOfSession: revocation.endAppOfSession,
    endGrant: revocation.endGrant,
    clockTolerance: instanceClockTolerance,
  });
  const adapter = limitFlows(storage, deps.waitOfFlow);
  const findProvenAccount = createFindProvenAccount(deps.users);
  const findAccount = createFindAccount(findProvenAccount);
  const checkTokens = createTokenChecks({ ...deps, findLifetimes, findProvenAccount });
  const findConfiguredClaims = createFindConfiguredClaims({ apis: deps.apis, requestedApis });
  const resourceIndicators = createResourceIndicators({ apis: deps.apis, requestedApis, lifetimes });
  const scopeWarnings = createScopeWarnings(deps);
  const scopeChecks = createScopeChecks({
    issuer,
    apis: deps.apis,
    requestedApis,
    warn: scopeWarnings.warn,
  });
  const registerGrants = createGrantRegistration({ ...deps, requestedApis, findLifetimes });
  const assertionCheck = createAssertionCheck(issuer, clock, clockTolerance);

  function build(keys: readonly JWK[]): Provider {
    const provider = new Provider(
      issuer,
      createEngineConfiguration({
        ...deps,
        keys,
        adapter,
        findAccount,
        consent,
        pages,
        requestedApis,
        resourceIndicators,
        findConfiguredClaims,
        assertionCheck,
        cookies,
        signer,
      }),
    );
    // Safe: the HTTP layer has overwritten the forwarding headers with verified values
    // (src/http/middleware/identify.ts).
    provider.proxy = true;
    findStoredClients(provider, deps);
    makeClientsWait(provider, deps.waitOfClient);
    nameClientOfHeader(provider);
    checkRequestObjects(provider, { issuer, clock, clockTolerance });
    compareSecretsByDigest(provider);
    readForms(provider);
    compareRedirectUrisExactly(provider);
    detectReplaysByInsert(provider, payloads, clockTolerance);
    answerAuthorizationChallenges(provider, {
      ...deps,
      consent,
      requestedApis,
      sessionLifetime: lifetimes.interaction,
      endOfLogin: () => endAfterUse(lifetimes.session, { signedInAt: clock.now(), remembered: false }, clock.now()),
    });
    replaceScopeChecks(provider, scopeChecks);
    keepCredentialsVersions(provider);
    keepUpstreamLogins(provider);
    keepDepartures(provider);
    observeEngine(provider, deps);
    rememberHints(provider);
    provider.on('interaction.started', (ctx) => {
      const interaction = ctx.oidc.entities.Interaction;
      if (interaction !== undefined) {
        flows.begin(ctx, interaction.uid);
        recentFlows.add(ctx);
      }
    });
    const removeCookies = (ctx: KoaContextWithOIDC): void => {
      const interaction = ctx.oidc.entities.Interaction;
      if (ctx.oidc.route === 'resume' && interaction !== undefined) {
        flows.end(ctx, interaction.uid);
      }
    };
    provider.on('interaction.ended', removeCookies);
    // A flow that the user cancelled ends with an error.
    provider.on('authorization.error', removeCookies);
    return provider;
  }

  let current:
    | {
        readonly provider: Provider;
        readonly handle: Middleware;
        readonly publishedDocuments: Middleware;
        readonly signJwt: SignJwt;
        readonly findToken: FindToken;
      }
    | undefined;

  function currentEngine(): NonNullable<typeof current> {
    if (current === undefined) {
      throw new TypeError('the engine has no keys yet');
    }
    return current;
  }

  return {
    middleware: (ctx, next) => currentEngine().handle(ctx, next),
    publishedDocuments: (ctx, next) => currentEngine().publishedDocuments(ctx, next),
    findInteraction: createFindInteraction({
      provider: () => currentEngine().provider,
      flows,
      consentRequests,
      consent,
    }),
    keepLoginSession: (ctx, version) => keepLoginSession(currentEngine().provider, ctx, version),
    findLoginSession: (ctx) => readLoginSession(currentEngine().provider, ctx),
    useKeys: (keys, verificationKeys) => {
      const provider = build(keys);
      const verifyHint = createIdTokenHintVerifier(issuer, verificationKeys);
      verifyHintsOfRequests(provider, verifyHint);
      const published = verificationKeys.filter(({ kid }) => keys.some((key) => key.kid === kid));
      const { findToken, describeToken, userinfoTokens } = checkTokens(provider, published);
      const readPlainRequest = createReadPlainRequest(provider, deps.waitOfClient);
      const grants = registerGrants(provider, describeToken);
      current = {
        provider,
        findToken,
        handle: compose([
          answerIntrospectionDirectly({ describeToken, readPlainRequest }),
          answerUserinfoDirectly(provider, { ...deps, userinfoTokens, findProvenAccount }),
          addHintsForApps,
          answerTokenRequestsDirectly(provider, { grants, readPlainRequest, checkScope: scopeChecks.token }),
          acceptEmptyPasswords(deps.clients),
          challengesAsPushedRequests,
          tolerateLogoutMistakes(provider, verifyHint),
          showAutoSubmitForms((ctx, form) => pages.forward(ctx, withHintInForm(ctx, form))),
          answerAuthorizationRequestsDirectly(provider, {
            checkScope: scopeChecks.authorization,
            sessionCookies,
            sessionLifetimes: lifetimes.session,
            clock,
          }),
          ...(provider.middleware as Middleware[]),
        ]),
        publishedDocuments: createPublishedDocuments(),
        signJwt: createJwtSigner(keys),
      };
    },
    recentWarnings: scopeWarnings.recent,
    cookies,
    signer,
    holdsFlow: (ctx, uid) => flows.holds(ctx.req, uid),
    missingFlow,
    signJwt: (typ, claims) => currentEngine().signJwt(typ, claims),
    endToken: async (value) => {
      const token = await currentEngine().findToken(value);
      if (token === undefined || (await deps.revocations.isRevoked(token))) {
        return undefined;
      }
      const { jti: id, accountId, clientId, grantId, revokeAlone } = token;
      if (revokeAlone === undefined) {
        await token.revoke();
      } else {
        await revokeAlone();
      }
      return {
        id,
        endedGrant: revokeAlone === undefined ? grantId : undefined,
        ...(accountId === undefined ? {} : { accountId }),
        ...(clientId === undefined ? {} : { clientId }),
      };
    },
    deliverLogoutNotice: async (notice) => {
      const { provider } = currentEngine();
      const client = await provider.Client.find(notice.clientId);
      if (client?.backchannelLogoutUri === undefined) {
        return;
      }
      await deliverLogoutToken(client, notice);
    },
  };
}
