/**
 * Keeps the engine on the signing keys as they stand: takes them over at start, when an instance says that there is
 * another, and when time alone moves a key from published to signing or retires it.
 */
import { outsideRequestScope } from '../storage/request-scope.ts';
import type { Clock } from '../clock.ts';
import type { SigningKeyService } from '../services/signing-keys.ts';
import type { Engine } from './engine.ts';

export interface KeyRefresh {
  /** Takes over the keys now. @throws StorageUnavailableError */
  refresh(): Promise<void>;
  stop(): void;
}

/** Keys are looked at anew at least this often; a timer of Node ends at 24.8 days. */
const longestWaitMs = 3_600_000;
const retryMs = 5000;
/** A timer may fire a little early. */
const slackMs = 10;

export function createKeyRefresh(deps: {
  readonly engine: Pick<Engine, 'useKeys'>;
  readonly signingKeys: SigningKeyService;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}): KeyRefresh {
  const { engine, signingKeys, clock, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function again(waitMs: number): void {
    clearTimeout(timer);
    if (!stopped) {
      timer = outsideRequestScope(() => setTimeout(() => void tryRefresh(), waitMs)).unref();
    }
  }

  async function refresh(): Promise<void> {
    engine.useKeys(await signingKeys.current());
    const next = await signingKeys.nextChangeAt();
    again(
      next === undefined
        ? longestWaitMs
        : Math.min(longestWaitMs, Math.max(0, next.getTime() - clock.now().getTime()) + slackMs),
    );
  }

  async function tryRefresh(): Promise<void> {
    try {
      await refresh();
    } catch (error) {
      log.warn({ err: error }, 'signing keys could not be read; trying again');
      again(retryMs);
    }
  }

  return {
    refresh,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
