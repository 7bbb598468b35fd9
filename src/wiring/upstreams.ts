/** Constructs what signs users in with other identity providers. */
import type { Config } from '../config/config.ts';
import { acrValues } from '../oidc/authentication-context.ts';
import { createUpstreamCheck } from '../oidc/upstream-check.ts';
import { createUpstreamConfigurations } from '../oidc/upstream-configurations.ts';
import { createUpstreamClient } from '../oidc/upstream-client.ts';
import { createProviderSignUp } from '../services/upstream/provider-sign-up.ts';
import { createUpstreamAccounts } from '../services/upstream/upstream-accounts.ts';
import { createUpstreamLinks } from '../services/upstream/upstream-links.ts';
import { createUpstreamFlows } from '../services/upstream/upstream-flows.ts';
import { createSignOutReturns } from '../services/upstream/sign-out-returns.ts';
import { createUpstreamService } from '../services/upstream/upstreams.ts';
import type { AuditService } from '../services/foundation/audit.ts';
import type { RevocationService } from '../services/tokens/revocation.ts';
import { pageUri, type UriRules } from '../services/values/uri-schemas.ts';
import type { UserMails } from '../services/mails/user-mails.ts';
import type { UserService } from '../services/users/users.ts';
import type { Foundation } from './foundation.ts';
import type { Repositories } from './repositories.ts';

type ProviderSignUpDependencies = Parameters<typeof createProviderSignUp>[0];

export interface UpstreamWiring extends Pick<Foundation, 'clock' | 'secrets'> {
  readonly config: Config;
  readonly repositories: Repositories;
  readonly users: UserService;
  readonly revocation: RevocationService;
  readonly userMails: UserMails;
  readonly mails: Pick<ProviderSignUpDependencies, 'links' | 'outbox' | 'mailLimits' | 'mail'>;
  readonly audit: AuditService;
  readonly uriRules: UriRules;
  /** Follows the outbound rule. */
  readonly fetch: (url: string, options: RequestInit) => Promise<Response>;
}

export function wireUpstreams({ config, repositories, clock, secrets, audit, uriRules, ...rest }: UpstreamWiring) {
  const { users } = rest;
  const providersAddress = `${config.issuer}/account/providers`;
  const upstreamLinks = createUpstreamLinks({
    links: repositories.upstreamLinks,
    upstreams: repositories.upstreams,
    users,
    sessions: repositories.loginSessions,
    revocation: rest.revocation,
    mails: rest.userMails,
    audit,
    clock,
    providersAddress,
    sessionLifetime: Math.max(config.session.absolute, config.session.remember),
  });
  const upstreamAccounts = createUpstreamAccounts({ links: upstreamLinks, users, audit });
  const providerSignUp = createProviderSignUp({
    ...rest.mails,
    users,
    accounts: upstreamAccounts,
    userMails: rest.userMails,
    audit,
    brandName: config.brand.name,
    linkLifetime: config.lifetime.link,
    addressOf: (flow, token) => `${config.issuer}/interaction/${flow}/provider-sign-up/${token}`,
    providersAddress,
  });
  const upstreams = createUpstreamService({
    upstreams: repositories.upstreams,
    secrets,
    audit,
    clock,
    ownIssuer: config.issuer,
    rules: uriRules,
    acrValues,
    endUpstream: upstreamLinks.endUpstream,
  });
  const signOutReturns = createSignOutReturns({ flows: repositories.upstreamFlows, secrets, clock });
  const upstreamFlows = createUpstreamFlows({ flows: repositories.upstreamFlows, secrets, clock });
  const isAllowed = (uri: string): boolean => pageUri(uriRules).safeParse(uri).success;
  const upstreamClient = createUpstreamClient({
    configurations: createUpstreamConfigurations({ fetch: rest.fetch, isAllowed, secretOf: upstreams.secretOf, clock }),
    isAllowed,
    issuer: config.issuer,
  });
  const checkUpstream = createUpstreamCheck(upstreamClient);
  return {
    upstreams,
    providerSignUp,
    signOutReturns,
    upstreamAccounts,
    upstreamLinks,
    upstreamFlows,
    upstreamClient,
    checkUpstream,
  };
}
