/** What SQLite and MongoDB implement. The checked database (checked-database.ts) adds the guarantees to it. */
import type { BulkResult, Database } from './database.ts';

/**
 * A raw backend, used by the checked database only. An operation that has not ended by the deadline
 * (`operationDeadline`) fails, and nothing of it is sent after that.
 */
export interface Backend extends Omit<Database, 'sweep'> {
  /** Whether the backend calls `onCommit` itself, once for many writes. Otherwise each write is its own commit. */
  readonly groupsCommits: boolean;
  /** Removes documents that expired before this moment. */
  sweep(before: Date): Promise<number>;
  /** Translates a backend's error. Another error (such as a `TypeError`) is returned unchanged. */
  translate(error: unknown, collection: string): Failure;
}

export interface Failure {
  readonly error: unknown;
  /** For a bulk write: how many operations, counted from the first, succeeded, and their result. */
  readonly completed?: { readonly count: number; readonly result: BulkResult };
}

/** Seconds that an expired document is kept before it is removed. The clocks of instances must differ by less. */
export const sweepGraceSeconds = 60;
