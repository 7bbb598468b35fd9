/** Constructs the protocol engine from the services that it uses. */
import type { Config } from '../config/config.ts';
import type { WaitOfClient } from '../oidc/client-waits.ts';
import { createEngine } from '../oidc/engine.ts';
import type { WaitOfFlow } from '../oidc/flow-limit.ts';
import type { Foundation } from './foundation.ts';
import type { Repositories } from './repositories.ts';
import type { Wired } from './services.ts';

export interface EngineWiring
  extends Foundation, Pick<Wired, 'services' | 'personalAccessTokenUses' | 'revocations' | 'notify' | 'outboundRule'> {
  readonly config: Config;
  readonly repositories: Repositories;
  readonly waitOfClient: WaitOfClient;
  readonly waitOfFlow: WaitOfFlow;
}

/** Makes the engine; it has no keys yet. */
export function wireEngine({ config, clock, log, metrics, secrets, views, ...rest }: EngineWiring) {
  const {
    repositories,
    services,
    personalAccessTokenUses,
    revocations,
    notify,
    outboundRule,
    waitOfClient,
    waitOfFlow,
  } = rest;
  return createEngine({
    issuer: config.issuer,
    secrets,
    clock,
    views,
    lifetimes: { ...config.lifetime, session: config.session },
    outboundRule,
    requestDeadline: config.request.deadline,
    issuerKeys: services.issuerKeys,
    workloadIssuers: services.workloadIssuers,
    payloads: repositories.oidcPayloads,
    codes: repositories.authorizationCodes,
    families: repositories.refreshFamilies,
    sessions: repositories.loginSessions,
    clients: repositories.clients,
    users: services.users,
    upstreamLinks: services.upstreamLinks,
    userMails: services.userMails,
    authentication: services.authentication,
    secondFactors: services.secondFactors,
    apis: services.apis,
    consents: services.consents,
    revocation: services.revocation,
    personalAccessTokens: repositories.personalAccessTokens,
    personalAccessTokenUses,
    revocations,
    audit: services.audit,
    notify,
    tokenIssued: metrics.countToken,
    tokenUsage: services.tokenUsage,
    waitOfClient,
    waitOfFlow,
    log,
  });
}
