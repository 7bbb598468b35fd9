/** Audit events as stored: inserted and read, never changed. */
import { auditEvents, type AuditEventDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { recordWithRequest } from '../request-scope.ts';

export interface AuditEventRepository {
  /** Written with the request's other writes, but kept even if the request fails. */
  insertWithRequest(event: AuditEventDocument): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditEventDocument[]>;
}

/** Which events to list; each given field is a further condition. */
export interface AuditQuery {
  /** Maximum number of events. */
  readonly limit: number;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly type?: string;
  readonly outcome?: AuditEventDocument['outcome'];
  /** Events at this time and later. */
  readonly since?: Date;
  /** Events before this time. */
  readonly until?: Date;
  /** Events older than the one with this id, the last of the previous page. */
  readonly after?: string;
}

export function createAuditEventRepository(database: Database): AuditEventRepository {
  const collection = database.collection(auditEvents);
  return {
    insertWithRequest: (event) => recordWithRequest(collection, { insertOne: { document: event } }),
    list: ({ limit, accountId, clientId, type, outcome, since, until, after }) => {
      const filter = {
        ...(accountId === undefined ? {} : { accountId }),
        ...(clientId === undefined ? {} : { clientId }),
        ...(type === undefined ? {} : { type }),
        ...(outcome === undefined ? {} : { outcome }),
        ...(since === undefined && until === undefined
          ? {}
          : {
              at: { ...(since === undefined ? {} : { $gte: since }), ...(until === undefined ? {} : { $lt: until }) },
            }),
        // Ids begin with the time (services/foundation/audit.ts), so they have the order of the list.
        ...(after === undefined ? {} : { _id: { $lt: after } }),
      };
      return collection.find(filter, { sort: { at: -1, _id: -1 }, limit }).toArray();
    },
  };
}
