/**
 * Collects the writes of one request and sends them together: one ordered bulk write for each collection, all begun in
 * the same tick, so that SQLite waits for the disk once. It is not a transaction: the order is kept within a collection
 * but not between collections, a failed bulk write keeps its earlier writes, and the other bulk writes are not undone.
 */
import type { BulkResult, Collection, Document, Filter, WriteOperation } from './database.ts';
import { applyUpdate, documentOfFilter, matches } from './update.ts';

export interface StageOptions {
  /**
   * For a guarded `updateOne` or `replaceOne`: called during the flush, after all writes were sent, if no document
   * matched. It may write, stage more, or throw; then the flush fails.
   */
  readonly onUnmatched?: () => Promise<void> | void;
  /** Called when the write is stored. It must not throw. Not called after a failure. */
  readonly onStored?: () => void;
}

export interface UnitOfWork {
  /**
   * Adds a write; the order is kept within a collection. Nothing is sent or copied before {@link UnitOfWork.flush}: the
   * caller must not change the given document or one that `peek` returns.
   */
  stage<T extends Document>(collection: Collection<T>, operation: WriteOperation<T>, options?: StageOptions): void;
  /**
   * The document with this id after the staged writes; `null` when they remove it; `undefined` when it also depends on
   * the stored document (then read that and use {@link UnitOfWork.overlay}).
   */
  peek<T extends Document>(collection: Collection<T>, id: string): T | null | undefined;
  /** The first matching document among those that do not depend on stored documents; otherwise `undefined`. */
  peekWhere<T extends Document>(collection: Collection<T>, filter: Filter<T>): T | undefined;
  /** The given stored document (or its absence) after the staged writes. */
  overlay<T extends Document>(collection: Collection<T>, id: string, stored: T | null): T | null;
  /** Whether nothing waits to be sent. */
  isEmpty(): boolean;
  /**
   * Sends everything. After a failure nothing is kept for another attempt.
   * @throws StorageUnavailableError, DuplicateKeyError, and the errors of `onUnmatched`
   */
  flush(): Promise<void>;
  /** Drops everything that was staged. */
  discard(): void;
}

interface Staged<T extends Document> {
  readonly operation: WriteOperation<T>;
  readonly onUnmatched: StageOptions['onUnmatched'];
  readonly onStored: StageOptions['onStored'];
}

/** Creates an empty unit of work. */
export function createUnitOfWork(): UnitOfWork {
  const lists = new Map<unknown, Staged<never>[]>();

  function listOf<T extends Document>(collection: Collection<T>): Staged<T>[] {
    // The key of a list is the collection, so the list has the document type of that collection.
    return lists.get(collection) ?? [];
  }

  function replay<T extends Document>(
    collection: Collection<T>,
    id: string,
    stored: T | null | undefined,
  ): T | null | undefined {
    return listOf(collection).reduce<T | null | undefined>(
      (present, { operation }) => effect(operation, id, present),
      stored,
    );
  }

  async function sendAll(): Promise<void> {
    const handlers: NonNullable<StageOptions['onUnmatched']>[] = [];
    const sending = [...lists].map(async ([collection, list]) => {
      for (const bulk of attributable(list)) {
        const result: BulkResult = await (collection as Collection<never>).bulkWrite(
          bulk.map(({ operation }) => operation),
        );
        for (const { onStored } of bulk) {
          onStored?.();
        }
        const handler = bulk.find(({ onUnmatched }) => onUnmatched !== undefined)?.onUnmatched;
        if (handler !== undefined && result.matchedCount === 0) {
          handlers.push(handler);
        }
      }
    });
    lists.clear();
    // All bulk writes have ended before a failure is reported, so nothing of this request is sent after its response.
    const outcomes = await Promise.allSettled(sending);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
    }
    for (const handler of handlers) {
      await handler();
    }
  }

  return {
    stage(collection, operation, options = {}) {
      const { onUnmatched, onStored } = options;
      if (onUnmatched !== undefined && !canBeUnmatched(operation)) {
        throw new TypeError('storage: only an updateOne or replaceOne without upsert can be unmatched');
      }
      const list = listOf(collection);
      list.push({ operation, onUnmatched, onStored });
      lists.set(collection, list as unknown as Staged<never>[]);
    },
    peek: (collection, id) => replay(collection, id, undefined),
    peekWhere(collection, filter) {
      for (const { operation } of listOf(collection)) {
        const id = createdId(operation);
        const document = id === undefined ? undefined : replay(collection, id, undefined);
        if (document && matches(document, filter)) {
          return document;
        }
      }
      return undefined;
    },
    overlay: (collection, id, stored) => replay(collection, id, stored) ?? null,
    isEmpty: () => lists.size === 0,
    async flush() {
      while (lists.size > 0) {
        await sendAll();
      }
    },
    discard: () => lists.clear(),
  };
}

