/** Indexes on MongoDB, made from what `collections.ts` declares. */
import { MongoServerError, type Db, type IndexDescription } from 'mongodb';
import { StorageRejectedError } from '../errors.ts';
import { sweepGraceSeconds } from './checked-collection.ts';
import type { DeclaredCollection } from './database.ts';

const duplicateKey = 11_000;

type DeclaredIndex = DeclaredCollection['indexes'][number];

function description({ fields, unique, sparse }: DeclaredIndex): IndexDescription {
  return {
    key: Object.fromEntries(fields.map((field) => [field, 1 as const])),
    ...(unique === true ? { unique } : {}),
    ...(sparse === true ? { sparse } : {}),
  };
}

/**
 * Creates what is declared and missing; safe to run from several processes at once.
 * @throws StorageRejectedError when stored documents contradict a unique index
 */
export async function createIndexes(database: Db, definition: DeclaredCollection): Promise<void> {
  const indexes = definition.indexes.map(description);
  const expiry: IndexDescription = { key: { expiresAt: 1 }, expireAfterSeconds: sweepGraceSeconds };
  const declared = definition.expires ? [...indexes, expiry] : indexes;
  if (declared.length === 0) {
    return;
  }
  try {
    await database.collection(definition.name).createIndexes(declared);
  } catch (error) {
    if (error instanceof MongoServerError && error.code === duplicateKey) {
      throw new StorageRejectedError(
        `The collection ${definition.name} holds documents that a unique index does not allow: ${error.message}`,
        error,
      );
    }
    throw error;
  }
}
