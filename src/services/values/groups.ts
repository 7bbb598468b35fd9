/**
 * The groups of users: names that apps receive in the claim `groups`. They decide which apps a user may sign in to, and
 * which scopes of an API the user can grant. They are compared when something is issued and when it is used, so a user
 * who leaves a group loses what only its members have, without anything being removed. They give no rights on this
 * server.
 */
import { z } from 'zod';
import type { ClientDocument, UserDocument } from '../../storage/collections.ts';
import { displayName, parseInput } from './validation.ts';

/**
 * The limits keep an ID token below the length that a browser can send back as `id_token_hint`
 * (src/oidc/parameter-limits.ts).
 */
export const maxGroups = 50;
/** In characters. */
const maxLength = 64;

const group = displayName
  .refine((name) => Array.from(name).length <= maxLength, `A group must have 1 to ${maxLength} characters.`)
  // Some proxies pass the groups on in one header, separated by commas: one group must not become two.
  .refine((name) => !name.includes(','), 'The name of a group must not contain a comma.');

function groupNames(tooMany: string) {
  return z
    .array(group)
    .max(maxGroups, tooMany)
    .superRefine((names, context) => {
      const duplicate = names.find((name, at) => names.indexOf(name) !== at);
      if (duplicate !== undefined) {
        context.addIssue(`"${duplicate}" is given twice.`);
      }
    })
    .readonly();
}

const schema = z.strictObject({ groups: groupNames(`A user can be in at most ${maxGroups} groups.`) });

/** The groups whose members may use an app, or grant a scope. */
export const allowedGroups = groupNames(`Expected at most ${maxGroups} groups.`);

/**
 * @returns the names, normalised, in the given order
 * @throws InvalidInputError for too many groups, a name given twice, or text that is not a name
 */
export function parseGroups(names: readonly string[]): readonly string[] {
  return parseInput(schema, { groups: [...names] }).groups;
}

/** A user, as far as groups decide. */
export type Member = Pick<UserDocument, 'groups'>;

/** Whether a user is in at least one of these groups. */
export function isMember({ groups = [] }: Member, allowed: readonly string[]): boolean {
  return groups.some((name) => allowed.includes(name));
}

/** Whether a user may sign in to an app, and have tokens of it. */
export function mayUseClient(user: Member, { groups }: Pick<ClientDocument, 'groups'>): boolean {
  return groups === undefined || isMember(user, groups);
}
