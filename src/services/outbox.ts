/**
 * Messages that must arrive although a process may die or the other side be away: kept in the database until they are
 * delivered. What a message says and how a kind of message travels is not known here; each kind has a deliverer.
 *
 * A message is delivered at least once. Never by two workers at a time: one takes it by a guarded update, for a while
 * that is longer than a delivery may take. It may arrive twice when a worker dies between delivering and noting that.
 */
import { after, type Clock } from '../clock.ts';
import { randomToken, type Secrets } from '../crypto/secrets.ts';
import { createPoller } from '../poller.ts';
import type { OutboxDocument } from '../storage/collections.ts';
import type { MessageKind, OutboxRepository } from '../storage/repositories/outbox.ts';
import type { AuditService } from './audit.ts';

/** What a deliverer throws when trying again cannot help: an address that does not exist. */
export class UndeliverableError extends Error {
  override readonly name = 'UndeliverableError';
}

/** A message opened for delivery. */
export interface OutboxMessage {
  readonly id: string;
  /** What was enqueued, as JSON brings it back. Not validated here. */
  readonly content: unknown;
  readonly createdAt: Date;
}

/** Delivers or throws. Keeps its own timeouts, well below {@link deliverySeconds}. */
export type Deliverer = (message: OutboxMessage) => Promise<void>;

/** What is told of a message without opening it. */
export interface OutboxEntry {
  readonly id: string;
  readonly kind: MessageKind;
  readonly status: OutboxDocument['status'];
  readonly attempts: number;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date;
  readonly sentAt?: Date;
  readonly lastError?: string;
}

export interface OutboxService {
  /**
   * Puts a message in, with the other writes of the request: when the request fails, there is no message. What the
   * request wrote at once stays all the same (docs/architecture.md has the list).
   * @param content what JSON can carry; it is sealed
   */
  enqueue(kind: MessageKind, content: object): Promise<string>;
  /** Newest first, closed. */
  list(query: { readonly limit: number; readonly kind?: MessageKind }): Promise<readonly OutboxEntry[]>;
  /** One message, opened; null when there is none or it was sent, since a sent one's content is forgotten. */
  show(id: string): Promise<(OutboxEntry & OutboxMessage) | null>;
  /** Delivers what is due, now and from time to time. */
  start(): void;
  /** Begins no further delivery; resolves when those under way have ended. */
  stop(): Promise<void>;
  /** Delivers everything that is due and returns how many deliveries were tried. @throws StorageUnavailableError */
  deliverDue(): Promise<number>;
}

export interface OutboxOptions {
  readonly messages: OutboxRepository;
  readonly secrets: Secrets;
  readonly audit: AuditService;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  /** By kind. A kind without one is kept waiting: without a mail server mails wait to be looked at. */
  readonly deliverers: Partial<Record<MessageKind, Deliverer>>;
  /** Milliseconds between looks into the outbox. */
  readonly interval?: number;
}

/** A delivery that takes longer is given up. */
const deliverySeconds = 60;
const lockSeconds = 90;
const firstPauseSeconds = 60;
const longestPauseSeconds = 6 * 3600;
/** A message that could not be delivered for this long has failed. */
const giveUpSeconds = 48 * 3600;
const keepSeconds = 7 * 24 * 3600;
const atOnce = 4;
const longestError = 200;

function associatedData(id: string): string {
  return `outbox:${id}`;
}

function entryOf({
  _id,
  kind,
  status,
  attempts,
  createdAt,
  nextAttemptAt,
  sentAt,
  lastError,
}: OutboxDocument): OutboxEntry {
  return {
    id: _id,
    kind,
    status,
    attempts,
    createdAt,
    nextAttemptAt,
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(lastError === undefined ? {} : { lastError }),
  };
}

/** One minute, doubled up to six hours, give or take a fifth: so that what failed together does not come back together. */
function pauseAfter(attempts: number): number {
  return (
    Math.min(longestPauseSeconds, firstPauseSeconds * 2 ** Math.min(attempts - 1, 20)) * (0.8 + Math.random() * 0.4)
  );
}

