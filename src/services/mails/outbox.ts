/**
 * Messages that must be delivered even if a process dies or the recipient is not reachable for a while: kept in the
 * database until they are delivered. The content of a message and its transport are not known here; each kind has a
 * deliverer.
 *
 * A message is delivered at least once, and never by two workers at the same time: a worker claims it by a guarded
 * update, for longer than a delivery may take. It may arrive twice if a worker dies after the delivery and before
 * storing that.
 */
import { after, type Clock } from '../../clock.ts';
import { digest, randomToken, type Secrets } from '../../crypto/secrets.ts';
import { createPoller } from '../../poller.ts';
import type { OutboxDocument } from '../../storage/collections.ts';
import type { MessageKind, OutboxRepository } from '../../storage/repositories/outbox.ts';
import type { AuditRecord, AuditService } from '../foundation/audit.ts';

/** Thrown by a deliverer when trying again would not help, for example because the address does not exist. */
export class UndeliverableError extends Error {
  override readonly name = 'UndeliverableError';
}

/** Thrown by a deliverer that knows more about the failure than its message says. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** What the audit event contains, too. Nothing of it is secret. */
  readonly facts: Pick<AuditRecord, 'clientId' | 'detail'>;

  constructor(message: string, facts: Pick<AuditRecord, 'clientId' | 'detail'>, options?: ErrorOptions) {
    super(message, options);
    this.facts = facts;
  }
}

/** A message with its decrypted content. */
export interface OutboxMessage {
  readonly id: string;
  /** The enqueued content after a round trip through JSON. Not validated here. */
  readonly content: unknown;
  readonly createdAt: Date;
}

/** Delivers or throws. Has its own timeouts, well below {@link deliverySeconds}. */
export type Deliverer = (message: OutboxMessage) => Promise<void>;

/** A message without its content. */
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
   * Adds a message, together with the other writes of the request: if the request fails, there is no message. Writes
   * that the request made immediately stay (docs/architecture.md has the list).
   * @param content must be representable in JSON; it is stored encrypted
   * @returns the id of the message
   */
  enqueue(kind: MessageKind, content: object): Promise<string>;
  /**
   * Stores a message immediately: before a change that must not be made without it.
   * @returns the id of the message
   */
  enqueueNow(kind: MessageKind, content: object): Promise<string>;
  /**
   * Stores a message immediately, unless one with this key was stored in the last seven days.
   * @param key names the event; only its digest is stored
   */
  enqueueOnce(kind: MessageKind, key: string, content: object): Promise<void>;
  /** Newest first, without contents. */
  list(query: { readonly limit: number; readonly kind?: MessageKind }): Promise<readonly OutboxEntry[]>;
  /**
   * One message with its content; null if it does not exist or was sent, since the content of a sent one is deleted.
   */
  show(id: string): Promise<(OutboxEntry & OutboxMessage) | null>;
  /** Starts delivering what is due, at regular intervals. */
  start(): void;
  /** Starts no further delivery; resolves when those in progress have ended. */
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
  /**
   * By kind. Messages of a kind without a deliverer stay in the outbox: without a mail server, mails can be read there.
   */
  readonly deliverers: Partial<Record<MessageKind, Deliverer>>;
  /** Milliseconds between polls of the outbox. */
  readonly interval?: number;
}

/** A delivery that takes longer is given up. */
const deliverySeconds = 60;
const lockSeconds = 90;
const firstPauseSeconds = 60;
const maxPauseSeconds = 6 * 3600;
/** A message that could not be delivered for this long is marked as failed. */
const giveUpSeconds = 48 * 3600;
const keepSeconds = 7 * 24 * 3600;
/** Of one kind, in this process. */
const maxParallelDeliveries = 4;
const maxErrorLength = 200;

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

/**
 * Seconds: one minute, doubled with each attempt up to six hours. A random 20 % more or less keeps messages that failed
 * together from being tried again together.
 */
function pauseAfter(attempts: number): number {
  return Math.min(maxPauseSeconds, firstPauseSeconds * 2 ** Math.min(attempts - 1, 20)) * (0.8 + Math.random() * 0.4);
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
    const lastError = (error instanceof Error ? error.message : String(error)).slice(0, maxErrorLength);
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
      const facts = error instanceof DeliveryError ? error.facts : {};
      await audit.record({
        ...facts,
        actor: 'system',
        type: 'outbox.failed',
        outcome: 'failure',
        detail: { ...facts.detail, messageId: id, kind, attempts },
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
    // The content may have one-time links, and it is not needed any more.
    await messages.settle(claimed, {
      $set: { status: 'sent', sentAt: clock.now(), sealedMessage: '' },
      $unset: { lockedUntil: true, lastError: true },
    });
    return true;
  }

  /** Each kind is delivered separately, so that an app that does not answer does not delay mails. */
  async function deliverKind(kind: MessageKind, deliverer: Deliverer): Promise<number> {
    let tried = 0;
    for (;;) {
      const due = await messages.listDue(kind, clock.now(), maxParallelDeliveries);
      const outcomes = await Promise.allSettled(due.map((message) => deliver(message, deliverer)));
      tried += outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length;
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) {
        throw failed.reason;
      }
      if (due.length < maxParallelDeliveries) {
        return tried;
      }
    }
  }

  async function deliverNow(): Promise<number> {
    const deliveries = (Object.entries(deliverers) as [MessageKind, Deliverer | undefined][]).flatMap(
      ([kind, deliverer]) => (deliverer === undefined ? [] : [deliverKind(kind, deliverer)]),
    );
    const outcomes = await Promise.allSettled(deliveries);
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

  function newMessage(id: string, kind: MessageKind, content: object): OutboxDocument {
    const now = clock.now();
    return {
      _id: id,
      kind,
      status: 'waiting',
      sealedMessage: secrets.seal(JSON.stringify(content), associatedData(id)),
      attempts: 0,
      nextAttemptAt: now,
      createdAt: now,
      expiresAt: after(clock, keepSeconds),
    };
  }

  const newId = (): string => `msg_${randomToken(16)}`;

  return {
    enqueue: async (kind, content) => {
      const id = newId();
      await messages.insertWithRequest(newMessage(id, kind, content));
      return id;
    },
    enqueueNow: async (kind, content) => {
      const id = newId();
      await messages.insertOnce(newMessage(id, kind, content));
      return id;
    },
    enqueueOnce: (kind, key, content) => messages.insertOnce(newMessage(`msg_${digest(key)}`, kind, content)),
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
