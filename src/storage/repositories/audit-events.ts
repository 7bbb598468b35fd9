/** Audit events as stored: only ever inserted and read. */
import { auditEvents, type AuditEventDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { recordWithRequest } from '../request-scope.ts';

export interface AuditEventRepository {
  /** With the request's other writes; kept although the request fails. */
  insertWithRequest(event: AuditEventDocument): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<AuditEventDocument[]>;
}

/** Which events to list; each field that is there narrows the list. */
export interface AuditQuery {
  /** How many at most. */
  readonly limit: number;
  readonly accountId?: string;
  readonly clientId?: string;
  readonly type?: string;
  readonly outcome?: AuditEventDocument['outcome'];
  /** Events of this moment and later. */
  readonly since?: Date;
  /** Events before this moment. */
  readonly until?: Date;
  /** Events older than the one with this id: the last one of the page before. */
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
        // Ids begin with the moment (services/audit.ts), so they are in the order of the list.
        ...(after === undefined ? {} : { _id: { $lt: after } }),
      };
      return collection.find(filter, { sort: { at: -1, _id: -1 }, limit }).toArray();
    },
  };
}
