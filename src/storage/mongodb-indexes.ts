/** Indexes on MongoDB, made from what `collections.ts` declares. */
import { MongoServerError, type Db, type IndexDescription } from 'mongodb';
import { StorageRejectedError } from '../errors.ts';
import { sweepGraceSeconds } from './checked-collection.ts';
import type { DeclaredCollection } from './database.ts';
import type { CallLimits } from './mongodb-collection.ts';

const duplicateKey = 11_000;

type DeclaredIndex = DeclaredCollection['indexes'][number];

/**
 * A sparse index over several fields holds every document that has any of them, which is every document. So what is
 * declared sparse over several becomes a partial index over the documents that have the first. The other fields are in
 * descending order: lists are read newest first, and the key differs from that of the sparse index that earlier versions
 * made, beside which MongoDB 4.4 would not build this one.
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
 * Creates what is declared and missing; safe to run from several processes at once.
 * @param isReplicated whether the server is more than a single one: then a build is complete when a majority has it. By
 *   default it waits for all members, and hangs while one is down.
 * @throws StorageRejectedError when stored documents contradict a unique index
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

/** Removes an index if it is there. */
export async function dropIndex(database: Db, collection: string, name: string, limits: CallLimits): Promise<void> {
  try {
    await database.collection(collection).dropIndex(name, limits);
  } catch (error) {
    if (!(error instanceof MongoServerError && [namespaceNotFound, indexNotFound].includes(Number(error.code)))) {
      throw error;
    }
  }
}
