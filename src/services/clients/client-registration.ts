/**
 * The rules for the fields of a client, the same for every way to register one. The engine's own validation accepts
 * more than is safe: plain http for web apps, credentials in URIs, scheme names without a dot, and text with characters
 * that change its direction on the consent page (docs/decisions.md, decision 14).
 */
import { z } from 'zod';
import type { ClientDocument, ClientType, PkcePolicy } from '../../storage/collections.ts';
import { allowedGroups } from '../values/groups.ts';
import { jwkSet } from '../values/jwk-set.ts';
import {
  confidentialUri,
  nativeUri,
  pageUri,
  uriList,
  webOrigin,
  webUri,
  type UriRules,
} from '../values/uri-schemas.ts';
import { claimsOfMachine } from '../values/token-claims.ts';
import { accessTokenLifetime, refreshLifetime } from '../values/token-lifetimes.ts';
import { displayName, quoting } from '../values/validation.ts';

type AuthMethod = ClientDocument['authMethod'];

const confidential = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

const methodsOf: Record<ClientType, readonly [AuthMethod, ...AuthMethod[]]> = {
  web: confidential,
  // `none`: it presents assertions of an issuer that the operator trusts (workload-issuers.ts).
  machine: [...confidential, 'none'],
  // A secret that is shipped in an app is not secret (RFC 8252 §8.5).
  browser: ['none'],
  native: ['none'],
};

/** How a client of this type authenticates by default. */
export function defaultAuthMethod(type: ClientType): AuthMethod {
  return methodsOf[type][0];
}

/** Where a client of this type may return users. */
function returnUri(type: ClientType, rules: UriRules): z.ZodType<string> {
  return type === 'native' ? nativeUri(rules) : type === 'web' ? confidentialUri(rules) : webUri(rules);
}

function redirectUris(type: ClientType, rules: UriRules): z.ZodType<readonly string[]> {
  if (type === 'machine') {
    return z.array(z.string()).max(0, 'A machine client has no redirect URIs.');
  }
  return uriList(returnUri(type, rules)).refine(
    (uris) => uris.length > 0,
    `A ${type} client needs at least one redirect URI.`,
  );
}

const maxLogoBytes = 64 * 1024;
const pictures: readonly (readonly [string, Buffer])[] = [
  ['image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['image/webp', Buffer.from('RIFF')],
];

function contentTypeOf(bytes: Buffer): string | undefined {
  return pictures.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic))?.[0];
}

/**
 * A logo becomes a data URI: nothing is fetched from another host. SVG is not allowed, since it can contain scripts.
 */
const logo = z
  .instanceof(Buffer)
  .refine(
    (bytes) => contentTypeOf(bytes) !== undefined && bytes.length <= maxLogoBytes,
    'Expected a PNG, JPEG or WebP picture of at most 64 KiB.',
  )
  .transform((bytes) => `data:${contentTypeOf(bytes) ?? ''};base64,${bytes.toString('base64')}`);

/** Not the name of a property of every object: the engine keeps the apps of a session in an object, by their ids. */
function isInheritedProperty(id: string): boolean {
  return id in {};
}

/** A `client_id`. It cannot look like a user's `sub` (RFC 9700 §4.15). */
export const clientIdField = z
  .string()
  .refine((id) => /^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/.test(id) && !/^(?:usr_|gatehouse)/i.test(id), {
    error:
      'A client id has 3 to 64 of A-Z, a-z, 0-9, ".", "_" and "-", starts with a letter or digit, and does not start with "usr_" or "gatehouse".',
  })
  .refine((id) => !isInheritedProperty(id), { error: quoting('', ' has a meaning in JavaScript: choose another id.') });

/**
 * Only a confidential client that signs users in may do without PKCE: its code is of no use to anybody who lacks its
 * secret, and the nonce protects it from a code that was injected (OAuth 2.1 §7.5.1).
 */
function pkcePolicy(type: ClientType): z.ZodType<PkcePolicy> {
  return z
    .enum(['required', 'or-nonce', 'optional'], 'Expected required, or-nonce or optional.')
    .refine(
      (policy) => type === 'web' || (type !== 'machine' && policy === 'required'),
      type === 'machine'
        ? 'A machine client signs nobody in, so it has no PKCE.'
        : `A ${type} client is public and always uses PKCE (OAuth 2.1 §7.5.1): expected required.`,
    );
}

