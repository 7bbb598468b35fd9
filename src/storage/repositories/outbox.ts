/** Messages that wait to be delivered, as stored. When to try again is decided in services/outbox.ts. */
import { outbox, type OutboxDocument } from '../collections.ts';
import type { Database, Update } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

export type MessageKind = OutboxDocument['kind'];

export interface OutboxRepository {
  insertWithRequest(message: OutboxDocument): Promise<void>;
  find(id: string): Promise<OutboxDocument | null>;
  /** Newest first. */
  list(query: { readonly limit: number; readonly kind?: MessageKind }): Promise<OutboxDocument[]>;
  /** Waiting messages of this kind whose time has come, the longest waiting first. */
  listDue(kind: MessageKind, now: Date, limit: number): Promise<OutboxDocument[]>;
  /**
   * Takes a message that is still due for delivery until a moment: one of any number of workers gets it, the others
   * null. Until then it is not due, and after that it is again: a worker that died has not lost it.
   */
  claim(message: OutboxDocument, now: Date, lockedUntil: Date): Promise<OutboxDocument | null>;
  /** Writes the outcome, unless the claim ran out and somebody else has taken the message since. */
  settle(claimed: OutboxDocument, update: Update<OutboxDocument>): Promise<boolean>;
}

export function createOutboxRepository(database: Database): OutboxRepository {
  const collection = database.collection(outbox);
  return {
    insertWithRequest: (message) => writeWithRequest(collection, { insertOne: { document: message } }),
    find: (id) => collection.findOne({ _id: id }),
    list: ({ limit, kind }) =>
      collection.find(kind === undefined ? {} : { kind }, { sort: { createdAt: -1, _id: -1 }, limit }).toArray(),
    listDue: (kind, now, limit) =>
      collection
        .find({ status: 'waiting', kind, nextAttemptAt: { $lte: now } }, { sort: { nextAttemptAt: 1 }, limit })
        .toArray(),
    claim: ({ _id, attempts }, now, lockedUntil) =>
      collection.findOneAndUpdate(
        { _id, status: 'waiting', attempts, nextAttemptAt: { $lte: now } },
        { $set: { lockedUntil, nextAttemptAt: lockedUntil }, $inc: { attempts: 1 } },
        { returnDocument: 'after' },
      ),
    settle: async ({ _id, attempts }, update) =>
      (await collection.updateOne({ _id, status: 'waiting', attempts }, update)).matchedCount === 1,
  };
}
