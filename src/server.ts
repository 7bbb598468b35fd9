/**
 * The composition root: the only file that constructs things. `createServer` wires everything and touches nothing;
 * `prepare` makes the database ready; `start` serves. A command uses the services alone. Nothing is kept outside of what
 * is returned, so that two servers can live in one process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { monotonicMilliseconds, systemClock, type Clock } from './clock.ts';
import { ensureDemoSecrets } from './config/development-secrets.ts';
import { maskAddress } from './config/describe.ts';
import type { Config } from './config/schema.ts';
import { createPasswords } from './crypto/passwords.ts';
import { createSecrets } from './crypto/secrets.ts';
import { generateSigningKey } from './crypto/signing-keys.ts';
import { ConfigurationError, StorageUnavailableError, UnsealableError } from './errors.ts';
import { createApp } from './http/app.ts';
import { listen, type Listener } from './http/listen.ts';
import { createForms } from './http/middleware/forms.ts';
import { createRequestLimits } from './http/middleware/request-limits.ts';
import { createShowPage } from './http/page.ts';
import { accountRoutes } from './http/routes/account.ts';
import { developmentRoutes, outboxPath } from './http/routes/development.ts';
import { homeRoutes } from './http/routes/home.ts';
import { interactionRoutes } from './http/routes/interaction.ts';
import { oneTimeLinkRoutes } from './http/routes/one-time-links.ts';
import { createLogger, type Logger } from './logging.ts';
import { createMetrics } from './metrics.ts';
import { clockTolerance } from './oidc/configuration.ts';
import { createEngine } from './oidc/engine.ts';
import { createKeyRefresh } from './oidc/key-refresh.ts';
import { requestContext } from './oidc/request-context.ts';
import { createUserService } from './services/users.ts';
import { createApiService, longestJwtLifetime } from './services/apis.ts';
import { createAuditService } from './services/audit.ts';
import { createAuthenticationService } from './services/authentication.ts';
import { createChangeFeed } from './services/change-feed.ts';
import { createClientService } from './services/clients.ts';
import { createConsentService } from './services/consents.ts';
import { demoClientsWithSecret, demoLines, seedDemo } from './services/demo.ts';
import { createNotify, readLogoutNotice } from './services/logout-notices.ts';
import { createMailService, createMailTransport } from './services/mail.ts';
import { createOutboxService } from './services/outbox.ts';
import { createPasswordPolicy } from './services/password-policy.ts';
import { createRevocationService } from './services/revocation.ts';
import { createSessionService } from './services/sessions.ts';
import { createSetupService } from './services/setup.ts';
import { createSigningKeyService } from './services/signing-keys.ts';
import { createThrottleKeys, createThrottleService } from './services/throttle.ts';
import { allCollections } from './storage/collections.ts';
import { listMigrations, runMigrations, type MigrationState } from './storage/migrations.ts';
import { openDatabase } from './storage/open.ts';
import { createUserRepository } from './storage/repositories/users.ts';
import { createApiRepository } from './storage/repositories/apis.ts';
import { createAuditEventRepository } from './storage/repositories/audit-events.ts';
import { createChangeRepository } from './storage/repositories/changes.ts';
import { createClientRepository } from './storage/repositories/clients.ts';
import { createConsentRepository } from './storage/repositories/consents.ts';
import { createInstallationRepository } from './storage/repositories/installation.ts';
import { createLoginAttemptRepository } from './storage/repositories/login-attempts.ts';
import { createLoginSessionRepository } from './storage/repositories/login-sessions.ts';
import { createOidcPayloadRepository } from './storage/repositories/oidc-payloads.ts';
import { createOneTimeTokenRepository } from './storage/repositories/one-time-tokens.ts';
import { createOutboxRepository } from './storage/repositories/outbox.ts';
import { createSigningKeyRepository } from './storage/repositories/signing-keys.ts';
import { outsideRequestScope, runInRequestScope } from './storage/request-scope.ts';
import { createViews, type MailModels, type MailName } from './views.ts';

/** What the development profile prints when the server is ready. */
export interface Card {
  readonly issuer: string;
  /** The one-time link whose page makes the first administrator; absent once it was used. */
  readonly setupLink?: string;
  /** Lines that work when pasted. */
  readonly demo: readonly { readonly title: string; readonly curl: string }[];
  /** The page that shows mails, where none are sent. */
  readonly outbox?: string;
  /** Where data is kept, without credentials. */
  readonly database: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly elapsedMs: number;
}

