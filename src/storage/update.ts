/** Applies updates and conditions of the grammar in JavaScript, for SQLite and for staged writes. */
import type { Document, Filter, Scalar, Update, Value } from './database.ts';

type Fields = Record<string, Value | undefined>;

/** Dates and booleans are compared as numbers, and strings as UTF-8 bytes, as both backends do. */
function compare(left: Scalar, right: Scalar): number | undefined {
  if (left instanceof Date || right instanceof Date) {
    return left instanceof Date && right instanceof Date ? left.getTime() - right.getTime() : undefined;
  }
  if (typeof left !== typeof right) {
    return undefined;
  }
  if (left === right) {
    return 0;
  }
  if (typeof left === 'string' && typeof right === 'string') {
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  }
  return Number(left) - Number(right);
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date;
}

function satisfies(value: Value | undefined, operator: string, operand: unknown): boolean {
  if (operator === '$exists') {
    return (value !== undefined) === operand;
  }
  if (operator === '$in') {
    return Array.isArray(operand) && operand.some((one) => satisfies(value, '$eq', one));
  }
  const order = isScalar(value) && isScalar(operand) ? compare(value, operand) : undefined;
  if (operator === '$ne') {
    return order !== 0;
  }
  if (order === undefined) {
    return false;
  }
  switch (operator) {
    case '$eq':
      return order === 0;
    case '$gt':
      return order > 0;
    case '$gte':
      return order >= 0;
    case '$lt':
      return order < 0;
    case '$lte':
      return order <= 0;
    default:
      throw new TypeError(`unknown operator ${operator}`);
  }
}

/** Whether a document satisfies every condition of a filter. */
export function matches<T extends Document>(document: T, filter: Filter<T>): boolean {
  const fields = document as unknown as Fields;
  return Object.entries(filter).every(([name, condition]) =>
    isScalar(condition)
      ? satisfies(fields[name], '$eq', condition)
      : Object.entries(condition as object).every(([operator, operand]) => satisfies(fields[name], operator, operand)),
  );
}

/**
 * Returns a new document with the update applied; the given one is not changed.
 * @param inserting whether `$setOnInsert` applies
 */
export function applyUpdate<T extends Document>(document: T, update: Update<T>, inserting: boolean): T {
  const result: Fields = { ...(document as unknown as Fields) };
  if (inserting) {
    assignDefined(result, update.$setOnInsert);
  }
  assignDefined(result, update.$set);
  for (const name of Object.keys(update.$unset ?? {})) {
    delete result[name];
  }
  for (const [name, amount] of Object.entries(update.$inc ?? {})) {
    if (amount === undefined) {
      continue;
    }
    const present = result[name];
    result[name] = (typeof present === 'number' ? present : 0) + Number(amount);
  }
  return result as unknown as T;
}

/** The initial document of an upsert: the fields whose value its filter gives by equality. */
export function documentOfFilter<T extends Document>(filter: Filter<T>): T {
  return Object.fromEntries(Object.entries(filter).filter(([, condition]) => isScalar(condition))) as unknown as T;
}

function assignDefined(target: Fields, source: object | undefined): void {
  for (const [name, value] of Object.entries(source ?? {})) {
    if (value !== undefined) {
      target[name] = value as Value;
    }
  }
}
