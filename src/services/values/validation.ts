/**
 * Input from outside is validated by zod schemas, and every problem becomes an InvalidInputError. A message says what
 * is wrong and what is expected, without the name of the field: each caller has its own name for the field (an option,
 * a JSON member) and puts it before the message.
 */
import { z } from 'zod';
import { InvalidInputError } from '../../errors.ts';

/**
 * @returns the output of the schema
 * @throws InvalidInputError for the first problem; its `field` is the name of the property of the input
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  const [field] = issue?.path ?? [];
  throw new InvalidInputError(
    issue?.message ?? 'The input is not valid.',
    field === undefined ? undefined : String(field),
  );
}

/** Makes a message that quotes the input. */
export function quoting(before: string, after: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => `${before}"${String(input).trim()}"${after}`;
}

const maxNameLength = 100;

/** Control characters, and characters that hide or reorder text (bidi controls, zero-width, byte order mark, tags). */
const deceptive =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** A name or description that people read on pages, such as the consent page. */
export const displayName = z
  .string()
  .transform((name) => name.normalize('NFC').trim())
  .refine((name) => name.length > 0 && Array.from(name).length <= maxNameLength, {
    error: `Must have 1 to ${maxNameLength} characters.`,
    abort: true,
  })
  .refine((name) => !deceptive.test(name), {
    error: 'Must not contain control, invisible or direction-changing characters.',
  });
