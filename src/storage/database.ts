/**
 * The storage port: what every backend offers, and all that repositories may use. Its types are a subset of the MongoDB
 * driver's `Collection`; `sqlite.ts` translates the same grammar to SQL. By design there are no dotted paths, no
 * operators on arrays, no regular expressions, no aggregation and no multi-document transactions.
 *
 * `checked-collection.ts` adds guarantees to every backend: expired documents are absent, each operation has a
 * deadline, and errors are `StorageUnavailableError` or `DuplicateKeyError`.
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

/** Conditions that must all hold. `{ field: null }` is not allowed: use `$exists`. */
export type Filter<T> = { readonly [K in ScalarField<T>]?: Condition<NonNullable<T[K]>> };

/** The allowed update operators, each on top-level fields. `undefined` values are ignored, never written as null. */
export interface Update<T> {
  readonly $set?: Partial<Omit<T, '_id'>>;
  readonly $setOnInsert?: Partial<T>;
  readonly $unset?: { readonly [K in keyof T]?: true };
  readonly $inc?: { readonly [K in keyof T as NonNullable<T[K]> extends number ? K : never]?: number };
}

export interface FindOptions<T> {
  /** Stable: equal keys are ordered by `_id`. Without a sort, the order of pages is not guaranteed. */
  readonly sort?: { readonly [K in ScalarField<T>]?: 1 | -1 };
  readonly skip?: number;
  readonly limit?: number;
}

export interface UpdateResult {
  readonly matchedCount: number;
  readonly modifiedCount: number;
  readonly upsertedCount: number;
}

/** One write of a `bulkWrite`. Writes run in order; after the first failure no more are run. */
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

/** One collection of documents of type `T`. Documents are copied when they are written and when they are read. */
export interface Collection<T extends Document> {
  /** @throws DuplicateKeyError when the id or a unique index is taken. */
  insertOne(document: T): Promise<unknown>;
  findOne(filter: Filter<T>): Promise<T | null>;
  find(filter: Filter<T>, options?: FindOptions<T>): { toArray(): Promise<T[]> };
  /**
   * A guarded update: when parallel callers, in any number of processes, have a filter that matches the same state,
   * exactly one caller receives the document and the others receive null.
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
  /** Without `sparse`, every document must have the field: backends treat two documents without it differently. */
  readonly unique?: boolean;
  /** The index holds only documents that have the (first) field. Needed for a unique index on an optional field. */
  readonly sparse?: boolean;
}

/** The declaration of a collection in `collections.ts`, from which both backends create it. */
export interface CollectionDefinition<T extends Document> {
  readonly name: string;
  readonly indexes: readonly IndexDefinition<T>[];
  /**
   * Whether every document has `expiresAt`. When that time has passed, the document is absent for every operation, even
   * if the backend has not removed it yet.
   */
  readonly expires: boolean;
  /** Gives the compiler the document type; never read. */
  readonly documentType?: T;
}

/** A {@link CollectionDefinition} without its document type, as a backend reads it. */
export interface DeclaredCollection {
  readonly name: string;
  readonly indexes: readonly {
    readonly fields: readonly string[];
    readonly unique?: boolean;
    readonly sparse?: boolean;
  }[];
  readonly expires: boolean;
}

/** An open database. The filter of an upsert must contain the `_id`: backends do not generate ids. */
export interface Database {
  collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T>;
  /** Creates the declared tables and indexes that are missing. Several processes may run this at the same time. */
  prepare(definitions: readonly DeclaredCollection[]): Promise<void>;
  /**
   * Removes an index that an earlier version created and `collections.ts` no longer declares. Does nothing when there
   * is no such index.
   * @param name the name that the backend gave the index
   */
  dropIndex(collection: string, name: string): Promise<void>;
  /** Checks that the database can be read and, as far as is known, written. @throws StorageUnavailableError */
  ping(): Promise<void>;
  /** Removes expired documents in small batches if the backend does not do that itself. Returns their number. */
  sweep(): Promise<number>;
  /**
   * Returns a number that differs from an earlier one if another connection, of this process or another, has written to
   * the database in between. Writes through this object do not change it. It answers without waiting, so that a cache
   * can ask before each use of what it keeps. The number includes everything that was written before this turn of the
   * event loop began. A request may get the number of up to 20 ms ago, if it has asked before. Undefined where the
   * backend cannot answer without a request.
   * @throws StorageUnavailableError
   */
  readonly dataVersion: (() => number) | undefined;
  /** Sentences for the operator about risks of this database, for the log at start and for `storage check`. */
  warnings(): Promise<readonly string[]>;
  /** Waits for operations in progress, then closes. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /**
   * Allows `directConnection=true` to a member of a replica set, which is otherwise rejected. For tests with a proxy in
   * front of one member.
   */
  readonly allowDirectConnection?: boolean;
  /**
   * Milliseconds without a successful operation after which MongoDB's client is replaced by a new one. Default: 30 s.
   */
  readonly replaceClientAfterMs?: number;
  /** Called after the client was replaced. */
  readonly onClientReplaced?: () => void;
  readonly clock: Clock;
  /** Called once for each operation that reaches the backend. */
  readonly onOperation?: (operation: Operation) => void;
  /**
   * Called once for each wait for the disk. That is a sync of SQLite, which may cover the writes of many requests, or a
   * write operation of MongoDB.
   */
  readonly onCommit?: () => void;
  /**
   * Called once when this database accepts no more writes until the process is restarted, because a sync of SQLite's
   * log to the disk failed. From then on each write fails with `StorageUnavailableError`.
   */
  readonly onUnusable?: (cause: Error) => void;
}

/** One operation sent to the backend, for metrics. */
export interface Operation {
  readonly collection: string;
  readonly name: string;
  readonly kind: 'read' | 'write';
}
