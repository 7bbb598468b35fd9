/**
 * The claims that the operator adds to access tokens: for an API, claims about the user, under names that it chooses;
 * for a machine client, fixed values. No name can be that of a standard claim or of one of our own: it must have a
 * colon or a slash, which those do not have (RFC 7519 §4.2: collision-resistant names). The exception is `groups`,
 * which has the same meaning in access tokens (RFC 9068 §2.2.3.1).
 */
import { z } from 'zod';
import { claimsAboutUser } from './claims-by-scope.ts';
import { displayName, quoting } from './validation.ts';

/** They travel with each request to the API, in a header. */
const maxClaims = 20;
/** Characters. */
const maxNameLength = 200;

const groups = 'groups';

/** Printable ASCII without space, quote, equals sign and backslash. */
const printable = /^[\x21\x23-\x3c\x3e-\x5b\x5d-\x7e]+$/;

function isNamespaced(name: string): boolean {
  return printable.test(name) && name.length <= maxNameLength && /[:/]/.test(name);
}

const invalidName = quoting(
  '',
  ` is not possible as the name of a claim: expected 1 to ${maxNameLength} printable ASCII characters with a colon or a slash, such as https://photos.example/email, so that it is never the name of a standard claim.`,
);

/** A list without two claims of the same name; an empty list removes the field. */
function listOf<T extends { readonly name: string }>(claim: z.ZodType<T>) {
  return z
    .array(claim)
    .max(maxClaims, `Expected at most ${maxClaims} claims.`)
    .superRefine((list, context) => {
      const repeated = list.find(({ name }, at) => list.findIndex((other) => other.name === name) !== at);
      if (repeated !== undefined) {
        context.addIssue(`The claim "${repeated.name}" is given twice.`);
      }
    })
    .transform((list) => (list.length === 0 ? null : list));
}

/** The claims about the user in the access tokens of an API. */
export const claimsOfApi = listOf(
  z.strictObject({
    name: z.string().refine((name) => name === groups || isNamespaced(name), { error: invalidName }),
    field: z.string().refine((field) => claimsAboutUser.includes(field), {
      error: quoting('', ` is not a claim about the user: expected one of ${claimsAboutUser.join(', ')}.`),
    }),
  }),
).refine((list) => list?.every(({ name, field }) => name !== groups || field === groups) !== false, {
  error:
    'The claim groups contains the groups of the user and nothing else (RFC 9068 §2.2.3.1): expected groups=groups.',
});

/** The fixed claims in the access tokens of a machine client. */
export const claimsOfMachine = listOf(
  z.strictObject({
    name: z.string().refine(isNamespaced, { error: invalidName }),
    value: displayName,
  }),
);