export interface Started {
  readonly port: number;
  /** In development: what to tell the newcomer. */
  readonly card?: Card;
}

export interface ServerOptions {
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/** What an operator should know of the database. */
export interface StorageReport {
  readonly kind: 'sqlite' | 'mongodb';
  /** Its address, without credentials. */
  readonly database: string;
  readonly migrations: readonly MigrationState[];
  readonly warnings: readonly string[];
}

const viewsDirectory = fileURLToPath(new URL('../views', import.meta.url));
const sweepEveryMs = 60_000;
const readinessDeadlineMs = 2000;
const longestRetryMs = 5000;

/** Waits longer from one attempt to the next, by chance a little less, so that instances do not knock together. */
function retryDelay(attempt: number): number {
  return Math.min(longestRetryMs, 200 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}

export type Server = Awaited<ReturnType<typeof createServer>>;

export async function createServer(config: Config, options: ServerOptions = {}) {
  const clock = options.clock ?? systemClock;
  const log = options.logger ?? createLogger({ level: config.log.level });
  const { issuer } = config;
  const development = config.profile === 'development';
  const metrics = createMetrics();
  const secrets = createSecrets(config.secret);
  const database = await openDatabase({
    url: config.database.url,
    clock,
    onOperation: metrics.countDatabaseOperation,
    onCommit: metrics.countDatabaseCommit,
  });

  const repositories = {
    users: createUserRepository(database),
    apis: createApiRepository(database),
    auditEvents: createAuditEventRepository(database),
    changes: createChangeRepository(database),
    clients: createClientRepository(database),
    consents: createConsentRepository(database),
    installation: createInstallationRepository(database),
    loginAttempts: createLoginAttemptRepository(database),
    loginSessions: createLoginSessionRepository({ database, secrets, clock, clockTolerance }),
    oidcPayloads: createOidcPayloadRepository({ database, secrets, clock }),
    oneTimeTokens: createOneTimeTokenRepository(database),
    outbox: createOutboxRepository(database),
    signingKeys: createSigningKeyRepository(database),
  };

  const views = createViews({
    directory: viewsDirectory,
    ...(config.views.dir === undefined ? {} : { overrides: config.views.dir }),
    brand: {
      name: config.brand.name,
      ...(config.brand.logo === undefined ? {} : { logo: config.brand.logo }),
      ...(config.brand.color === undefined ? {} : { color: config.brand.color }),
    },
    development,
    clock,
  });

  // Services, each given what it needs of those before it.
  const audit = createAuditService({ events: repositories.auditEvents, clock, log, retention: config.audit.retention });
  const changeFeed = createChangeFeed({ changes: repositories.changes, clock, log, detach: outsideRequestScope });
  const passwords = await createPasswords({ ...config.password.hash, onQueue: metrics.setPasswordQueue });
  const policy = createPasswordPolicy({
    minimum: config.password.minimumLength,
    contextWords: [config.brand.name, new URL(issuer).hostname],
  });
  const throttle = createThrottleService({ attempts: repositories.loginAttempts, secrets, clock });
  const throttleKeys = createThrottleKeys(config.throttle);
  const transport =
    config.smtp.url === undefined
      ? undefined
      : createMailTransport({
          url: config.smtp.url,
          from: config.mail.from,
          messageIdDomain: new URL(issuer).hostname,
        });
  const outbox = createOutboxService({
    messages: repositories.outbox,
    secrets,
    audit,
    clock,
    log,
    deliverers: {
      ...(transport === undefined ? {} : { mail: transport.deliver }),
      backchannel_logout: ({ content }) => engine.deliverLogoutNotice(readLogoutNotice(content)),
    },
    detach: outsideRequestScope,
  });
  const mail = createMailService({
    outbox,
    renderMail: (name, locale, model) => views.renderMail(name as MailName, locale, model as MailModels[MailName]),
  });
  const notify = createNotify({ clients: repositories.clients, outbox });
  const revocation = createRevocationService({
    payloads: repositories.oidcPayloads,
    sessions: repositories.loginSessions,
    consents: repositories.consents,
    oneTimeTokens: repositories.oneTimeTokens,
    notify,
  });
  const users = createUserService({
    users: repositories.users,
    oneTimeTokens: repositories.oneTimeTokens,
    passwords,
    policy,
    throttle,
    throttleKeys,
    audit,
    clock,
    linkLifetime: config.lifetime.link,
    endEverythingOf: (accountId, { forgetConsents }) => revocation.endUser(accountId, { forgetConsents }),
    notifyPasswordChanged: async ({ email, profile }) => {
      const locale = views.negotiateLocale({
        uiLocales: typeof profile['locale'] === 'string' ? profile['locale'] : undefined,
      });
      await mail.send({ to: email, name: 'mail/password-changed', locale, model: { email, brand: config.brand.name } });
    },
  });
  const authentication = createAuthenticationService({
    users: repositories.users,
    passwords,
    throttle,
    throttleKeys,
    secrets,
    audit,
    clock,
    onOutcome: metrics.countLogin,
  });
  const apis = createApiService({ apis: repositories.apis, clients: repositories.clients, audit, clock });
  const clients = createClientService({
    clients: repositories.clients,
    apis: repositories.apis,
    revocation,
    audit,
    clock,
    rules: { allowHttpLoopback: new URL(issuer).protocol === 'http:' },
  });
  const consents = createConsentService({ consents: repositories.consents, revocation, audit, clock });
  const sessions = createSessionService({ sessions: repositories.loginSessions, revocation, audit });
  const setup = createSetupService({
    installation: repositories.installation,
    users,
    secrets,
    throttle,
    throttleKeys,
    audit,
    clock,
  });
  const signingKeys = createSigningKeyService({
    keys: repositories.signingKeys,
    installation: repositories.installation,
    secrets,
    generate: generateSigningKey,
    audit,
    clock,
    announce: (kid) => changeFeed.publish('signing-keys', kid),
    publishAhead: config.keys.publishAhead,
    longestTokenLifetime: Math.max(config.lifetime.idToken, config.lifetime.accessTokenJwt, longestJwtLifetime),
    clockTolerance,
  });
  const storage = {
    /** Whether the database answers, and what an operator should know of it. @throws StorageUnavailableError */
    check: async (): Promise<StorageReport> => {
      await database.ping();
      return {
        kind: config.database.url.startsWith('sqlite:') ? 'sqlite' : 'mongodb',
        database: maskAddress(config.database.url),
        migrations: await listMigrations(database),
        warnings: await database.warnings(),
      };
    },
  };
  const services = {
    users,
    apis,
    audit,
    authentication,
    clients,
    consents,
    mail,
    outbox,
    revocation,
    sessions,
    setup,
    signingKeys,
    storage,
  };

  const limits = createRequestLimits(config.limit);
  const engine = createEngine({
    issuer,
    secrets,
    clock,
    views,
    development,
    lifetimes: { ...config.lifetime, session: config.session },
    privateNetworks: config.outbound.privateNetworks,
    payloads: repositories.oidcPayloads,
    sessions: repositories.loginSessions,
    clients: repositories.clients,
    users,
    apis,
    consents,
    revocation,
    audit,
    notify,
    tokenIssued: metrics.countToken,
    waitOfClient: limits.waitOfClient,
    log,
  });

  const keyRefresh = createKeyRefresh({ engine, signingKeys, clock, log });
  const forms = createForms({ issuer, secrets });
  const show = createShowPage(views);
  let started = false;
  let ready = false;

  const app = createApp({
    issuer,
    trustedProxies: config.trustedProxies,
    brandLogo: config.brand.logo,
    views,
    log,
    signer: engine.signer,
    health: {
      checkReady: async () => {
        if (!ready) {
          throw new StorageUnavailableError('the server is starting or stopping');
        }
        await runInRequestScope({ deadlineMs: readinessDeadlineMs }, () => database.ping());
      },
      metrics: async () => ({ contentType: metrics.contentType, body: await metrics.text() }),
      metricsToken: config.metrics.token,
    },
    measure: metrics.observeRequest,
    limits,
    deadline: config.request.deadline,
    clientAuthThrottle: {
      throttle,
      audit,
      keysOf: (clientId, address) => [
        throttleKeys.clientAndAddress(clientId, address),
        throttleKeys.address('client', address),
      ],
    },
    keysCacheMaxAge: config.keys.cacheMaxAge,
    pages: [
      homeRoutes({ engine, show, setup, issuer, development }),
      interactionRoutes({
        engine,
        forms,
        show,
        users,
        authentication,
        clients,
        audit,
        brandName: config.brand.name,
      }),
      accountRoutes({
        engine,
        forms,
        show,
        users,
        sessions,
        consents,
        clients,
        apis,
        issuer,
        sessionIdle: config.session.idle,
        sessionRemember: config.session.remember,
        scopeInWords: (ctx, scope) => views.translate(requestContext(ctx.req).locale, `scope.${scope}`),
      }),
      oneTimeLinkRoutes({ forms, show, users, setup, minimumLength: policy.minimum }),
      ...(development ? [developmentRoutes({ outbox, show })] : []),
    ],
    hasStarted: () => started,
    publishedDocuments: engine.publishedDocuments,
    engine: engine.middleware,
  });

  const stopping = new AbortController();
  let starting: Promise<Started> | undefined;
  let listener: Listener | undefined;
  let sweeper: NodeJS.Timeout | undefined;

  /** Makes the database what this version needs. Safe beside others that do the same. @throws StorageUnavailableError, ConfigurationError */
  async function prepare(): Promise<void> {
    await database.prepare(allCollections);
    await runMigrations(database, { clock });
    await trySecret();
  }

  /** With another secret than the one before, the server would fail half-way, or leave what the others cannot read. */
  async function trySecret(): Promise<void> {
    try {
      await signingKeys.current();
    } catch (error) {
      throw error instanceof UnsealableError
        ? new ConfigurationError(['SECRET: is not the one that this database was sealed with.'])
        : error;
    }
  }

  async function makeReady(): Promise<void> {
    await prepare();
    const { complete } = await signingKeys.ensure();
    await keyRefresh.refresh();
    complete.then(keyRefresh.refresh).catch((error: unknown) => {
      if (!stopping.signal.aborted) {
        log.error({ err: error }, 'the RS256 key could not be made');
      }
    });
  }

  /** A database that does not answer yet is waited for: the probes say so meanwhile. Anything else ends the start. */
  async function makeReadyWhenPossible(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        stopping.signal.throwIfAborted();
        await makeReady();
        return;
      } catch (error) {
        if (!(error instanceof StorageUnavailableError) || stopping.signal.aborted) {
          throw error;
        }
        log.warn({ err: error, attempt }, 'the database does not answer; trying again');
        // A stop ends the wait, and the next round the start.
        await sleep(retryDelay(attempt), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function card(): Promise<Card> {
    const demoSecrets = await ensureDemoSecrets(config.data.dir, demoClientsWithSecret);
    await seedDemo({ apis, clients, installation: repositories.installation, clock }, demoSecrets);
    const setupToken = await setup.setupLinkToken();
    return {
      issuer,
      ...(setupToken === undefined ? {} : { setupLink: `${issuer}/setup/${setupToken}` }),
      demo: demoLines(issuer, demoSecrets),
      ...(config.smtp.url === undefined ? { outbox: `${issuer}${outboxPath}` } : {}),
      database: maskAddress(config.database.url),
      elapsedMs: Math.round(monotonicMilliseconds()),
    };
  }

  /** @param drainSeconds how long requests under way may take */
  async function close(drainSeconds = 0): Promise<void> {
    await listener?.close(drainSeconds);
    listener = undefined;
    clearInterval(sweeper);
    keyRefresh.stop();
    await changeFeed.stop();
    await outbox.stop();
    await transport?.close();
    await database.close();
  }

  async function startUp(): Promise<Started> {
    listener = await listen(app, config);
    await makeReadyWhenPossible();
    for (const warning of await database.warnings()) {
      log.warn(warning);
    }
    changeFeed.subscribe('signing-keys', keyRefresh.refresh);
    changeFeed.start();
    outbox.start();
    sweeper = setInterval(() => {
      database.sweep().catch((error: unknown) => log.warn({ err: error }, 'expired records could not be removed'));
    }, sweepEveryMs).unref();
    const told = development ? { card: await card() } : {};
    started = true;
    ready = true;
    log.info({ issuer, port: listener.port, profile: config.profile }, 'ready');
    return { port: listener.port, ...told };
  }

  return {
    services,
    prepare,

    /** Listens, and resolves when requests are served; {@link close} what did not start. @throws also when it is stopped meanwhile */
    start: (): Promise<Started> => {
      starting = startUp();
      return starting;
    },

    /** Ends a start that is under way; says that it is no longer ready, lets requests end, then closes everything. */
    stop: async (): Promise<void> => {
      stopping.abort();
      await starting?.catch(() => undefined);
      ready = false;
      if (started) {
        await sleep(config.shutdown.notice * 1000);
      }
      await close(config.shutdown.drain);
      log.info('stopped');
    },

    /** Closes at once what has not started, or not altogether. */
    close: () => close(),
  };
}
