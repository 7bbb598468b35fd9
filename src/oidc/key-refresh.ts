/**
 * Keeps the engine on the signing keys as they stand: takes them over at start, when an instance says that there is
 * another, and when time alone moves a key from published to signing or retires it.
 */
import type { Clock } from '../clock.ts';
import { createPoller } from '../poller.ts';
import type { SigningKeyService } from '../services/signing-keys.ts';
import type { Engine } from './engine.ts';

export interface KeyRefresh {
  /** Takes over the keys now. @throws StorageUnavailableError */
  refresh(): Promise<void>;
  /** From now on takes over the keys by itself, too. */
  start(): void;
  /** Resolves when no refresh is under way any more. */
  stop(): Promise<void>;
}

/** Keys are read at least this often; a timer of Node ends at 24.8 days. */
const maxPauseMs = 3_600_000;
/** A timer may fire a little early. */
const slackMs = 10;

export function createKeyRefresh(deps: {
  readonly engine: Pick<Engine, 'useKeys'>;
  readonly signingKeys: SigningKeyService;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}): KeyRefresh {
  const { engine, signingKeys, clock, log } = deps;

  const poller = createPoller({
    round: async () => {
      engine.useKeys(await signingKeys.current(), await signingKeys.verification());
      return signingKeys.nextChangeAt();
    },
    pauseMs: (next) =>
      next === undefined
        ? maxPauseMs
        : Math.min(maxPauseMs, Math.max(0, next.getTime() - clock.now().getTime()) + slackMs),
    onFailure: (error) => log.warn({ err: error }, 'signing keys could not be read; trying again'),
  });

  return {
    refresh: async () => {
      await poller.runNow();
    },
    start: () => poller.start(maxPauseMs),
    stop: () => poller.stop(),
  };
}
