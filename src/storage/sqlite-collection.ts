/**
 * One collection on SQLite: the operations of the grammar, with prepared statements. Reads run directly
 * (sqlite-reads.ts). Writes run inside a group (group-commit.ts), where each sees the earlier writes of the group.
 */
import type {
  BulkResult,
  Collection,
  CollectionDefinition,
  Document,
  Filter,
  FindOptions,
  Update,
  UpdateResult,
  WriteOperation,
} from './database.ts';
import type { GroupCommit } from './group-commit.ts';
import { decodeDocument, encodeDocument } from './json-document.ts';
import { operationDeadline } from './request-scope.ts';
import type { SharedReads } from './sqlite-reads.ts';
import { columnValue, createFilterTranslator, identifier, type ColumnValue, type Parameter } from './sqlite-sql.ts';
import { applyUpdate, documentOfFilter, matches } from './update.ts';

/** The methods of a prepared statement that are used here. */
export interface Statement {
  get(...parameters: Parameter[]): Readonly<Record<string, unknown>> | undefined;
  all(...parameters: Parameter[]): readonly Readonly<Record<string, unknown>>[];
  run(...parameters: ColumnValue[]): { readonly changes: number | bigint };
}

/** Returns the statement for an SQL text; each text is prepared once. */
export type Prepare = (sql: string) => Statement;

/** Documents that one transaction deletes: this takes some milliseconds. */
const deletionBatch = 200;

/** A bulk write whose operation at index `completed` failed; the earlier ones are kept. */
export class BulkFailure extends Error {
  readonly completed: number;
  readonly result: BulkResult;
  constructor(cause: unknown, completed: number, result: BulkResult) {
    super('bulk write failed', { cause });
    this.completed = completed;
    this.result = result;
  }
}

/**
 * Deletes in transactions of some milliseconds each, so that neither the lock nor the event loop is blocked for long.
 */
export async function deleteInBatches(
  prepared: Prepare,
  commits: GroupCommit,
  name: string,
  where: string,
  parameters: readonly Parameter[],
): Promise<number> {
  const table = identifier(name);
  const sql = `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table}${where} LIMIT ${deletionBatch})`;
  for (let removed = 0; ;) {
    const changes = await commits.submit(operationDeadline(), () => Number(prepared(sql).run(...parameters).changes));
    removed += changes;
    if (changes < deletionBatch) {
      return removed;
    }
  }
}

interface Row<T> {
  readonly rowid: number;
  /** The document as it is stored, and decoded. */
  readonly text: string;
  readonly document: T;
}

/** How rows are written: the fields whose columns are filled (sqlite-sql.ts), and the statement for a new row. */
interface Layout {
  readonly fields: readonly string[];
  readonly insertSql: string;
}

