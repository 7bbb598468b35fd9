/** Audit events as stored: only ever inserted and read. */
import { auditEvents, type AuditEventDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

export interface AuditEventRepository {
  /** With the request's other writes. */
  insert(event: AuditEventDocument): Promise<void>;
  /** Newest first. */
  list(query: {
    readonly limit: number;
    readonly accountId?: string;
    readonly clientId?: string;
  }): Promise<AuditEventDocument[]>;
}

export function createAuditEventRepository(database: Database): AuditEventRepository {
  const collection = database.collection(auditEvents);
  return {
    insert: (event) => writeWithRequest(collection, { insertOne: { document: event } }),
    list: ({ limit, accountId, clientId }) => {
      const filter = {
        ...(accountId === undefined ? {} : { accountId }),
        ...(clientId === undefined ? {} : { clientId }),
      };
      return collection.find(filter, { sort: { at: -1, _id: -1 }, limit }).toArray();
    },
  };
}
