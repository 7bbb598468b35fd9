/**
 * Writes that belong together although there are no transactions: first what nobody knows yet, then one conditional
 * update that makes it real. If the process or the database stops in between, nothing was decided.
 */
import type { Collection, Document, Filter, Update } from '../database.ts';

/** A conditional update. */
export interface Guard<T extends Document> {
  readonly filter: Filter<T>;
  readonly update: Update<T>;
}

/**
 * Inserts documents and then applies the guarded update, in one ordered bulk write. Of parallel callers whose guards
 * match the same state, exactly one gets true; the documents of the others are removed again.
 * @throws StorageUnavailableError when it is not known whether the update was applied; then nothing is removed
 */
export async function insertGuarded<T extends Document>(
  collection: Collection<T>,
  documents: readonly T[],
  { filter, update }: Guard<T>,
): Promise<boolean> {
  const { matchedCount } = await collection.bulkWrite([
    ...documents.map((document) => ({ insertOne: { document } })),
    { updateOne: { filter, update } },
  ]);
  if (matchedCount === 1) {
    return true;
  }
  for (const { _id } of documents) {
    await collection.deleteOne({ _id } as unknown as Filter<T>);
  }
  return false;
}
