/** Reads what options say where it is more than text. */
import { InvalidInputError } from '../errors.ts';

/**
 * A span of time as configuration writes it: `24h`, `30m`, or a plain number of seconds.
 * @param option the option's long name, for the message.
 * @returns seconds.
 * @throws InvalidInputError
 */
export async function readDuration(text: string, option: string): Promise<number> {
  const { duration } = await import('../config/value-types.ts');
  const { schema, expected } = duration('0s', '365d');
  const parsed = schema.safeParse(text);
  if (!parsed.success) {
    throw new InvalidInputError(`Expected ${expected}, not "${text}".`, option);
  }
  return parsed.data;
}

/**
 * A whole number from 1.
 * @throws InvalidInputError
 */
export function readCount(text: string, option: string, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) {
    throw new InvalidInputError(`Expected a whole number from 1 to ${most}, not "${text}".`, option);
  }
  return count;
}

/** The values of a repeatable option for a change: nothing when it was not given; an empty list when it was given as `''`. */
export function replacementList(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values.filter((value) => value !== '');
}
