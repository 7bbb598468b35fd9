/** Validates what an operator registers about another identity provider. */
import { createPrivateKey } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { InvalidInputError } from '../../errors.ts';
import type { UpstreamDocument } from '../../storage/collections.ts';
import { profileClaims } from '../values/profile.ts';
import { pageUri, webUri, type UriRules } from '../values/uri-schemas.ts';
import { displayName } from '../values/validation.ts';

const maxEntries = 50;
const few = <T>(item: z.ZodType<T>) => z.array(item).max(maxEntries, `At most ${maxEntries} are allowed.`);

/** It is a part of paths, and is followed by a space in digests. */
const id = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'Expected 1 to 40 lower-case letters, digits and hyphens.');

const word = (what: string) => z.string().regex(/^[\x21-\x7e]{1,512}$/, `Expected ${what} without spaces.`);

/** A domain in its ASCII form and lower case, or `*`. */
const domain = z
  .string()
  .transform((text) => (text === '*' ? text : domainToASCII(text.trim()).toLowerCase()))
  .refine((text) => text === '*' || /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(text), {
    error: 'Expected a domain such as example.com, or *.',
  });

/** Our claims that can be read from another claim of the provider. */
export const mappedClaims: readonly string[] = ['sub', 'email', 'email_verified', 'groups', ...profileClaims];

const claim = z.strictObject({
  name: z.enum(mappedClaims, `Expected one of ${mappedClaims.join(', ')}.`),
  from: word("a claim's name"),
});

const mapping = z.strictObject({
  from: z.string().min(1, 'Expected a name.').max(512, 'At most 512 characters.'),
  to: z.string().min(1, 'Expected a name.').max(512, 'At most 512 characters.'),
});

/** The library and this server set these themselves. */
const reserved =
  'client_id client_secret code_challenge code_challenge_method login_hint max_age nonce prompt redirect_uri request request_uri response_mode response_type scope state'.split(
    ' ',
  );

const parameter = z.strictObject({
  name: z
    .string()
    .regex(/^\w{1,64}$/, 'Expected the name of a parameter.')
    .refine((name) => !reserved.includes(name), 'This parameter is set by the server.'),
  value: z.string().max(512, 'At most 512 characters.'),
});

/** Everything that can be changed later. */
function changeable(rules: UriRules) {
  const address = webUri(rules);
  return z
    .strictObject({
      name: displayName,
      authorizationEndpoint: pageUri(rules),
      tokenEndpoint: address,
      userinfoEndpoint: address,
      emailsEndpoint: address.nullable(),
      clientId: word('a client id'),
      authMethod: z.enum(['client_secret_basic', 'client_secret_post', 'apple', 'none']),
      secret: z.string().min(1, 'Expected a secret.').max(8192, 'At most 8192 characters.'),
      appleTeamId: word('a team id'),
      appleKeyId: word('a key id'),
      scopes: few(word('a scope')),
      parameters: few(parameter),
      icon: z.enum(['apple', 'github', 'gitlab', 'google', 'microsoft']).nullable(),
      createUsers: z.boolean(),
      confirmAddresses: z.boolean(),
      authoritativeFor: few(domain),
      claims: few(claim),
      groups: few(mapping),
      trustAmr: z.boolean(),
      acrs: few(mapping),
      trustReauthentication: z.boolean(),
      signOut: z.boolean(),
    })
    .partial();
}

export function upstreamSchemas(rules: UriRules) {
  const fields = changeable(rules);
  return {
    change: fields,
    create: fields
      .extend({ id, protocol: z.enum(['oidc', 'oauth2']), issuer: webUri(rules).optional() })
      .required({ name: true, clientId: true }),
  };
}

export type UpstreamFields = z.output<ReturnType<typeof changeable>>;

/** The fields that can be changed. Null removes an optional one. */
export type UpstreamChange = Partial<
  Omit<
    UpstreamDocument,
    '_id' | 'protocol' | 'issuer' | 'sealedSecret' | 'emailsEndpoint' | 'icon' | 'revision' | 'createdAt' | 'updatedAt'
  >
> & {
  /** The client secret, or Apple's private key. */
  readonly secret?: string;
  readonly emailsEndpoint?: UpstreamDocument['emailsEndpoint'] | null;
  readonly icon?: UpstreamDocument['icon'] | null;
};

export type NewUpstream = UpstreamChange &
  Pick<UpstreamDocument, 'name' | 'clientId' | 'protocol'> & {
    readonly id: string;
    /** OpenID Connect. */
    readonly issuer?: string;
  };

function requireField(value: unknown, field: string, message: string): void {
  if (value === undefined) {
    throw new InvalidInputError(message, field);
  }
}

/** @throws InvalidInputError for a key that cannot sign Apple's client secret: EC P-256, PKCS #8 in PEM */
export function checkApplePrivateKey(secret: string): void {
  try {
    const key = createPrivateKey(secret);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
      return;
    }
  } catch {
    // It is no key at all.
  }
  throw new InvalidInputError(
    "Expected Apple's private key: the content of the .p8 file, beginning with -----BEGIN PRIVATE KEY-----.",
    'secret',
  );
}

/** @throws InvalidInputError when fields, each valid by itself, do not make a provider together */
export function checkUpstream(upstream: UpstreamDocument, knownAcrs: readonly string[]): void {
  if (upstream.protocol === 'oidc') {
    requireField(upstream.issuer, 'issuer', 'An OpenID Connect provider needs its issuer.');
    if (!upstream.scopes.includes('openid')) {
      throw new InvalidInputError('OpenID Connect needs the scope openid.', 'scopes');
    }
  } else {
    const needed = ['authorizationEndpoint', 'tokenEndpoint', 'userinfoEndpoint'] as const;
    for (const field of needed) {
      requireField(upstream[field], field, 'An OAuth 2 provider needs all of its endpoints.');
    }
    if (!upstream.claims.some(({ name }) => name === 'sub')) {
      throw new InvalidInputError('OAuth 2 needs the claim that identifies a user, such as sub=id.', 'claims');
    }
  }
  if (upstream.authMethod !== 'none') {
    requireField(upstream.sealedSecret, 'secret', 'This provider needs a client secret.');
  }
  if (upstream.authMethod === 'apple') {
    requireField(upstream.appleTeamId, 'appleTeamId', 'Apple needs the team id.');
    requireField(upstream.appleKeyId, 'appleKeyId', 'Apple needs the id of the private key.');
  }
  const unknown = upstream.acrs.find(({ to }) => !knownAcrs.includes(to));
  if (unknown !== undefined) {
    throw new InvalidInputError(`This server has no acr "${unknown.to}". It has ${knownAcrs.join(', ')}.`, 'acrs');
  }
}
