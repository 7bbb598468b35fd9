/** The log of changes about which the other instances must know, as stored: inserted and read, never changed. */
import { changes, type ChangeDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

export interface ChangeRepository {
  insertWithRequest(change: ChangeDocument): Promise<void>;
  /** Inserts all of them immediately. After a failure, some may have been inserted. */
  insertAll(list: readonly ChangeDocument[]): Promise<void>;
  /** All changes at this time or later, by the clocks of the instances that wrote them, oldest first. */
  listSince(moment: Date): Promise<ChangeDocument[]>;
  /** The latest changes of a kind, at most `limit`, newest first. */
  listLatest(kind: ChangeDocument['kind'], limit: number): Promise<ChangeDocument[]>;
  /** The changes of a kind with one of these subjects. */
  listBySubjects(kind: ChangeDocument['kind'], subjects: readonly string[]): Promise<ChangeDocument[]>;
}

export function createChangeRepository(database: Database): ChangeRepository {
  const collection = database.collection(changes);
  return {
    insertWithRequest: (change) => writeWithRequest(collection, { insertOne: { document: change } }),
    insertAll: async (list) => {
      if (list.length > 0) {
        await collection.bulkWrite(list.map((document) => ({ insertOne: { document } })));
      }
    },
    listSince: (moment) => collection.find({ at: { $gte: moment } }, { sort: { at: 1 } }).toArray(),
    listLatest: (kind, limit) => collection.find({ kind }, { sort: { at: -1 }, limit }).toArray(),
    listBySubjects: (kind, subjects) => collection.find({ kind, subject: { $in: subjects } }).toArray(),
  };
}
