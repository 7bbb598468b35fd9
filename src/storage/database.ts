/**
 * The storage port: what every backend offers, and all that repositories may use. Structurally it is a subset of the
 * MongoDB driver's `Collection`; `sqlite.ts` translates the same closed grammar to SQL. There are no dotted paths, no
 * operators on arrays, no regular expressions, no aggregation and no multi-document transactions, on purpose.
 *
 * What a collection promises on top of a raw backend (expired is absent, a deadline for each operation, errors as
 * `StorageUnavailableError` and `DuplicateKeyError`) is added for every backend alike by `checked-collection.ts`.
 */
import type { Clock } from '../clock.ts';

/** What can be compared in a filter. */
export type Scalar = string | number | boolean | Date;

/** What a document's field may hold; only scalars can be searched. */
export type Value = Scalar | null | readonly Value[] | { readonly [key: string]: Value | undefined };

/** Every document has a string id. */
export interface Document {
  readonly _id: string;
}

/** A condition on one top-level scalar field: equality, or a conjunction of operators. */
export type Condition<V> =
  | V
  | {
      readonly $in?: readonly V[];
      readonly $ne?: V;
      readonly $exists?: boolean;
      readonly $gt?: V;
      readonly $gte?: V;
      readonly $lt?: V;
      readonly $lte?: V;
    };

/** The names of the fields of `T` that hold a scalar. */
type ScalarField<T> = { [K in keyof T]-?: NonNullable<T[K]> extends Scalar ? K : never }[keyof T];

/** A conjunction of conditions. `{ field: null }` is not in the grammar: ask `$exists`. */
export type Filter<T> = { readonly [K in ScalarField<T>]?: Condition<NonNullable<T[K]>> };

/** The closed set of update operators, each on top-level fields. `undefined` values are ignored, never written as null. */
export interface Update<T> {
  readonly $set?: Partial<Omit<T, '_id'>>;
  readonly $setOnInsert?: Partial<T>;
  readonly $unset?: { readonly [K in keyof T]?: true };
  readonly $inc?: { readonly [K in keyof T as NonNullable<T[K]> extends number ? K : never]?: number };
}

export interface FindOptions<T> {
  /** Stable: equal keys are ordered by `_id`. Paging without a sort has no promised order. */
  readonly sort?: { readonly [K in ScalarField<T>]?: 1 | -1 };
  readonly skip?: number;
  readonly limit?: number;
}

export interface UpdateResult {
  readonly matchedCount: number;
  readonly modifiedCount: number;
  readonly upsertedCount: number;
}

/** One write of a `bulkWrite`; they are carried out in order, and the first that fails ends the rest. */
export type WriteOperation<T> =
  | { readonly insertOne: { readonly document: T } }
  | { readonly updateOne: { readonly filter: Filter<T>; readonly update: Update<T>; readonly upsert?: boolean } }
  | {
      readonly replaceOne: {
        readonly filter: Filter<T>;
        readonly replacement: Omit<T, '_id'>;
        readonly upsert?: boolean;
      };
    }
  | { readonly deleteOne: { readonly filter: Filter<T> } }
  | { readonly deleteMany: { readonly filter: Filter<T> } };

export interface BulkResult {
  readonly insertedCount: number;
  readonly matchedCount: number;
  readonly modifiedCount: number;
  readonly deletedCount: number;
  readonly upsertedCount: number;
}