/** Creates the collection. Its table must exist. */
export function sqliteCollection<T extends Document>(
  definition: CollectionDefinition<T>,
  {
    prepared,
    commits,
    reads,
  }: { readonly prepared: Prepare; readonly commits: GroupCommit; readonly reads: SharedReads },
): Collection<T> {
  const table = identifier(definition.name);
  const translator = createFilterTranslator(definition);
  const byIdSql = `SELECT rowid AS "row", doc FROM ${table} WHERE "_id" = ?`;

  // Every document in the table was encoded from a T.
  const decode = (text: string): T => decodeDocument(text) as T;
  const submit = <R>(work: () => R): Promise<R> => commits.submit(operationDeadline(), work);

  let known: Layout | undefined;

  /** The layout stays the same once the table exists: what a later version adds, SQLite computes. */
  function layout(): Layout {
    if (known !== undefined) {
      return known;
    }
    // Lists no columns that SQLite computes.
    const columns = prepared(`PRAGMA table_info(${table})`)
      .all()
      .map(({ name }) => String(name));
    const found = {
      fields: columns.filter((name) => name !== '_id' && name !== 'doc'),
      insertSql: `INSERT INTO ${table} (${columns.map(identifier).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    };
    known = columns.length === 0 ? undefined : found;
    return found;
  }

  /**
   * The first document that matches, with its row. Most filters contain the id; then the rest of the filter is checked
   * here, because SQL would compute each column from the document's text.
   */
  function first(filter: Filter<T>): Row<T> | undefined {
    const id: unknown = (filter as { readonly _id?: unknown })._id;
    if (typeof id === 'string') {
      const found = rowOf(prepared(byIdSql).get(id));
      return found !== undefined && matches(found.document, filter) ? found : undefined;
    }
    const { sql, parameters } = translator.where(filter);
    return rowOf(prepared(`SELECT rowid AS "row", doc FROM ${table}${sql} LIMIT 1`).get(...parameters));
  }

  function rowOf(row: Readonly<Record<string, unknown>> | undefined): Row<T> | undefined {
    if (row === undefined) {
      return undefined;
    }
    const text = String(row['doc']);
    return { rowid: Number(row['row']), text, document: decode(text) };
  }

  function insert(document: T): void {
    const { fields, insertSql } = layout();
    const values = fields.map((field) => columnValue(fieldOf(document, field)));
    prepared(insertSql).run(document._id, encodeDocument(document), ...values);
  }

  /** Writes a document back. Returns whether it changed. */
  function write(row: Row<T>, document: T): boolean {
    const text = encodeDocument(document);
    if (text === row.text) {
      return false;
    }
    const changed = layout()
      .fields.map((field) => ({ field, value: columnValue(fieldOf(document, field)) }))
      .filter(({ field, value }) => value !== columnValue(fieldOf(row.document, field)));
    const assignments = ['doc = ?', ...changed.map(({ field }) => `${identifier(field)} = ?`)];
    prepared(`UPDATE ${table} SET ${assignments.join(', ')} WHERE rowid = ?`).run(
      text,
      ...changed.map(({ value }) => value),
      row.rowid,
    );
    return true;
  }

  function change(
    filter: Filter<T>,
    upsert: boolean,
    next: (present: T | null) => T,
  ): UpdateResult & { readonly before: T | null; readonly after: T | null } {
    const row = first(filter);
    if (row !== undefined) {
      const { document: before } = row;
      const after = next(before);
      return { before, after, matchedCount: 1, modifiedCount: write(row, after) ? 1 : 0, upsertedCount: 0 };
    }
    if (!upsert) {
      return { before: null, after: null, matchedCount: 0, modifiedCount: 0, upsertedCount: 0 };
    }
    const after = next(null);
    insert(after);
    return { before: null, after, matchedCount: 0, modifiedCount: 0, upsertedCount: 1 };
  }

  const update = (filter: Filter<T>, changes: Update<T>, upsert = false): ReturnType<typeof change> =>
    change(filter, upsert, (present) => applyUpdate(present ?? documentOfFilter(filter), changes, present === null));

  const replace = (filter: Filter<T>, replacement: Omit<T, '_id'>, upsert = false): ReturnType<typeof change> =>
    change(
      filter,
      upsert,
      (present) => ({ ...(present === null ? idOf(filter) : { _id: present._id }), ...replacement }) as unknown as T,
    );

  function remove(filter: Filter<T>, limit: string): number {
    const { sql, parameters } = translator.where(filter);
    return Number(
      prepared(`DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table}${sql}${limit})`).run(...parameters)
        .changes,
    );
  }

  function perform(operation: WriteOperation<T>, total: { -readonly [K in keyof BulkResult]: BulkResult[K] }): void {
    if ('insertOne' in operation) {
      insert(operation.insertOne.document);
      total.insertedCount += 1;
    } else if ('deleteOne' in operation) {
      total.deletedCount += remove(operation.deleteOne.filter, ' LIMIT 1');
    } else if ('deleteMany' in operation) {
      total.deletedCount += remove(operation.deleteMany.filter, '');
    } else {
      const result =
        'updateOne' in operation
          ? update(operation.updateOne.filter, operation.updateOne.update, operation.updateOne.upsert)
          : replace(operation.replaceOne.filter, operation.replaceOne.replacement, operation.replaceOne.upsert);
      total.matchedCount += result.matchedCount;
      total.modifiedCount += result.modifiedCount;
      total.upsertedCount += result.upsertedCount;
    }
  }

  return {
    insertOne: (document) => submit(() => insert(document)),

    async findOne(filter) {
      return reads.read(() => first(filter))?.document ?? null;
    },

    find: (filter, options: FindOptions<T> = {}) => ({
      async toArray() {
        const { sql, parameters } = translator.where(filter);
        const { skip = 0, limit = 0 } = options;
        const page = skip === 0 && limit === 0 ? '' : ' LIMIT ? OFFSET ?';
        const pageParameters = page === '' ? [] : [limit === 0 ? -1 : limit, skip];
        const statement = `SELECT doc FROM ${table}${sql}${translator.orderBy(options.sort)}${page}`;
        const rows = reads.read(() => prepared(statement).all(...parameters, ...pageParameters));
        return rows.map((row) => decode(String(row['doc'])));
      },
    }),

    async findOneAndUpdate(filter, changes, options) {
      const { before, after } = await submit(() => update(filter, changes, options.upsert));
      return options.returnDocument === 'before' ? before : after;
    },

    updateOne: (filter, changes, options = {}) => submit(() => counts(update(filter, changes, options.upsert))),

    replaceOne: (filter, replacement, options = {}) =>
      submit(() => counts(replace(filter, replacement, options.upsert))),

    deleteOne: (filter) => submit(() => ({ deletedCount: remove(filter, ' LIMIT 1') })),

    async deleteMany(filter) {
      const { sql, parameters } = translator.where(filter);
      return { deletedCount: await deleteInBatches(prepared, commits, definition.name, sql, parameters) };
    },

    bulkWrite: (operations) =>
      submit(() => {
        const total = { insertedCount: 0, matchedCount: 0, modifiedCount: 0, deletedCount: 0, upsertedCount: 0 };
        for (const [at, operation] of operations.entries()) {
          try {
            perform(operation, total);
          } catch (error) {
            throw new BulkFailure(error, at, total);
          }
        }
        return total;
      }),

    async countDocuments(filter) {
      const { sql, parameters } = translator.where(filter);
      const statement = `SELECT COUNT(*) AS "count" FROM ${table}${sql}`;
      return Number(reads.read(() => prepared(statement).get(...parameters))?.['count']);
    },
  };
}

function counts({ matchedCount, modifiedCount, upsertedCount }: UpdateResult): UpdateResult {
  return { matchedCount, modifiedCount, upsertedCount };
}

function fieldOf(document: Document, field: string): unknown {
  return (document as unknown as Readonly<Record<string, unknown>>)[field];
}

function idOf<T>(filter: Filter<T>): { readonly _id: unknown } {
  return { _id: (filter as { readonly _id?: unknown })._id };
}
