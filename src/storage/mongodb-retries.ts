/**
 * Checks whether a server recognizes a repeated write. When the answer to a write is lost, the driver sends the write
 * again with the same `txnNumber`. Some servers that use MongoDB's protocol accept that number but ignore it
 * (https://www.mongodb.com/docs/manual/core/retryable-writes/).
 */
import { randomUUID } from 'node:crypto';
import { Long, type Db } from 'mongodb';
import { installation } from './collections.ts';
import type { CallLimits } from './mongodb-collection.ts';

/**
 * Sends one insert twice, as the driver would, and removes the inserted document. A server that recognizes the second
 * insert answers as for the first; another server reports a duplicate id.
 * @param own a database of a separate client, so that the main client's sessions never use the same `txnNumber`
 */
export async function appliesRetriesTwice(own: Db, database: Db, limits: CallLimits): Promise<boolean> {
  const _id = `retry-check:${randomUUID()}`;
  const session = own.client.startSession();
  const insert = async (): Promise<boolean> => {
    const answer = await own.command(
      { insert: installation.name, documents: [{ _id }], txnNumber: Long.fromNumber(1) },
      { ...limits, session },
    );
    return Array.isArray(answer['writeErrors']);
  };
  try {
    await insert();
    return await insert();
  } finally {
    await session.endSession();
    await database.collection<{ readonly _id: string }>(installation.name).deleteOne({ _id }, limits);
  }
}
