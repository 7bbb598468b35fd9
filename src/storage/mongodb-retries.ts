/**
 * Whether a server recognizes a write that is sent again. The driver sends a write once more when its answer was lost, with
 * the same `txnNumber`; some servers that speak MongoDB's protocol take that number and ignore it
 * (https://www.mongodb.com/docs/manual/core/retryable-writes/).
 */
import { randomUUID } from 'node:crypto';
import { Long, type Db } from 'mongodb';
import { installation } from './collections.ts';
import type { CallLimits } from './mongodb-collection.ts';

/**
 * Sends one insert twice, as the driver would, and removes what it inserted. A server that recognizes the second answers
 * it as the first; one that does not reports that the id is taken.
 * @param own of a client of its own: the number that is used here must not come again in a session of the server's client
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
