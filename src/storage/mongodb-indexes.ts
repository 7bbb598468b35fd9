/** Indexes on MongoDB, created from the declarations in `collections.ts`. */
import { MongoServerError, type Db, type IndexDescription } from 'mongodb';
import { StorageRejectedError } from '../errors.ts';
import { sweepGraceSeconds } from './backend.ts';
import type { DeclaredCollection } from './database.ts';
import type { CallLimits } from './mongodb-collection.ts';

const duplicateKey = 11_000;

type DeclaredIndex = DeclaredCollection['indexes'][number];

/**
 * MongoDB's sparse index over several fields contains every document with any of the fields, which is every document.
 * So a declared sparse index over several fields becomes a partial index of the documents that have the first field.
 * The other fields are in descending order, because lists are read newest first. This also makes the key differ from
 * that of the earlier sparse index; with equal keys MongoDB 4.4 would not build this one.
 */
function description({ fields, unique, sparse }: DeclaredIndex): IndexDescription {
  const [first = '', ...others] = fields;
  const isPartial = sparse === true && others.length > 0;
  return {
    key: Object.fromEntries([[first, 1], ...others.map((field) => [field, isPartial ? -1 : 1] as const)]),
    ...(unique === true ? { unique } : {}),
    ...(isPartial ? { partialFilterExpression: { [first]: { $exists: true } } } : {}),
    ...(sparse === true && !isPartial ? { sparse } : {}),
  };
}

/**
 * Creates the declared indexes that are missing. Several processes may run this at the same time.
 * @param isReplicated whether the server is not a single server. Then a build is complete when a majority has the
 *   index; by default it waits for all members, and hangs while one is down.
 * @throws StorageRejectedError when stored documents violate a unique index
 */
export async function createIndexes(
  database: Db,
  definition: DeclaredCollection,
  isReplicated: boolean,
): Promise<void> {
  const indexes = definition.indexes.map(description);
  const expiry: IndexDescription = { key: { expiresAt: 1 }, expireAfterSeconds: sweepGraceSeconds };
  const declared = definition.expires ? [...indexes, expiry] : indexes;
  if (declared.length === 0) {
    return;
  }
  try {
    await database
      .collection(definition.name)
      .createIndexes(declared, isReplicated ? { commitQuorum: 'majority' } : {});
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

const namespaceNotFound = 26;
const indexNotFound = 27;

/** Removes an index if it exists. */
export async function dropIndex(database: Db, collection: string, name: string, limits: CallLimits): Promise<void> {
  try {
    await database.collection(collection).dropIndex(name, limits);
  } catch (error) {
    if (!(error instanceof MongoServerError && [namespaceNotFound, indexNotFound].includes(Number(error.code)))) {
      throw error;
    }
  }
}
