/**
 * Constructs the repositories, one for each noun, over one database; and the feed of changes, because what some of them
 * keep in memory depends on it.
 */
import type { Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { absoluteEnd, type SessionLifetimes } from '../oidc/session-lifetime.ts';
import type { Logger } from '../logging.ts';
import { createCacheCoherence } from '../services/foundation/cache-coherence.ts';
import { createChangeFeed } from '../services/foundation/change-feed.ts';
import type { Database } from '../storage/database.ts';
import { createApiRepository } from '../storage/repositories/apis.ts';
import { createAuthorizationCodeRepository } from '../storage/repositories/authorization-codes.ts';
import { createAuditEventRepository } from '../storage/repositories/audit-events.ts';
import { createChangeRepository } from '../storage/repositories/changes.ts';
import { createClientRepository } from '../storage/repositories/clients.ts';
import { createConsentRepository } from '../storage/repositories/consents.ts';
import { createInstallationRepository } from '../storage/repositories/installation.ts';
import { createLoginAttemptRepository } from '../storage/repositories/login-attempts.ts';
import { createLoginSessionRepository } from '../storage/repositories/login-sessions.ts';
import { createOidcPayloadRepository } from '../storage/repositories/oidc-payloads.ts';
import { createOneTimeTokenRepository } from '../storage/repositories/one-time-tokens.ts';
import { createOutboxRepository } from '../storage/repositories/outbox.ts';
import { createPasskeyRepository } from '../storage/repositories/passkeys.ts';
import { createPersonalAccessTokenRepository } from '../storage/repositories/personal-access-tokens.ts';
import { createRecoveryCodeRepository } from '../storage/repositories/recovery-codes.ts';
import { createRefreshFamilyRepository } from '../storage/repositories/refresh-families.ts';
import { createRememberedDeviceRepository } from '../storage/repositories/remembered-devices.ts';
import { createSecondFactorRepository } from '../storage/repositories/second-factors.ts';
import { createSigningKeyRepository } from '../storage/repositories/signing-keys.ts';
import { createTokenUsageRepository } from '../storage/repositories/token-usage.ts';
import { createUpstreamFlowRepository } from '../storage/repositories/upstream-flows.ts';
import { createUpstreamLinkRepository } from '../storage/repositories/upstream-links.ts';
import { createUpstreamRepository } from '../storage/repositories/upstreams.ts';
import { createUserRepository } from '../storage/repositories/users.ts';
import { createWorkloadIssuerRepository } from '../storage/repositories/workload-issuers.ts';

export type Repositories = ReturnType<typeof wireRepositories>['repositories'];

/** Makes every repository. Sends no command to the database. */
export function wireRepositories({
  session,
  database,
  secrets,
  clock,
  log,
}: {
  /** How long a login session lasts. */
  readonly session: SessionLifetimes;
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}) {
  const changes = createChangeRepository(database);
  const changeFeed = createChangeFeed({ changes, clock, log });
  const coherence = createCacheCoherence({ dataVersion: database.dataVersion, feed: changeFeed, clock });
  const repositories = {
    apis: createApiRepository(database, coherence),
    auditEvents: createAuditEventRepository(database),
    authorizationCodes: createAuthorizationCodeRepository({ database, secrets, clock, log }),
    changes,
    clients: createClientRepository(database, coherence),
    consents: createConsentRepository(database),
    installation: createInstallationRepository(database),
    loginAttempts: createLoginAttemptRepository(database),
    loginSessions: createLoginSessionRepository({
      database,
      secrets,
      clock,
      log,
      absoluteEnd: (login) => absoluteEnd(session, login),
    }),
    oidcPayloads: createOidcPayloadRepository({ database, secrets, clock, log }),
    oneTimeTokens: createOneTimeTokenRepository(database),
    outbox: createOutboxRepository(database),
    passkeys: createPasskeyRepository(database),
    personalAccessTokens: createPersonalAccessTokenRepository(database),
    recoveryCodes: createRecoveryCodeRepository(database),
    refreshFamilies: createRefreshFamilyRepository({ database, secrets, clock, log }),
    rememberedDevices: createRememberedDeviceRepository(database),
    secondFactors: createSecondFactorRepository(database),
    signingKeys: createSigningKeyRepository(database),
    tokenUsage: createTokenUsageRepository(database),
    upstreamFlows: createUpstreamFlowRepository(database),
    upstreamLinks: createUpstreamLinkRepository(database),
    upstreams: createUpstreamRepository(database, coherence),
    users: createUserRepository(database),
    workloadIssuers: createWorkloadIssuerRepository(database),
  };
  return { repositories, changeFeed };
}
