/** Named values about this installation, as stored. Most are written once. */
import { DuplicateKeyError } from '../../errors.ts';
import { installation, type InstallationDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface InstallationRepository {
  find(name: string): Promise<InstallationDocument | null>;
  /** Every value whose name has this prefix, sorted by name. @param prefix ASCII */
  listByPrefix(prefix: string): Promise<InstallationDocument[]>;
  /** Writes a value that does not exist yet. Exactly one caller gets true. */
  claim(fact: InstallationDocument): Promise<boolean>;
  /** Replaces a value only if it is still the one that was read. Exactly one caller gets true. */
  replace(fact: InstallationDocument, read: string): Promise<boolean>;
}

export function createInstallationRepository(database: Database): InstallationRepository {
  const collection = database.collection(installation);
  return {
    find: (name) => collection.findOne({ _id: name }),
    listByPrefix: (prefix) =>
      collection.find({ _id: { $gte: prefix, $lt: `${prefix}\uffff` } }, { sort: { _id: 1 } }).toArray(),
    claim: async (fact) => {
      try {
        await collection.insertOne(fact);
        return true;
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          return false;
        }
        throw error;
      }
    },
    replace: async ({ _id, value, at }, read) =>
      (await collection.updateOne({ _id, value: read }, { $set: { value, at } })).matchedCount === 1,
  };
}