const withoutRefreshTokens = 'A machine client signs nobody in, so it has no refresh tokens.';

/** Seconds. Only a client that signs users in has refresh tokens. */
function refreshRetryWindow(type: ClientType) {
  const expected = 'Expected a whole number of seconds from 0 to 60.';
  return z
    .number(expected)
    .int(expected)
    .min(0, expected)
    .max(60, expected)
    .refine(() => type !== 'machine', withoutRefreshTokens);
}

function refreshLimit(type: ClientType) {
  return refreshLifetime.refine(() => type !== 'machine', withoutRefreshTokens);
}

/** The fields of a client that can be set and changed, all optional in the input. Null removes an optional field. */
export function clientFields(type: ClientType, rules: UriRules) {
  const methods = methodsOf[type];
  return z
    .strictObject({
      name: displayName,
      redirectUris: redirectUris(type, rules),
      postLogoutRedirectUris: uriList(returnUri(type, rules)),
      allowedOrigins: uriList(webOrigin(rules)),
      // Whether the address may be in a private network is checked when a request is sent to it.
      backchannelLogoutUri: webUri(rules).nullable(),
      // Whether these exist is checked in client-apis.ts.
      apis: z.array(z.string()).transform((identifiers) => [...new Set(identifiers)]),
      authMethod: z.enum(methods, {
        error: ({ input }) => `A ${type} client authenticates by ${methods.join(', ')}, not "${String(input)}".`,
      }),
      // What each authentication method needs is checked in client-fields.ts. Any client may sign its requests
      // (RFC 9101).
      jwks: jwkSet.nullable(),
      idTokenAlg: z.enum(['ES256', 'RS256'], 'Expected ES256 or RS256.'),
      pkce: pkcePolicy(type),
      refreshRetryWindow: refreshRetryWindow(type).nullable(),
      accessTokenLifetime: accessTokenLifetime.nullable(),
      refreshIdle: refreshLimit(type).nullable(),
      refreshAbsolute: refreshLimit(type).nullable(),
      // Whether it is one of the client's APIs is checked in client-fields.ts.
      defaultApi: z.string().nullable(),
      development: z.boolean(),
      allowPrivateScheme: z.boolean(),
      assertionAudience: z.enum(['issuer', 'token-endpoint'], 'Expected issuer or token-endpoint.'),
      // Whether it is a first-party app is checked in client-fields.ts.
      challengeEndpoint: z
        .boolean()
        .refine(
          (allowed) => !allowed || type === 'native' || type === 'web',
          'Only a native or web client may ask for passwords itself: a page in a browser signs users in here.',
        ),
      jwtBearer: z
        .boolean()
        .refine((allowed) => !allowed || type === 'machine', 'Only a machine client presents assertions for itself.'),
      // Whether these APIs and scopes exist is checked in client-exchanges.ts.
      mayExchange: z
        .array(
          z.strictObject({
            from: z.string(),
            to: z.string(),
            scopes: z.array(z.string()).min(1, 'Expected at least one scope of the second API.').readonly(),
          }),
        )
        .readonly(),
      claims: claimsOfMachine.refine(
        (claims) => claims === null || type === 'machine',
        'Only a machine client has claims of its own. Claims about users are configured for an API.',
      ),
      // Whether these exist is checked in client-apis.ts.
      requiredScopes: z
        .array(z.string())
        .transform((scopes) => [...new Set(scopes)])
        .refine(
          (scopes) => scopes.length === 0 || type !== 'machine',
          'A machine client signs nobody in, so no user can refuse it a scope.',
        ),
      groups: allowedGroups.refine(
        (groups) => groups.length === 0 || type !== 'machine',
        'A machine client signs nobody in, so it has no groups.',
      ),
      firstParty: z.boolean(),
      logo: logo.nullable(),
      color: z
        .string()
        .regex(/^#[0-9a-f]{6}$/i, 'Expected six hexadecimal digits, such as #2f6f4f.')
        .toLowerCase()
        .nullable(),
      clientUri: pageUri(rules).nullable(),
      policyUri: pageUri(rules).nullable(),
      tosUri: pageUri(rules).nullable(),
      initiateLoginUri: webUri(rules).nullable(),
    })
    .partial();
}

export type ClientFields = z.output<ReturnType<typeof clientFields>>;