function isUpdate<T extends Document>(operation: WriteOperation<T>): boolean {
  return 'updateOne' in operation || 'replaceOne' in operation;
}

function canBeUnmatched<T extends Document>(operation: WriteOperation<T>): boolean {
  if ('updateOne' in operation) {
    return operation.updateOne.upsert !== true;
  }
  return 'replaceOne' in operation && operation.replaceOne.upsert !== true;
}

/** The id of the document, if the operation contains the whole document. */
function createdId<T extends Document>(operation: WriteOperation<T>): string | undefined {
  if ('insertOne' in operation) {
    return operation.insertOne.document._id;
  }
  if ('replaceOne' in operation) {
    return idOf(operation.replaceOne.filter);
  }
  return undefined;
}

function idOf<T extends Document>(filter: Filter<T>): string | undefined {
  const id: unknown = (filter as { readonly _id?: unknown })._id;
  return typeof id === 'string' ? id : undefined;
}

function isOnlyId<T extends Document>(filter: Filter<T>): boolean {
  return Object.keys(filter).length === 1;
}

/**
 * A bulk write returns only totals. So a guarded write shares a bulk write only with inserts and deletes, which do not
 * count in `matchedCount`. The order is kept; almost always there is one bulk write.
 */
function attributable<T extends Document>(list: readonly Staged<T>[]): Staged<T>[][] {
  const bulks: Staged<T>[][] = [];
  let bulk: Staged<T>[] = [];
  for (const staged of list) {
    const guarded = staged.onUnmatched !== undefined;
    const shares =
      !isUpdate(staged.operation) ||
      !bulk.some((earlier) => isUpdate(earlier.operation) && (guarded || earlier.onUnmatched !== undefined));
    if (!shares || bulks.length === 0) {
      bulk = [];
      bulks.push(bulk);
    }
    bulk.push(staged);
  }
  return bulks;
}

/** The document `id` after an operation; `undefined` while it depends on the stored document. */
function effect<T extends Document>(
  operation: WriteOperation<T>,
  id: string,
  present: T | null | undefined,
): T | null | undefined {
  if ('insertOne' in operation) {
    return operation.insertOne.document._id === id ? operation.insertOne.document : present;
  }
  if ('deleteOne' in operation || 'deleteMany' in operation) {
    const { filter } = 'deleteOne' in operation ? operation.deleteOne : operation.deleteMany;
    if (present === undefined || present === null) {
      return idOf(filter) === id && isOnlyId(filter) ? null : present;
    }
    return matches(present, filter) ? null : present;
  }
  const { filter, upsert } = 'updateOne' in operation ? operation.updateOne : operation.replaceOne;
  if (idOf(filter) !== id) {
    return present;
  }
  if ('replaceOne' in operation) {
    const replacement = { ...operation.replaceOne.replacement, _id: id } as unknown as T;
    if (present === undefined) {
      return upsert === true && isOnlyId(filter) ? replacement : undefined;
    }
    if (present === null) {
      return upsert === true ? replacement : null;
    }
    return matches(present, filter) ? replacement : present;
  }
  const { update } = operation.updateOne;
  if (present === undefined) {
    return undefined;
  }
  if (present === null) {
    return upsert === true ? applyUpdate(documentOfFilter(filter), update, true) : null;
  }
  return matches(present, filter) ? applyUpdate(present, update, false) : present;
}
