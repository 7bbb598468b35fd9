/**
 * Withdraws consents whose end has come, which the user chose on the consent page. Every instance looks for them, and
 * one withdraws each. What was issued because of the consent has the same end already, as far as it was
 * issued after the user's choice; this also ends the rest, and announces it.
 */
import { createPoller } from '../../poller.ts';
import type { ConsentService } from './consents.ts';

export interface ConsentEnds {
  start(): void;
  /** Resolves when no round is in progress. */
  stop(): Promise<void>;
}

const pauseMs = 30_000;

export function createConsentEnds(deps: {
  readonly consents: Pick<ConsentService, 'endDue'>;
  readonly log: { warn(fields: object, message: string): void };
}): ConsentEnds {
  const poller = createPoller({
    round: () => deps.consents.endDue(),
    pauseMs: () => pauseMs,
    onFailure: (error) => deps.log.warn({ err: error }, 'consents whose end has come could not be ended; trying again'),
  });
  return { start: () => poller.start(pauseMs), stop: () => poller.stop() };
}
