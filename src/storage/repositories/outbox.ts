/** Messages to deliver, as stored. services/mails/outbox.ts decides when to try again. */
import { DuplicateKeyError } from '../../errors.ts';
import { outbox, type OutboxDocument } from '../collections.ts';
import type { Database, Update } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

export type MessageKind = OutboxDocument['kind'];

export interface OutboxRepository {
  insertWithRequest(message: OutboxDocument): Promise<void>;
  /** Inserts immediately, unless there is a message with this id. */
  insertOnce(message: OutboxDocument): Promise<void>;
  find(id: string): Promise<OutboxDocument | null>;
  /** Newest first. */
  list(query: { readonly limit: number; readonly kind?: MessageKind }): Promise<OutboxDocument[]>;
  /** Waiting messages of this kind that are due, the earliest due first. */
  listDue(kind: MessageKind, now: Date, limit: number): Promise<OutboxDocument[]>;
  /**
   * Reserves a message that is still due for one worker until `lockedUntil`. Exactly one worker gets it, the others get
   * null. After that time it is due again, so that it is not lost when the worker ends.
   */
  claim(message: OutboxDocument, now: Date, lockedUntil: Date): Promise<OutboxDocument | null>;
  /** Writes the result, unless the reservation has expired and another worker has taken the message. */
  settle(claimed: OutboxDocument, update: Update<OutboxDocument>): Promise<boolean>;
}

export function createOutboxRepository(database: Database): OutboxRepository {
  const collection = database.collection(outbox);
  return {
    insertWithRequest: (message) => writeWithRequest(collection, { insertOne: { document: message } }),
    insertOnce: async (message) => {
      try {
        await collection.insertOne(message);
      } catch (error) {
        if (!(error instanceof DuplicateKeyError)) {
          throw error;
        }
      }
    },
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
