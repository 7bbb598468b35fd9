/** Sign-ins with other providers that are not complete, by the digest of their `state`. */
import { digest } from '../../crypto/secrets.ts';
import { upstreamFlows, type UpstreamFlowDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface UpstreamFlowRepository {
  /** @param state the value itself; only its digest is stored */
  insert(state: string, flow: Omit<UpstreamFlowDocument, '_id'>): Promise<void>;
  find(state: string): Promise<UpstreamFlowDocument | null>;
  /** Removes it. Exactly one caller in any number of processes gets true. */
  consume(flow: UpstreamFlowDocument): Promise<boolean>;
}

/** The id of the document of a flow: its content is sealed with it. */
export function upstreamFlowId(state: string): string {
  return digest(state);
}

export function createUpstreamFlowRepository(database: Database): UpstreamFlowRepository {
  const collection = database.collection(upstreamFlows);
  return {
    insert: async (state, flow) => {
      await collection.insertOne({ _id: upstreamFlowId(state), ...flow });
    },
    find: (state) => collection.findOne({ _id: upstreamFlowId(state) }),
    consume: async ({ _id }) => (await collection.deleteOne({ _id })).deletedCount === 1,
  };
}
