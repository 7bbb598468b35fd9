/** Changes about which the other instances must know, as stored: inserted and read, never changed. */
import { changes, type ChangeDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

export interface ChangeRepository {
  insertWithRequest(change: ChangeDocument): Promise<void>;
  /** All changes at this time or later, by the clocks of the instances that wrote them, oldest first. */
  listSince(moment: Date): Promise<ChangeDocument[]>;
}

export function createChangeRepository(database: Database): ChangeRepository {
  const collection = database.collection(changes);
  return {
    insertWithRequest: (change) => writeWithRequest(collection, { insertOne: { document: change } }),
    listSince: (moment) => collection.find({ at: { $gte: moment } }, { sort: { at: 1 } }).toArray(),
  };
}
