/**
 * The members of what the functions of a test server are given, and of requests to its control interface. Tests in
 * JavaScript and other languages have no types, so that a wrong member is likely; each is named in the error as the
 * caller wrote it. What the values mean is checked by the services.
 */
import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

const text = z.string();
const texts = z.array(text);
const list = z.array(z.unknown());

/** The last parameter of `dropResponse`. */
export const repetitionMembers = z.strictObject({ times: z.number().optional() });

/** The last parameter of `failNext`. */
export const failureMembers = repetitionMembers.extend({
  body: z.unknown().optional(),
  headers: z.record(text, text).optional(),
});

/** The schema of each verb. `client` and `api` are loose, because their services know all members. */
export const membersOf = {
  token: z.strictObject({
    sub: text.optional(),
    scope: text.optional(),
    resource: text.optional(),
    expiresIn: z.number().optional(),
    client: text.optional(),
  }),
  personal_token: z.strictObject({
    sub: text,
    scope: text,
    resource: text,
    expiresIn: z.number().optional(),
    name: text.optional(),
  }),
  user: z.strictObject({
    id: text.optional(),
    email: text.optional(),
    password: text.optional(),
    name: text.optional(),
    profile: z.record(text, z.unknown()).optional(),
    groups: texts.optional(),
    emailVerified: z.boolean().optional(),
    role: z.enum(['user', 'administrator']).optional(),
  }),
  client: z.looseObject({ type: z.enum(['web', 'browser', 'native', 'machine']).optional() }),
  api: z.looseObject({ identifier: text, scopes: texts, tokenAlg: z.enum(['ES256', 'RS256']).optional() }),
  revoke: z.strictObject({ token: text }),
  login: z.strictObject({ url: z.url('Expected the address of an authorization request'), user: text.optional() }),
  advance: z.strictObject({ seconds: z.number() }),
  fail: failureMembers.extend({ endpoint: text, status: z.number().optional() }),
  drop: repetitionMembers.extend({ endpoint: text }),
} as const;

/** The options of `startTestServer`. */
export const optionMembers = z.strictObject({
  port: z.int().min(0).max(65_535).optional(),
  apis: list.optional(),
  clients: list.optional(),
  users: list.optional(),
  settings: z.record(text, text.optional()).optional(),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
});

type Spelling = (name: string) => string;

function asIs(name: string): string {
  return name;
}

function aboutMember(name: string, message: string): string {
  return `The member "${name}": ${message.replace(/\.$/, '')}.`;
}

/** What is wrong, and what is expected. */
function explain({ message, path, ...issue }: z.core.$ZodIssue, schema: z.ZodObject, spell: Spelling): string {
  if (issue.code === 'unrecognized_keys' && path.length === 0) {
    const expected = Object.keys(schema.shape).map(spell).join(', ');
    return `Expected only the members ${expected}, not "${issue.keys.map(spell).join('", "')}".`;
  }
  const [first, ...inside] = path.map(String);
  return first === undefined ? `${message}.` : aboutMember([spell(first), ...inside].join('.'), message);
}

/**
 * @param spell how the caller writes the name of a member
 * @throws InvalidInputError for the first member that is missing, unknown or of another type
 */
export function checkMembers(schema: z.ZodObject, input: unknown, spell: Spelling = asIs): void {
  const [issue] = schema.safeParse(input).error?.issues ?? [];
  if (issue !== undefined) {
    throw new InvalidInputError(explain(issue, schema, spell), issue.path[0]?.toString());
  }
}

/** An error about a member that only a service knows, which leaves its name to the caller. */
function namingMember(error: unknown): unknown {
  return error instanceof InvalidInputError && error.field !== undefined
    ? new InvalidInputError(aboutMember(error.field, error.message), error.field)
    : error;
}

/** The same function, which names the member in every error about its input. */
export function withMembers<Input extends object, Output>(
  schema: z.ZodObject,
  work: (input: Input) => Promise<Output>,
): (input?: Input) => Promise<Output> {
  return async (input = {} as Input) => {
    checkMembers(schema, input);
    try {
      return await work(input);
    } catch (error) {
      throw namingMember(error);
    }
  };
}
