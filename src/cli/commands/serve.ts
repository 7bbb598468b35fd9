/** `gatehouse serve`: runs the server until a signal stops it. */
import type { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { monotonicMilliseconds } from '../../clock.ts';
import type { Config } from '../../config/config.ts';
import type { Logger } from '../../logging.ts';
import type { Card } from '../../server.ts';
import type { Command, Invocation } from '../command.ts';
import { exitCodes, StartError, toJson } from '../output.ts';
import { logFormat } from '../terminal-log.ts';

/** The part of the server that this command uses. */
export interface Servable {
  /** Listens; ready when it resolves. @returns the card to print, in development. */
  start(): Promise<{ readonly card?: Card | undefined }>;
  /** The step at which the start is, or failed. */
  currentStep(): string;
  /** Drains and closes everything; ends a start that is in progress. */
  stop(): Promise<void>;
  /** Closes without having started. */
  close(): Promise<void>;
}

export interface ServeDependencies {
  readonly open: (
    config: Config,
    options: { readonly logger: Logger; readonly onDatabaseUnusable: () => void },
  ) => Promise<Servable>;
  readonly createLogger: (config: Config) => Promise<Logger>;
  /** Emits signals and uncaught errors: the process. */
  readonly events: Pick<EventEmitter, 'on' | 'off'>;
  /** Ends the process immediately. */
  readonly exit: (code: number) => void;
  /** Called when the server is ready. */
  readonly growNewSpace?: () => void;
  /** Milliseconds of a monotonic clock; the process's own by default. */
  readonly now?: () => number;
}

/**
 * The same signal within this time is a duplicate: a terminal sends SIGINT to npm and to this process, and npm passes
 * it on.
 */
const sameSignalMs = 500;

/** Milliseconds for requests in progress to get their 503, after the database became unusable. */
const lastResponsesMs = 1000;

/** Waits for the first signal; a second one ends the process immediately. */
function awaitSignal(
  { events, exit, now = monotonicMilliseconds }: ServeDependencies,
  logger: Logger,
): { readonly first: Promise<string>; readonly release: () => void } {
  let first: { readonly signal: string; readonly at: number } | undefined;
  const { promise, resolve } = Promise.withResolvers<string>();
  const listener = (signal: string): void => {
    if (first === undefined) {
      first = { signal, at: now() };
      resolve(signal);
    } else if (signal !== first.signal || now() - first.at >= sameSignalMs) {
      logger.warn({ signal }, 'second signal: exiting immediately');
      exit(1);
    }
  };
  // After an uncaught error the state of the process is unknown.
  const exitAfterError = (error: Error): void => {
    logger.fatal({ err: error }, 'uncaught error: exiting');
    exit(1);
  };
  events.on('SIGTERM', listener);
  events.on('SIGINT', listener);
  events.on('uncaughtException', exitAfterError);
  return {
    first: promise,
    release: () => {
      events.off('SIGTERM', listener);
      events.off('SIGINT', listener);
      events.off('uncaughtException', exitAfterError);
    },
  };
}

async function announce(invocation: Invocation, issuer: string, card: Card | undefined): Promise<void> {
  if (invocation.json) {
    invocation.print(toJson({ ready: true, issuer, ...card }));
  } else if (card !== undefined) {
    const { printCard } = await import('../card.ts');
    invocation.print(printCard(card));
  }
}

/** Makes the command. The process is a parameter, so that a test can send signals. */
export function createServeCommand(dependencies: ServeDependencies): Command {
  return {
    verb: '',
    summary: 'Serve until SIGTERM or SIGINT',
    help: 'The first signal lets requests finish (SHUTDOWN_DRAIN) and exits with 0; a second one exits immediately.',
    run: async (invocation) => {
      const loaded = await invocation.loadConfig();
      const { ensureDevelopmentSecrets } = await import('../../development/secrets.ts');
      const config = await ensureDevelopmentSecrets(loaded);
      const logger = await dependencies.createLogger(config);
      for (const warning of config.warnings) {
        logger.warn(warning);
      }
      const signal = awaitSignal(dependencies, logger);
      try {
        const server = await dependencies.open(config, {
          logger,
          // Without closing the database, since its log is not reliable any more.
          onDatabaseUnusable: () => {
            setTimeout(() => dependencies.exit(exitCodes.diskFailure), lastResponsesMs);
          },
        });
        const starting = server.start();
        try {
          // The signal may come first, since a start waits for its database without a limit.
          const started = await Promise.race([starting, signal.first]);
          if (typeof started === 'object') {
            dependencies.growNewSpace?.();
            await announce(invocation, config.issuer, started.card);
          }
        } catch (error) {
          await server.close();
          throw new StartError(server.currentStep(), error);
        }
        logger.info({ signal: await signal.first }, 'stopping');
        // A start that is ended by the stop is not a failure.
        await Promise.all([server.stop(), starting.catch(() => undefined)]);
      } finally {
        signal.release();
      }
      return undefined;
    },
  };
}

export const commands: readonly Command[] = [
  createServeCommand({
    open: async (config, options) => {
      const { createServer } = await import('../../server.ts');
      return await createServer(config, options);
    },
    createLogger: async (config) => {
      const { createLogger } = await import('../../logging.ts');
      return createLogger({ level: config.log.level, ...logFormat(config) });
    },
    events: process,
    exit: (code) => process.exit(code),
    // V8's default again, after gatehouse.js has kept the new space small during the start.
    growNewSpace: () => setFlagsFromString('--semi-space-growth-factor=2'),
  }),
];
