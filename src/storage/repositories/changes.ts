/** What instances must tell each other, as stored: only ever inserted and read. */
import { changes, type ChangeDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { writeWithRequest } from '../request-scope.ts';

export interface ChangeRepository {
  insertWithRequest(change: ChangeDocument): Promise<void>;
  /** Everything since a moment of the writers' clocks, that moment included, in their order. */
  listSince(moment: Date): Promise<ChangeDocument[]>;
}

export function createChangeRepository(database: Database): ChangeRepository {
  const collection = database.collection(changes);
  return {
    insertWithRequest: (change) => writeWithRequest(collection, { insertOne: { document: change } }),
    listSince: (moment) => collection.find({ at: { $gte: moment } }, { sort: { at: 1 } }).toArray(),
  };
}
