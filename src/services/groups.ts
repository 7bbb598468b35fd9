/** The groups of a user: names that apps receive in the claim `groups`. They give no rights on this server. */
import { z } from 'zod';
import { displayName, parseInput } from './validation.ts';

/**
 * The limits keep an ID token below the length that a browser can send back as `id_token_hint`
 * (src/oidc/parameter-limits.ts).
 */
const maxGroups = 50;
/** In characters. */
const maxLength = 64;

const group = displayName
  .refine((name) => Array.from(name).length <= maxLength, `A group must have 1 to ${maxLength} characters.`)
  // Some proxies pass the groups on in one header, separated by commas: one group must not become two.
  .refine((name) => !name.includes(','), 'The name of a group must not contain a comma.');

const schema = z.strictObject({
  groups: z
    .array(group)
    .max(maxGroups, `A user can be in at most ${maxGroups} groups.`)
    .superRefine((names, context) => {
      const duplicate = names.find((name, at) => names.indexOf(name) !== at);
      if (duplicate !== undefined) {
        context.addIssue(`"${duplicate}" is given twice.`);
      }
    }),
});

/**
 * @returns the names, normalised, in the given order
 * @throws InvalidInputError for too many groups, a name given twice, or text that is not a name
 */
export function parseGroups(names: readonly string[]): readonly string[] {
  return parseInput(schema, { groups: [...names] }).groups;
}
