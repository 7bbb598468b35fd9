/**
 * The members of requests to the control interface. Tests in other languages have no types, so that a wrong member is
 * likely; each is named in the error as the caller wrote it. What the values mean is checked by the services.
 */
import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

const text = z.string();
const texts = z.array(text);

/** The schema of each verb. `client` and `api` are loose, because their services know all members. */
export const membersOf = {
  token: z.strictObject({
    sub: text.optional(),
    scope: text.optional(),
    resource: text.optional(),
    expires_in: z.number().optional(),
    client: text.optional(),
  }),
  personal_token: z.strictObject({
    sub: text,
    scope: text,
    resource: text,
    expires_in: z.number().optional(),
    name: text.optional(),
  }),
  user: z.strictObject({
    id: text.optional(),
    email: text.optional(),
    password: text.optional(),
    name: text.optional(),
    profile: z.record(text, z.unknown()).optional(),
    groups: texts.optional(),
    email_verified: z.boolean().optional(),
    role: z.enum(['user', 'administrator']).optional(),
  }),
  client: z.looseObject({ type: z.enum(['web', 'browser', 'native', 'machine']).optional() }),
  api: z.looseObject({ identifier: text, scopes: texts, token_alg: z.enum(['ES256', 'RS256']).optional() }),
  revoke: z.strictObject({ token: text }),
  login: z.strictObject({ url: z.url(), user: text.optional() }),
  advance: z.strictObject({ seconds: z.number() }),
  fail: z.strictObject({
    endpoint: text,
    status: z.number().optional(),
    times: z.number().optional(),
    body: z.unknown().optional(),
    headers: z.record(text, text).optional(),
  }),
  drop: z.strictObject({ endpoint: text, times: z.number().optional() }),
} as const;

/** What is wrong, and what is expected. */
function explain({ message, path, ...issue }: z.core.$ZodIssue, schema: z.ZodObject): string {
  return issue.code === 'unrecognized_keys'
    ? `Expected only the members ${Object.keys(schema.shape).join(', ')}, not "${issue.keys.join('", "')}".`
    : `The member "${path.join('.')}": ${message}.`;
}

/** @throws InvalidInputError for the first member that is missing, unknown or of another type */
export function checkMembers(verb: keyof typeof membersOf, input: unknown): void {
  const schema = membersOf[verb];
  const [issue] = schema.safeParse(input).error?.issues ?? [];
  if (issue !== undefined) {
    throw new InvalidInputError(explain(issue, schema), issue.path[0]?.toString());
  }
}
