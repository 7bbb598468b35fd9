/** The scopes of an API that only members of certain groups can grant: how they are read, and who can grant a scope. */
import { z } from 'zod';
import { InvalidInputError } from '../../errors.ts';
import type { ApiDocument } from '../../storage/collections.ts';
import { allowedGroups, isMember, type Member } from './groups.ts';

type Restricted = Pick<ApiDocument, 'scopeGroups'>;

/** Scopes and the groups whose members can grant them, at most once for each scope. */
export const scopeGroups = z
  .array(
    z.strictObject({
      scope: z.string(),
      groups: allowedGroups.refine((names) => names.length > 0, 'Expected at least one group for each scope.'),
    }),
  )
  .superRefine((rules, context) => {
    const duplicate = rules.find(({ scope }, at) => rules.findIndex((other) => other.scope === scope) !== at);
    if (duplicate !== undefined) {
      context.addIssue(`"${duplicate.scope}" is given twice.`);
    }
  })
  .readonly();

/** The groups whose members can grant a scope. Undefined: every user can. */
export function groupsOfScope({ scopeGroups: rules = [] }: Restricted, scope: string): readonly string[] | undefined {
  return rules.find((rule) => rule.scope === scope)?.groups;
}

/** Whether a user can grant a scope of an API, and have tokens with it. */
export function canGrant(user: Member, api: Restricted, scope: string): boolean {
  const groups = groupsOfScope(api, scope);
  return groups === undefined || isMember(user, groups);
}

/**
 * Returns the API without the groups of scopes that it does not have: a scope that is removed loses its groups.
 * @param given the groups that are being set
 * @throws InvalidInputError for groups of a scope that the API does not have
 */
export function withKnownScopeGroups(api: ApiDocument, given: ApiDocument['scopeGroups'] = []): ApiDocument {
  const has = (scope: string): boolean => api.scopes.some(({ value }) => value === scope);
  const unknown = given.find(({ scope }) => !has(scope));
  if (unknown !== undefined) {
    throw new InvalidInputError(`The API has no scope "${unknown.scope}".`, 'scopeGroups');
  }
  const { scopeGroups: rules = [], ...others } = api;
  const known = rules.filter(({ scope }) => has(scope));
  return known.length === 0 ? others : { ...others, scopeGroups: known };
}

/** For the audit: which groups can grant which scopes. */
export function describeScopeGroups({ scopeGroups: rules = [] }: Restricted): Readonly<Record<string, string>> {
  return rules.length === 0
    ? {}
    : { scopeGroups: rules.map(({ scope, groups }) => `${scope}: ${groups.join(', ')}`).join('; ') };
}
