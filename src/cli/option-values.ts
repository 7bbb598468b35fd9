/** Parses the values of options. */
import { InvalidInputError } from '../errors.ts';

/**
 * Parses a duration as in the configuration: `24h`, `30m`, or a number of seconds.
 * @param option the option's long name, for the message.
 * @param max the maximum, as in the configuration
 * @returns seconds.
 * @throws InvalidInputError
 */
export async function readDuration(text: string, option: string, max = '365d'): Promise<number> {
  const { duration } = await import('../config/value-types.ts');
  const { schema, expected } = duration('0s', max);
  const parsed = schema.safeParse(text);
  if (!parsed.success) {
    throw new InvalidInputError(`Expected ${expected}, not "${text}".`, option);
  }
  return parsed.data;
}

/**
 * Parses a whole number from 1 to `max`.
 * @throws InvalidInputError
 */
export function readCount(text: string, option: string, max: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > max) {
    throw new InvalidInputError(`Expected a whole number from 1 to ${max}, not "${text}".`, option);
  }
  return count;
}

/**
 * Parses `name=value`. The first `=` is the separator, so a value may contain more of them.
 * @param expected the form with an example, for the message
 * @throws InvalidInputError
 */
export function readPair(text: string, option: string, expected: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new InvalidInputError(`Expected ${expected}, not "${text}".`, option);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The names in a comma-separated list, without the spaces around each. */
export function readNames(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The new list for a repeatable option: undefined if the option was not given, empty if it was given as `''`. */
export function replacementList(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values.filter((value) => value !== '');
}