async function withinSeconds(seconds: number, delivery: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${seconds} seconds`)), seconds * 1000);
  });
  try {
    await Promise.race([delivery, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

export function createOutboxService(options: OutboxOptions): OutboxService {
  const { messages, secrets, audit, clock, log, deliverers, interval = 1000 } = options;

  function open(message: OutboxDocument): OutboxMessage {
    const { _id: id, sealedMessage, createdAt } = message;
    return { id, content: JSON.parse(secrets.unseal(sealedMessage, associatedData(id))), createdAt };
  }

  async function settleFailure(claimed: OutboxDocument, error: unknown): Promise<void> {
    const { _id: id, kind, attempts, createdAt } = claimed;
    const lastError = (error instanceof Error ? error.message : String(error)).slice(0, longestError);
    const nextAttemptAt = after(clock, pauseAfter(attempts));
    const failed =
      error instanceof UndeliverableError || nextAttemptAt.getTime() > createdAt.getTime() + giveUpSeconds * 1000;
    const settled = await messages.settle(claimed, {
      $set: { status: failed ? 'failed' : 'waiting', lastError, ...(failed ? {} : { nextAttemptAt }) },
      $unset: { lockedUntil: true },
    });
    log.warn(
      { messageId: id, kind, attempts, lastError },
      failed ? 'a message could not be delivered' : 'a message could not be delivered yet',
    );
    if (settled && failed) {
      await audit.record({
        actor: 'system',
        type: 'outbox.failed',
        outcome: 'failure',
        detail: { messageId: id, kind, attempts },
      });
    }
  }

  async function deliver(message: OutboxDocument, deliverer: Deliverer): Promise<boolean> {
    const claimed = await messages.claim(message, clock.now(), after(clock, lockSeconds));
    if (claimed === null) {
      return false;
    }
    try {
      await withinSeconds(deliverySeconds, deliverer(open(claimed)));
    } catch (error) {
      await settleFailure(claimed, error);
      return true;
    }
    // The content holds one-time links and nobody needs it again.
    await messages.settle(claimed, {
      $set: { status: 'sent', sentAt: clock.now(), sealedMessage: '' },
      $unset: { lockedUntil: true, lastError: true },
    });
    return true;
  }

  /** Each kind has a lane of its own, so that an app that does not answer holds up no mail. */
  async function deliverKind(kind: MessageKind, deliverer: Deliverer): Promise<number> {
    let tried = 0;
    for (;;) {
      const due = await messages.listDue(kind, clock.now(), atOnce);
      const outcomes = await Promise.allSettled(due.map((message) => deliver(message, deliverer)));
      tried += outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length;
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) {
        throw failed.reason;
      }
      if (due.length < atOnce) {
        return tried;
      }
    }
  }

  async function deliverNow(): Promise<number> {
    const lanes = (Object.entries(deliverers) as [MessageKind, Deliverer | undefined][]).flatMap(([kind, deliverer]) =>
      deliverer === undefined ? [] : [deliverKind(kind, deliverer)],
    );
    const outcomes = await Promise.allSettled(lanes);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) {
      throw failed.reason;
    }
    return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
  }

  const poller = createPoller({
    round: deliverNow,
    pauseMs: () => interval,
    onFailure: (error) => log.warn({ err: error }, 'the outbox cannot be read; trying again'),
  });

  return {
    enqueue: async (kind, content) => {
      const id = `msg_${randomToken(16)}`;
      const now = clock.now();
      await messages.insertWithRequest({
        _id: id,
        kind,
        status: 'waiting',
        sealedMessage: secrets.seal(JSON.stringify(content), associatedData(id)),
        attempts: 0,
        nextAttemptAt: now,
        createdAt: now,
        expiresAt: after(clock, keepSeconds),
      });
      return id;
    },
    list: async (query) => (await messages.list(query)).map(entryOf),
    show: async (id) => {
      const message = await messages.find(id);
      return message === null || message.sealedMessage === '' ? null : { ...entryOf(message), ...open(message) };
    },
    start: () => poller.start(interval),
    stop: () => poller.stop(),
    deliverDue: () => poller.runNow(),
  };
}