/** One collection of documents of type `T`. Documents are copied on the way in and on the way out. */
export interface Collection<T extends Document> {
  /** @throws DuplicateKeyError when the id or a unique index is taken. */
  insertOne(document: T): Promise<unknown>;
  findOne(filter: Filter<T>): Promise<T | null>;
  find(filter: Filter<T>, options?: FindOptions<T>): { toArray(): Promise<T[]> };
  /**
   * A guarded update: of any number of parallel callers whose filter matches the same state, in any number of
   * processes, exactly one receives the document; the others receive null.
   */
  findOneAndUpdate(
    filter: Filter<T>,
    update: Update<T>,
    options: { readonly upsert?: boolean; readonly returnDocument: 'before' | 'after' },
  ): Promise<T | null>;
  updateOne(filter: Filter<T>, update: Update<T>, options?: { readonly upsert?: boolean }): Promise<UpdateResult>;
  replaceOne(
    filter: Filter<T>,
    replacement: Omit<T, '_id'>,
    options?: { readonly upsert?: boolean },
  ): Promise<UpdateResult>;
  deleteOne(filter: Filter<T>): Promise<{ readonly deletedCount: number }>;
  deleteMany(filter: Filter<T>): Promise<{ readonly deletedCount: number }>;
  bulkWrite(operations: readonly WriteOperation<T>[]): Promise<BulkResult>;
  countDocuments(filter: Filter<T>): Promise<number>;
}

/** An index over top-level scalar fields, in order. */
export interface IndexDefinition<T> {
  readonly fields: readonly (ScalarField<T> & string)[];
  /** Without `sparse`, every document must have the field: what happens to two that lack it differs between backends. */
  readonly unique?: boolean;
  /** Only documents that have the (first) field take part: needed for a unique index on an optional field. */
  readonly sparse?: boolean;
}

/** What is declared of a collection, once, in `collections.ts`; both backends build it from this. */
export interface CollectionDefinition<T extends Document> {
  readonly name: string;
  readonly indexes: readonly IndexDefinition<T>[];
  /**
   * Whether every document carries `expiresAt`. Such a document is absent from the moment it expires, for every
   * operation, whether or not the backend has removed it yet.
   */
  readonly expires: boolean;
  /** Names the document type for the compiler; never read. */
  readonly documentType?: T;
}

/** What a backend reads of a {@link CollectionDefinition}, whatever its document type. */
export interface DeclaredCollection {
  readonly name: string;
  readonly indexes: readonly {
    readonly fields: readonly string[];
    readonly unique?: boolean;
    readonly sparse?: boolean;
  }[];
  readonly expires: boolean;
}

/** A backend, opened. An upsert's filter fixes `_id` by equality: there are no ids that a backend makes up. */
export interface Database {
  collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T>;
  /** Creates what `collections.ts` declares and is missing; safe to run from several processes at once. */
  prepare(definitions: readonly DeclaredCollection[]): Promise<void>;
  /**
   * Removes an index that an earlier version made and `collections.ts` no longer declares; nothing happens where there is
   * none. @param name the one that the backend gave it
   */
  dropIndex(collection: string, name: string): Promise<void>;
  /** Answers when the database can be read and (as far as can be told) written. @throws StorageUnavailableError */
  ping(): Promise<void>;
  /** Removes expired documents in small batches where the backend does not do that by itself; returns how many. */
  sweep(): Promise<number>;
  /** What an operator should know of this database, in sentences: for the log at start and for `storage check`. */
  warnings(): Promise<readonly string[]>;
  /** Waits for what is under way, then closes. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /**
   * Allows `directConnection=true` to a member of a replica set, which is refused otherwise: for tests, whose proxy
   * stands before one member.
   */
  readonly allowDirectConnection?: boolean;
  /** Milliseconds without a successful operation after which MongoDB's client is replaced by a fresh one; 30 s. */
  readonly replaceClientAfterMs?: number;
  /** Called when that was done. */
  readonly onClientReplaced?: () => void;
  readonly clock: Clock;
  /** Called once for each operation that reaches the backend. */
  readonly onOperation?: (operation: Operation) => void;
  /**
   * Called once for each wait for the disk: a transaction of SQLite (which may hold the writes of many requests), a
   * write operation of MongoDB.
   */
  readonly onCommit?: () => void;
  /**
   * Called once when this database takes no more writes until the process starts again: the disk of SQLite's file failed
   * to keep what was written. From then on each write fails with `StorageUnavailableError`.
   */
  readonly onUnusable?: (cause: Error) => void;
}

/** One operation that is sent to the backend, for metrics. */
export interface Operation {
  readonly collection: string;
  readonly name: string;
  readonly kind: 'read' | 'write';
}
