/**
 * Checks filters and updates at run time, because values that were parsed from JSON escape the compiler. Unexpected
 * JSON from the network must cause a `TypeError`. It must not become an operator that the sender chose (NoSQL
 * injection), nor a condition that is ignored (`undefined`) or matches more than intended (`null`).
 */
const comparisons = new Set(['$ne', '$gt', '$gte', '$lt', '$lte']);
const updateOperators = new Set(['$set', '$setOnInsert', '$unset', '$inc']);
const fieldName = /^[A-Za-z_][A-Za-z0-9_]*$/;

type PlainObject = Readonly<Record<string, unknown>>;

function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isScalar(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    default:
      return value instanceof Date && !Number.isNaN(value.getTime());
  }
}

function checkName(name: string): void {
  if (!fieldName.test(name) || name === '__proto__') {
    throw new TypeError(`storage: not the name of a top-level field: ${JSON.stringify(name)}`);
  }
}

function checkOperator(name: string, operator: string, operand: unknown): void {
  const fits = comparisons.has(operator)
    ? isScalar(operand)
    : operator === '$in'
      ? Array.isArray(operand) && operand.every(isScalar)
      : operator === '$exists' && typeof operand === 'boolean';
  if (!fits) {
    throw new TypeError(`storage: not a condition of the grammar: ${operator} on ${name}`);
  }
}

/** @throws TypeError when the grammar does not allow the filter, for example an `undefined` or `null` condition. */
export function checkFilter(filter: unknown): void {
  if (!isPlainObject(filter)) {
    throw new TypeError('storage: a filter must be a plain object');
  }
  for (const name of Object.keys(filter)) {
    checkName(name);
    const condition = filter[name];
    if (isScalar(condition)) {
      continue;
    }
    const operators = isPlainObject(condition) ? Object.keys(condition) : [];
    if (!isPlainObject(condition) || operators.length === 0) {
      throw new TypeError(`storage: not a condition of the grammar: ${name}`);
    }
    for (const operator of operators) {
      checkOperator(name, operator, condition[operator]);
    }
  }
}

/** @throws TypeError when the filter of an upsert does not contain the `_id` itself. */
export function checkUpsert(filter: { readonly _id?: unknown }): void {
  if (typeof filter._id !== 'string') {
    throw new TypeError('storage: the filter of an upsert must contain a string _id');
  }
}

/** @throws TypeError when a new document has no string id or an unsearchable top-level name. */
export function checkDocument(document: unknown, options: { readonly withId: boolean }): void {
  if (!isPlainObject(document)) {
    throw new TypeError('storage: a document must be a plain object');
  }
  if (options.withId !== (typeof document['_id'] === 'string')) {
    throw new TypeError('storage: a document has a string _id, a replacement has none');
  }
  for (const name of Object.keys(document)) {
    checkName(name);
  }
}

/**
 * Checks an update and drops its `undefined` values and empty operators.
 * @throws TypeError when the update is not allowed by the grammar, names a field twice, or changes nothing
 */
export function normalizeUpdate<U extends object>(update: U): U {
  if (!isPlainObject(update)) {
    throw new TypeError('storage: an update must be a plain object');
  }
  const result: Record<string, Record<string, unknown>> = {};
  const seen = new Set<string>();
  for (const operator of Object.keys(update)) {
    const fields = update[operator];
    if (!updateOperators.has(operator) || !isPlainObject(fields)) {
      throw new TypeError(`storage: not an update operator: ${operator}`);
    }
    for (const name of Object.keys(fields)) {
      const value = fields[name];
      if (value === undefined) {
        continue;
      }
      checkName(name);
      if (name === '_id' || seen.has(name)) {
        throw new TypeError(`storage: an update cannot set ${name}${name === '_id' ? '' : ' twice'}`);
      }
      if (operator === '$inc' && !(typeof value === 'number' && Number.isFinite(value))) {
        throw new TypeError(`storage: $inc of ${name} is not a number`);
      }
      if (operator === '$unset' && value !== true) {
        throw new TypeError(`storage: $unset of ${name} is not true`);
      }
      seen.add(name);
      (result[operator] ??= {})[name] = value;
    }
  }
  if (seen.size === 0) {
    throw new TypeError('storage: an update that changes nothing');
  }
  return result as U;
}

/** @throws TypeError for a sort, skip or limit that the grammar does not allow. */
export function checkFindOptions(options: {
  readonly sort?: object;
  readonly skip?: number;
  readonly limit?: number;
}): void {
  for (const [name, direction] of Object.entries(options.sort ?? {})) {
    checkName(name);
    if (direction !== 1 && direction !== -1) {
      throw new TypeError(`storage: sort by ${name} is neither 1 nor -1`);
    }
  }
  for (const count of [options.skip ?? 0, options.limit ?? 0]) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new TypeError('storage: skip and limit are whole numbers');
    }
  }
}
