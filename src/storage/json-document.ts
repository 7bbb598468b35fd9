/**
 * Documents as JSON text, without loss: a date is `{"$date": milliseconds}`, and a key of the document that begins with
 * `$` gets a second `$`. Keys such as `__proto__` are ordinary data.
 */
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Sets an own property. An assignment to `__proto__` would change the prototype instead. */
function put<V>(target: Record<string, V>, key: string, value: V): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

function tagged(value: unknown): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'undefined':
      return undefined;
    case 'number':
      if (!Number.isFinite(value)) {
        throw new TypeError('storage: a number must be finite');
      }
      return value;
    case 'object':
      break;
    default:
      throw new TypeError(`storage: a ${typeof value} cannot be stored`);
  }
  if (value === null) {
    return null;
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) {
      throw new TypeError('storage: an invalid date cannot be stored');
    }
    return { $date: value.getTime() };
  }
  if (Array.isArray(value)) {
    return value.map((one) => tagged(one) ?? null);
  }
  const source = value as Readonly<Record<string, unknown>>;
  const result: Record<string, Json> = {};
  for (const key of Object.keys(source)) {
    const inner = tagged(source[key]);
    if (inner !== undefined) {
      put(result, key.startsWith('$') ? `$${key}` : key, inner);
    }
  }
  return result;
}

/** @throws TypeError for what cannot be stored: a function, a number that is not finite, an invalid date. */
export function encodeDocument(document: object): string {
  return JSON.stringify(tagged(document));
}

function untagged(value: Json): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      (value as unknown[])[at] = untagged(value[at] ?? null);
    }
    return value;
  }
  const keys = Object.keys(value);
  if (keys.some((key) => key.startsWith('$'))) {
    if (keys.length === 1 && keys[0] === '$date') {
      return new Date(Number(value['$date']));
    }
    const renamed: Record<string, unknown> = {};
    for (const key of keys) {
      put(renamed, key.startsWith('$$') ? key.slice(1) : key, untagged(value[key] ?? null));
    }
    return renamed;
  }
  for (const key of keys) {
    const inner = value[key] ?? null;
    const decoded = untagged(inner);
    // Other objects and arrays are decoded in their place.
    if (decoded !== inner) {
      put(value as Record<string, unknown>, key, decoded);
    }
  }
  return value;
}

/** Decodes what {@link encodeDocument} returned. */
export function decodeDocument(text: string): unknown {
  return untagged(JSON.parse(text) as Json);
}
