/**
 * Documents that are read for nearly every request and seldom change, kept in this process. A kept document is used
 * only while {@link CacheCoherence} says that no other process can have changed it. The repository makes its own writes
 * through the cache. Absence is never kept, so a new document is found immediately. Documents are frozen, because
 * callers share them.
 */
import { LRUCache } from 'lru-cache';
import type { Document } from '../database.ts';

export type CachedKind = 'client' | 'api' | 'upstream';

/** Keeps the caches of all processes that use one database coherent (services/foundation/cache-coherence.ts). */
export interface CacheCoherence {
  /**
   * Identifies the present state of the database, as far as other processes have changed it. What was read while the
   * state was the same may be used without reading it again. Undefined: nothing may be used without reading it.
   * @throws StorageUnavailableError
   */
  state(): number | undefined;
  /** Reports a change to the other processes. Resolves when the report is stored. @throws StorageUnavailableError */
  announce(kind: CachedKind, id: string): Promise<void>;
  /** Resolves when no process uses what it read before the changes that were announced until now. */
  settled(): Promise<void>;
  /** Calls back when a process has announced a change. */
  onChange(kind: CachedKind, forget: (id: string) => void): void;
}

export interface DocumentCache<T extends Document> {
  /** The document with this id, from memory or by `read`. */
  find(id: string, read: () => Promise<T | null>): Promise<T | null>;
  /** Several documents; `read` gets the ids of those that are not in memory. Returned in no particular order. */
  findMany(ids: readonly string[], read: (missing: readonly string[]) => Promise<readonly T[]>): Promise<T[]>;
  /** All documents of the collection, in the order of `read`. */
  list(read: () => Promise<T[]>): Promise<T[]>;
  /** Runs the insertion of a new document. Other processes list it after at most a second. */
  insert(id: string, write: () => Promise<void>): Promise<void>;
  /**
   * Runs a write that changes or removes a document.
   * @param write resolves to false if nothing was changed, because the document is another one than was read
   * @returns what `write` returned, when no process uses the earlier document any more
   */
  change(id: string, write: () => Promise<boolean>): Promise<boolean>;
}

/** Documents of one kind that are kept. With more, those that were not used for the longest time are read again. */
const maxDocuments = 1000;

function deepFreeze(value: unknown): void {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
}

interface Kept<V> {
  readonly state: number;
  readonly value: V;
}

export function createDocumentCache<T extends Document>(kind: CachedKind, coherence: CacheCoherence): DocumentCache<T> {
  const documents = new LRUCache<string, Kept<T>>({ max: maxDocuments });
  let all: Kept<readonly T[]> | undefined;
  /** Increased by each change, so that what a read in progress returns is not kept. */
  let generation = 0;

  function forget(id: string): void {
    generation += 1;
    documents.delete(id);
    all = undefined;
  }

  coherence.onChange(kind, forget);

  /** Reads, and calls `store` if what was read may be used again. */
  async function load<R>(read: () => Promise<R>, state: number | undefined, store: (result: R, state: number) => void) {
    const before = generation;
    const result = await read();
    if (state !== undefined && generation === before) {
      store(result, state);
    }
    return result;
  }

  function keep(document: T, state: number): void {
    deepFreeze(document);
    documents.set(document._id, { value: document, state });
  }

  function kept(id: string, state: number | undefined): T | undefined {
    const known = state === undefined ? undefined : documents.get(id);
    return known?.state === state ? known?.value : undefined;
  }

  async function write<R>(id: string, run: () => Promise<R>): Promise<R> {
    try {
      return await run();
    } finally {
      // Also after a failure: the write may have been applied.
      forget(id);
    }
  }

  return {
    find: async (id, read) => {
      const state = coherence.state();
      return (
        kept(id, state) ??
        load(read, state, (document, at) => {
          if (document !== null) {
            keep(document, at);
          }
        })
      );
    },

    findMany: async (ids, read) => {
      const state = coherence.state();
      const known = [...new Set(ids)].flatMap((id) => kept(id, state) ?? []);
      const missing = ids.filter((id) => !known.some(({ _id }) => _id === id));
      if (missing.length === 0) {
        return known;
      }
      const found = await load(
        () => read(missing),
        state,
        (list, at) => list.forEach((one) => keep(one, at)),
      );
      return [...known, ...found];
    },

    list: async (read) => {
      const state = coherence.state();
      if (state !== undefined && all?.state === state) {
        return [...all.value];
      }
      return load(read, state, (list, at) => {
        if (list.length <= maxDocuments) {
          list.forEach(deepFreeze);
          all = { value: [...list], state: at };
        }
      });
    },

    insert: async (id, run) => {
      await write(id, run);
      await coherence.announce(kind, id);
    },

    change: async (id, run) => {
      const changed = await write(id, run);
      if (changed) {
        await coherence.announce(kind, id);
        await coherence.settled();
      }
      return changed;
    },
  };
}
