/**
 * The composition root: the list of parts in the order of their creation. `createServer` connects the parts; `prepare`
 * prepares the database; `start` serves requests. A command uses only the services. There is no global state, so two
 * servers can run in one process.
 */
import type { Config } from './config/config.ts';
import { createDevelopment } from './development/development.ts';
import { createClientAuthThrottle } from './http/middleware/client-auth-throttle.ts';
import { createRequestLimits } from './http/middleware/request-limits.ts';
import { createLifecycle, createReadinessCheck, type Status } from './lifecycle.ts';
import { createRevocationFeed } from './http/routes/revocation-feed.ts';
import { createRevocationDocuments } from './oidc/revocation-document.ts';
import { createKeyRefresh } from './oidc/key-refresh.ts';
import { wireApp, type AppOptions } from './wiring/app.ts';
import { wireEngine } from './wiring/engine.ts';
import { wireFoundation, type FoundationOptions } from './wiring/foundation.ts';
import { wireRepositories } from './wiring/repositories.ts';
import { wireServices, type ServiceOptions } from './wiring/services.ts';

export type { Card } from './development/development.ts';
export type { Started } from './lifecycle.ts';
export type { StorageReport } from './wiring/services.ts';
export type ServerOptions = FoundationOptions & ServiceOptions & AppOptions;
export type Server = Awaited<ReturnType<typeof createServer>>;

/**
 * @param config loaded and valid (config/load.ts)
 * @throws ConfigurationError for faults outside the configuration itself, such as a view that does not compile
 */
export async function createServer(config: Config, options: ServerOptions = {}) {
  const foundation = await wireFoundation(config, options);
  const { clock, log, database, views } = foundation;
  const { repositories, changeFeed } = wireRepositories({ session: config.session, ...foundation });
  const wired = await wireServices({
    ...foundation,
    config,
    repositories,
    changeFeed,
    ensuredKeys: options.ensuredKeys,
    generateKey: options.generateKey,
    deliverLogoutNotice: (notice) => engine.deliverLogoutNotice(notice),
  });
  const { services, revocations, transport } = wired;
  const limits = createRequestLimits({ ...config.limit, interactionLifetime: config.lifetime.interaction });
  const clientAuthThrottle = createClientAuthThrottle({
    throttle: wired.throttle,
    keys: wired.throttleKeys,
    audit: services.audit,
  });
  const engine = wireEngine({
    ...foundation,
    ...wired,
    config,
    repositories,
    waitOfClient: (ctx, clientId) =>
      limits.waitOfClient(ctx, clientId) ?? clientAuthThrottle.waitOfClient(ctx, clientId),
    waitOfFlow: limits.waitOfFlow,
  });
  const development =
    config.profile === 'development'
      ? createDevelopment({ config, clock, views, services, installation: repositories.installation })
      : undefined;
  const revocationFeed = createRevocationFeed({
    revocations,
    documents: createRevocationDocuments({ issuer: config.issuer, revocations, clock, sign: engine.signJwt }),
    limits: { total: config.limit.feedReaders, perAddress: config.limit.feedReadersPerAddress },
    onReaders: foundation.metrics.setFeedReaders,
    log,
  });
  const status: Status = { started: false, ready: false };
  const app = wireApp({
    ...foundation,
    ...wired,
    config,
    engine,
    limits,
    clientAuthThrottle,
    around: options.around ?? [],
    revocationFeed,
    profilePages: development?.pages ?? [],
    checkReady: createReadinessCheck(status, database),
    hasStarted: () => status.started,
  });
  const { signingKeys, outbox, tokenUsage } = services;
  const lifecycle = createLifecycle({
    config,
    clock,
    log,
    database,
    app,
    status,
    signingKeys,
    keyRefresh: createKeyRefresh({ engine, signingKeys, clock, log }),
    changeFeed,
    revocations,
    revocationFeed,
    outbox,
    reminders: wired.reminders,
    consentEnds: wired.consentEnds,
    accountDeletion: services.accountDeletion,
    tokenUsage,
    personalAccessTokenUses: wired.personalAccessTokenUses,
    transport,
    development,
  });
  return { services, ...lifecycle };
}
