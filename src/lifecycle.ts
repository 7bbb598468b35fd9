/**
 * Starts and stops a server. At start it listens, waits for its database, prepares it, starts background work and
 * becomes ready. At stop it does this in reverse.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type Koa from 'koa';
import { retryDelay } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Card, Development } from './development/development.ts';
import { ConfigurationError, StorageRejectedError, StorageUnavailableError, UnsealableError } from './errors.ts';
import type { RevocationFeed } from './http/routes/revocation-feed.ts';
import { listen, type Listener } from './http/listen.ts';
import type { Logger } from './logging.ts';
import type { KeyRefresh } from './oidc/key-refresh.ts';
import { createPoller } from './poller.ts';
import type { ChangeFeed } from './services/foundation/change-feed.ts';
import type { OutboxService } from './services/mails/outbox.ts';
import type { PersonalAccessTokenUses } from './services/tokens/personal-access-token-uses.ts';
import type { ConsentEnds } from './services/clients/consent-ends.ts';
import type { AccountDeletion } from './services/users/account-deletion.ts';
import type { PersonalAccessTokenReminders } from './services/tokens/personal-access-token-reminders.ts';
import type { Revocations } from './services/tokens/revocations.ts';
import type { SigningKeyService } from './services/tokens/signing-keys.ts';
import type { TokenUsageService } from './services/tokens/token-usage.ts';
import { allCollections } from './storage/collections.ts';
import type { Database } from './storage/database.ts';
import { runMigrations } from './storage/migrations.ts';
import { runInRequestScope } from './storage/request-scope.ts';

export interface Started {
  readonly port: number;
  /** In development: the addresses of everything. */
  readonly card?: Card;
}

/** The state of a server. The application reads it, the lifecycle changes it. */
export interface Status {
  /** The database was reached, and keys and pages exist. It never becomes false again. */
  started: boolean;
  /** The server accepts requests. It becomes false as soon as the server stops. */
  ready: boolean;
}

export interface LifecycleDependencies {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Database;
  readonly app: Koa;
  readonly status: Status;
  readonly signingKeys: SigningKeyService;
  readonly keyRefresh: KeyRefresh;
  readonly changeFeed: ChangeFeed;
  readonly revocations: Pick<Revocations, 'load'>;
  readonly revocationFeed: Pick<RevocationFeed, 'close'>;
  readonly outbox: OutboxService;
  readonly reminders: PersonalAccessTokenReminders;
  readonly consentEnds: ConsentEnds;
  readonly accountDeletion: Pick<AccountDeletion, 'start' | 'stop'>;
  readonly tokenUsage: Pick<TokenUsageService, 'start' | 'stop'>;
  readonly personalAccessTokenUses: Pick<PersonalAccessTokenUses, 'start' | 'stop'>;
  /** The connection to the mail server, if one is configured. */
  readonly transport: { close(): Promise<void> | void } | undefined;
  readonly development: Development | undefined;
}

const sweepEveryMs = 60_000;
const readinessDeadlineMs = 2000;

/** Creates the check of `/readyz`: the server is ready and the database answers in time. It rejects with the reason. */
export function createReadinessCheck(status: Status, database: Database): () => Promise<void> {
  return async () => {
    if (!status.ready) {
      throw new StorageUnavailableError('the server is starting or stopping');
    }
    await runInRequestScope({ deadlineMs: readinessDeadlineMs }, () => database.ping());
  };
}

