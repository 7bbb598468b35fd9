/** Issuers of workload identities as stored; `_id` is the client's id, a space, and the issuer. */
import { workloadIssuers, type WorkloadIssuerDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface WorkloadIssuerRepository {
  /** @throws DuplicateKeyError when the client has this issuer already */
  insert(issuer: WorkloadIssuerDocument): Promise<void>;
  find(clientId: string, issuer: string): Promise<WorkloadIssuerDocument | null>;
  /** Replaces it only if it has not changed since it was read. False: read it again. */
  replace(issuer: WorkloadIssuerDocument, readAt: Date): Promise<boolean>;
  remove(clientId: string, issuer: string): Promise<boolean>;
  removeByClient(clientId: string): Promise<void>;
  list(): Promise<WorkloadIssuerDocument[]>;
}

/** The id of the document. A client id contains no space. */
export function workloadIssuerId(clientId: string, issuer: string): string {
  return `${clientId} ${issuer}`;
}

export function createWorkloadIssuerRepository(database: Database): WorkloadIssuerRepository {
  const collection = database.collection(workloadIssuers);
  return {
    insert: async (issuer) => {
      await collection.insertOne(issuer);
    },
    find: (clientId, issuer) => collection.findOne({ _id: workloadIssuerId(clientId, issuer) }),
    replace: async ({ _id, ...replacement }, readAt) => {
      const { matchedCount } = await collection.replaceOne({ _id, updatedAt: readAt }, replacement);
      return matchedCount === 1;
    },
    remove: async (clientId, issuer) =>
      (await collection.deleteOne({ _id: workloadIssuerId(clientId, issuer) })).deletedCount === 1,
    removeByClient: async (clientId) => {
      await collection.deleteMany({ clientId });
    },
    list: () => collection.find({}, { sort: { _id: 1 } }).toArray(),
  };
}
