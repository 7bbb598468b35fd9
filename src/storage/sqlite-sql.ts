/**
 * Translates the grammar to SQL. Each collection is one table: `doc` contains the document as JSON (json-document.ts),
 * and every field of an index has a column. A field has the same type in all documents of a collection; dates are
 * compared as milliseconds.
 *
 * Writes fill the columns with which the table was created. An update then touches only the indexes of fields that it
 * changes. A column that is added later is computed by SQLite from `doc`: existing documents have its value at once,
 * and instances of the earlier version, which run during an upgrade, do not fill it. SQLite then updates its index
 * whenever `doc` changes.
 */
import type { DeclaredCollection, FindOptions } from './database.ts';

/** The types of parameters that are given to node:sqlite. */
export type Parameter = string | number;

/** The value of a column, null where the document does not have the field. */
export type ColumnValue = Parameter | null;

export interface Where {
  readonly sql: string;
  readonly parameters: Parameter[];
}

/** Doubles the quotes of an identifier. Names come from `collections.ts`, or passed grammar.ts. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The SQL expression of a top-level field's value, for comparisons. */
function extracted(field: string): string {
  return `COALESCE(json_extract(doc, '$."${field}"."$date"'), json_extract(doc, '$."${field}"'))`;
}

/** The fields that have a column: those of the indexes, and `expiresAt`. */
function columnsOf(definition: DeclaredCollection): ReadonlySet<string> {
  const fields = definition.indexes.flatMap((index) => index.fields).filter((field) => field !== '_id');
  return new Set(definition.expires ? [...fields, 'expiresAt'] : fields);
}

/**
 * The statements that create the table and its indexes, and those that add a column to a table without it, by the name
 * of the column.
 */
export function schemaOf(definition: DeclaredCollection): {
  readonly table: string;
  readonly columns: ReadonlyMap<string, string>;
  readonly indexes: readonly string[];
} {
  const table = identifier(definition.name);
  const fields = [...columnsOf(definition)];
  const columns = new Map(
    fields.map((field) => [
      field,
      `ALTER TABLE ${table} ADD COLUMN ${identifier(field)} AS (${extracted(field)}) VIRTUAL`,
    ]),
  );
  const indexes = definition.indexes.map((index) => {
    const name = identifier([definition.name, ...index.fields, ...(index.unique === true ? ['unique'] : [])].join('_'));
    const [first] = index.fields;
    const partial = index.sparse === true && first !== undefined ? ` WHERE ${identifier(first)} IS NOT NULL` : '';
    return `CREATE ${index.unique === true ? 'UNIQUE ' : ''}INDEX IF NOT EXISTS ${name} ON ${table} (${index.fields.map(identifier).join(', ')})${partial}`;
  });
  if (definition.expires) {
    indexes.push(`CREATE INDEX IF NOT EXISTS ${identifier(`${definition.name}_expiresAt`)} ON ${table} ("expiresAt")`);
  }
  return {
    table: `CREATE TABLE IF NOT EXISTS ${table} (${['"_id" TEXT NOT NULL PRIMARY KEY', 'doc TEXT NOT NULL', ...fields.map(identifier)].join(', ')})`,
    columns,
    indexes,
  };
}

function parameter(value: unknown): Parameter {
  if (typeof value === 'string' || typeof value === 'number') {
    return value;
  }
  if (typeof value === 'boolean') {
    return value ? 1 : 0;
  }
  if (value instanceof Date) {
    return value.getTime();
  }
  throw new TypeError('storage: only scalars are compared');
}

/** What the column of a field contains. */
export function columnValue(value: unknown): ColumnValue {
  return value === undefined || value === null ? null : parameter(value);
}

const comparison: Readonly<Record<string, string>> = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' };

/** Creates the translator for the filters of one collection. */
export function createFilterTranslator(definition: DeclaredCollection): {
  where(filter: object): Where;
  orderBy(sort: FindOptions<never>['sort']): string;
} {
  const columns = columnsOf(definition);
  const expression = (field: string): string =>
    field === '_id' || columns.has(field) ? identifier(field) : extracted(field);

  function condition(field: string, operator: string, operand: unknown, parameters: Parameter[]): string {
    const operation = comparison[operator];
    if (operation !== undefined) {
      const value = parameter(operand);
      parameters.push(value);
      // Nearly all documents are unexpired. The plus keeps the planner from using the index on `expiresAt`, after which
      // it would have to sort all of them.
      if (field === 'expiresAt' && operator === '$gt') {
        return `+"expiresAt" > ?`;
      }
      if (operand instanceof Date) {
        return `${expression(field)} ${operation} ?`;
      }
      // SQLite orders every number before every text; MongoDB compares only values of the same type.
      const sameType =
        typeof value === 'string'
          ? operator.startsWith('$l')
            ? ` AND ${expression(field)} >= ''`
            : ''
          : operator.startsWith('$g')
            ? ` AND ${expression(field)} < ''`
            : '';
      return `${expression(field)} ${operation} ?${sameType}`;
    }
    switch (operator) {
      case '$ne':
        parameters.push(parameter(operand));
        return `${expression(field)} IS NOT ?`;
      case '$in':
        // As one JSON parameter, so that the statement does not depend on the number of values.
        parameters.push(JSON.stringify((operand as readonly unknown[]).map(parameter)));
        return `${expression(field)} IN (SELECT value FROM json_each(?))`;
      case '$exists':
        return `json_type(doc, '$."${field}"') IS ${operand === true ? 'NOT ' : ''}NULL`;
      default:
        throw new TypeError(`storage: unknown operator ${operator}`);
    }
  }

  return {
    where(filter) {
      const parameters: Parameter[] = [];
      const conditions: string[] = [];
      for (const [field, expected] of Object.entries(filter) as [string, unknown][]) {
        if (typeof expected === 'object' && expected !== null && !(expected instanceof Date)) {
          for (const [operator, operand] of Object.entries(expected)) {
            conditions.push(condition(field, operator, operand, parameters));
          }
        } else {
          parameters.push(parameter(expected));
          conditions.push(`${expression(field)} = ?`);
        }
      }
      return { sql: conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`, parameters };
    },
    orderBy(sort) {
      const terms = Object.entries(sort ?? {}).map(
        ([field, direction]) => `${expression(field)} ${direction === -1 ? 'DESC' : 'ASC'}`,
      );
      return terms.length === 0 ? '' : ` ORDER BY ${terms.join(', ')}`;
    },
  };
}