export function createLifecycle(dependencies: LifecycleDependencies) {
  const { config, clock, log, database, app, status, signingKeys, keyRefresh, changeFeed, outbox, transport } =
    dependencies;
  const { reminders, consentEnds, accountDeletion, revocations, revocationFeed, tokenUsage, personalAccessTokenUses } =
    dependencies;
  const stopping = new AbortController();
  let starting: Promise<Started> | undefined;
  let listener: Listener | undefined;
  let step = 'starting';
  const sweeper = createPoller({
    round: () => database.sweep(),
    pauseMs: () => sweepEveryMs,
    onFailure: (error) => log.warn({ err: error }, 'expired records could not be removed'),
  });

  /**
   * Prepares the database for this version. Several processes may do this at the same time.
   * @throws StorageUnavailableError, ConfigurationError
   */
  async function prepare(): Promise<void> {
    await database.prepare(allCollections);
    await runMigrations(database, { clock });
    await checkSecret();
  }

  /** With a different secret the server would fail later, or write data that other instances cannot read. */
  async function checkSecret(): Promise<void> {
    try {
      await signingKeys.current();
    } catch (error) {
      throw error instanceof UnsealableError
        ? new ConfigurationError(['SECRET: is not the one that this database was sealed with.'])
        : error;
    }
  }

  async function makeReady(): Promise<void> {
    step = 'preparing the database';
    await prepare();
    for (const warning of await database.warnings()) {
      log.warn(warning);
    }
    step = 'making the signing keys';
    await signingKeys.ensure();
    await keyRefresh.refresh();
    step = 'reading what has ended lately';
    await revocations.load();
  }

  /** Waits for a database that does not answer; `/readyz` is 503 meanwhile. Any other error ends the start. */
  async function makeReadyWhenPossible(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        stopping.signal.throwIfAborted();
        await makeReady();
        return;
      } catch (error) {
        const waiting = error instanceof StorageUnavailableError && !(error instanceof StorageRejectedError);
        if (!waiting || stopping.signal.aborted) {
          throw error;
        }
        log.warn({ err: error, attempt }, 'the database does not answer; trying again');
        // A stop ends this wait; then the next round ends the start.
        await sleep(retryDelay(attempt), undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  async function startUp(): Promise<Started> {
    step = `listening on ${config.host}, port ${config.port}`;
    listener = await listen(app, config);
    await makeReadyWhenPossible();
    changeFeed.subscribe('signing-keys', keyRefresh.refresh);
    changeFeed.start();
    outbox.start();
    reminders.start();
    consentEnds.start();
    accountDeletion.start();
    tokenUsage.start();
    personalAccessTokenUses.start();
    keyRefresh.start();
    sweeper.start(sweepEveryMs);
    step = 'preparing the development profile: its demo clients, APIs and user';
    const card = await dependencies.development?.start(listener.port);
    status.started = true;
    status.ready = true;
    log.info({ issuer: config.issuer, port: listener.port, profile: config.profile }, 'ready');
    return { port: listener.port, ...(card === undefined ? {} : { card }) };
  }

  /** @param drainSeconds how long requests in progress may take */
  async function close(drainSeconds = 0): Promise<void> {
    // Its streams would stay open for all of this time.
    revocationFeed.close();
    await listener?.close(drainSeconds);
    listener = undefined;
    dependencies.development?.stop();
    await sweeper.stop();
    await keyRefresh.stop();
    await changeFeed.stop();
    await reminders.stop();
    await consentEnds.stop();
    await accountDeletion.stop();
    await outbox.stop();
    if (status.started) {
      await tokenUsage.stop();
      await personalAccessTokenUses.stop();
    }
    await transport?.close();
    await database.close();
  }

  return {
    prepare,

    /**
     * Listens, and resolves when requests are served. After a failed start the caller must call {@link close}.
     * @throws also when the server is stopped meanwhile
     */
    start: (): Promise<Started> => {
      starting = startUp();
      return starting;
    },

    /** The current or last step of the start, for messages. */
    currentStep: (): string => step,

    /** Ends a start in progress. `/readyz` becomes 503, requests in progress finish, then everything is closed. */
    stop: async (): Promise<void> => {
      stopping.abort();
      await starting?.catch(() => undefined);
      status.ready = false;
      if (status.started) {
        await sleep(config.shutdown.notice * 1000);
      }
      await close(config.shutdown.drain);
      log.info('stopped');
    },

    /** Immediately closes a server that has not started completely. */
    close: () => close(),
  };
}
