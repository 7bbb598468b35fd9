/**
 * Gives the engine the current signing keys: at start, on each refresh, and when the time comes at which a key starts
 * to sign or is retired.
 */
import type { Clock } from '../clock.ts';
import { createPoller } from '../poller.ts';
import type { SigningKeyService } from '../services/tokens/signing-keys.ts';
import type { Engine } from './engine.ts';

export interface KeyRefresh {
  /** Reads the keys now. @throws StorageUnavailableError */
  refresh(): Promise<void>;
  /** Starts reading the keys regularly. */
  start(): void;
  /** Stops reading the keys. Resolves when the refresh in progress, if any, is complete. */
  stop(): Promise<void>;
}

/** Keys are read at least this often. (A timer of Node is limited to 24.8 days.) */
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
