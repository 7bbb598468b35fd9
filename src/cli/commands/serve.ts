/** `gatehouse serve`: runs the server until it is told to stop. */
import type { EventEmitter } from 'node:events';
import { monotonicMilliseconds } from '../../clock.ts';
import type { Config } from '../../config/schema.ts';
import type { Logger } from '../../logging.ts';
import type { Card } from '../../server.ts';
import type { Command, Invocation } from '../command.ts';
import { exitCodes, StartError, toJson } from '../output.ts';
import { logFormat } from '../terminal-log.ts';

/** What this command needs of the server. */
export interface Servable {
  /** Listens; ready when it resolves. @returns the card to print, in development. */
  start(): Promise<{ readonly card?: Card | undefined }>;
  /** What a start that failed was doing. */
  currentStep(): string;
  /** Drains and closes everything; a start that is under way ends. */
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
  /** Where signals and uncaught errors arrive: the process. */
  readonly events: Pick<EventEmitter, 'on' | 'off'>;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
  /** Milliseconds on a clock that never jumps; the process's own unless given. */
  readonly now?: () => number;
}

/**
 * A signal that comes again within this time is the same one: npm passes on to its script the SIGINT that the terminal
 * has sent to both.
 */
const sameSignalMs = 500;

/** Milliseconds in which requests under way get their 503, once nothing can be written any more. */
const lastAnswersMs = 1000;

/** Says when the first signal came; a second one ends the process at once. */
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
      logger.warn({ signal }, 'second signal: exiting at once');
      exit(1);
    }
  };
  // The last resort: an error that nobody caught leaves a state that nobody vouches for.
  const lastResort = (error: Error): void => {
    logger.fatal({ err: error }, 'uncaught error: exiting');
    exit(1);
  };
  events.on('SIGTERM', listener);
  events.on('SIGINT', listener);
  events.on('uncaughtException', lastResort);
  return {
    first: promise,
    release: () => {
      events.off('SIGTERM', listener);
      events.off('SIGINT', listener);
      events.off('uncaughtException', lastResort);
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

/** Makes the command; the process is its dependency, so that a test can send it signals. */
export function createServeCommand(dependencies: ServeDependencies): Command {
  return {
    verb: '',
    summary: 'Serve until SIGTERM or SIGINT',
    help: 'The first signal lets requests finish (SHUTDOWN_DRAIN) and exits with 0; a second one exits at once.',
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
          // At once, and without closing the database, whose log is not to be relied on.
          onDatabaseUnusable: () => {
            setTimeout(() => dependencies.exit(exitCodes.diskFailure), lastAnswersMs);
          },
        });
        const starting = server.start();
        try {
          // A signal may come first: a server may wait for its database for ever.
          const started = await Promise.race([starting, signal.first]);
          if (typeof started === 'object') {
            await announce(invocation, config.issuer, started.card);
          }
        } catch (error) {
          await server.close();
          throw new StartError(server.currentStep(), error);
        }
        logger.info({ signal: await signal.first }, 'stopping');
        // What the stop makes of a start that is under way is no failure.
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
  }),
];
