/** The options for a client's fields, and how they are read. */
import { InvalidInputError } from '../errors.ts';
import type { ClientChange, NewClient } from '../services/clients/clients.ts';
import type { CommandOption, Invocation } from './command.ts';
import { readDuration, readNames, readPair, replacementList } from './option-values.ts';

type TokenExchange = NonNullable<NewClient['mayExchange']>[number];

/** The options for creating and changing a client. */
export const clientOptions: readonly CommandOption[] = [
  {
    flags: '--redirect-uri <uri>',
    description: 'Where users return after signing in; compared exactly',
    repeatable: true,
  },
  {
    flags: '--post-logout-redirect-uri <uri>',
    description: 'Where users may return after signing out',
    repeatable: true,
  },
  { flags: '--backchannel-logout-uri <uri>', description: 'Where logout tokens are sent' },
  { flags: '--api <identifier>', description: 'An API: the client may request every scope of it', repeatable: true },
  {
    flags: '--auth-method <method>',
    description:
      'client_secret_basic (the default of web and machine), client_secret_post, private_key_jwt; none for a machine that only presents assertions',
  },
  {
    flags: '--jwks <file>',
    description: "The client's public keys, a JWK Set (RFC 7517 §5), for private_key_jwt and signed requests",
  },
  {
    flags: '--allowed-origin <origin>',
    description: 'An origin of a browser app, in addition to those of the redirect URIs',
    repeatable: true,
  },
  {
    flags: '--jwt-bearer',
    description: 'A machine may present an assertion instead of its secret (RFC 7523 §2.1): see gatehouse issuer',
  },
  {
    flags: '--may-exchange <rule>',
    description:
      "'FROM TO SCOPE…': it may exchange tokens for the API FROM for ones for the API TO with these scopes (RFC 8693)",
    repeatable: true,
  },
  {
    flags: '--claim <name=value>',
    description: "A machine: a claim of its own access tokens, such as 'https://photos.example/tenant=acme'",
    repeatable: true,
  },
  {
    flags: '--groups <names>',
    description: "Only members of these groups may sign in to it, such as 'staff,editors'; every user otherwise",
  },
  {
    flags: '--required-scope <scope>',
    description: 'A scope without which the app does not work: users cannot refuse only this one',
    repeatable: true,
  },
  { flags: '--first-party', description: 'The app is your own: users are not asked for consent' },
  {
    flags: '--challenge-endpoint',
    description: 'A first-party app may ask for the password itself, without a browser; never for apps of others',
  },
  { flags: '--logo <file>', description: 'A PNG, JPEG or WebP picture of at most 64 KiB' },
  { flags: '--color <color>', description: 'Its colour, such as #2f6f4f' },
  { flags: '--client-uri <uri>', description: 'Its web site; the consent page links to it and to the next two' },
  { flags: '--policy-uri <uri>', description: 'Its privacy policy' },
  { flags: '--tos-uri <uri>', description: 'Its terms of service' },
  {
    flags: '--initiate-login-uri <uri>',
    description: 'Where it begins a sign-in; pages that cannot go on lead there (OpenID Connect Core §4)',
  },
  {
    flags: '--id-token-alg <alg>',
    description: 'The algorithm of its ID tokens: ES256 by default',
    choices: ['ES256', 'RS256'],
  },
  {
    flags: '--pkce <policy>',
    description:
      'Whether a web client must send a PKCE challenge: required; or-nonce (the default: a nonce will do); optional',
    choices: ['required', 'or-nonce', 'optional'],
  },
  {
    flags: '--refresh-retry-window <seconds>',
    description:
      'How long it may repeat a refresh and gets the same response: 0 to 60 (default: LIFETIME_REFRESH_RETRY)',
  },
  {
    flags: '--access-token-lifetime <seconds>',
    description: 'How long its access tokens live at most, such as 120 or 2m, if their API allows longer',
  },
  {
    flags: '--refresh-idle <seconds>',
    description: 'How long its refresh tokens live at most without use, such as 12h',
  },
  { flags: '--refresh-absolute <seconds>', description: 'How long its users stay signed in at most, such as 30d' },
  {
    flags: '--default-api <identifier>',
    description: 'The API that is meant where several have a scope and the request names none',
  },
  { flags: '--development', description: "A developer's app: plain http on a loopback address is allowed" },
  { flags: '--allow-private-scheme', description: 'Allow redirect URIs with a scheme without a dot, such as app://' },
  {
    flags: '--assertion-audience <audience>',
    description: 'What private_key_jwt may name as audience: issuer, or token-endpoint as well (Spring Security)',
    choices: ['issuer', 'token-endpoint'],
  },
];

/** Options with one value, and the fields that they set. */
const textFields = {
  name: 'name',
  'backchannel-logout-uri': 'backchannelLogoutUri',
  'auth-method': 'authMethod',
  color: 'color',
  'client-uri': 'clientUri',
  'policy-uri': 'policyUri',
  'tos-uri': 'tosUri',
  'initiate-login-uri': 'initiateLoginUri',
  'id-token-alg': 'idTokenAlg',
  pkce: 'pkce',
  'default-api': 'defaultApi',
  'assertion-audience': 'assertionAudience',
} as const satisfies Readonly<Record<string, keyof NewClient>>;

const listFields = {
  'redirect-uri': 'redirectUris',
  'post-logout-redirect-uri': 'postLogoutRedirectUris',
  api: 'apis',
  'allowed-origin': 'allowedOrigins',
  'required-scope': 'requiredScopes',
} as const satisfies Readonly<Record<string, keyof NewClient>>;

/** Options with a duration, and the maximum that is accepted. */
const durationFields = {
  'refresh-retry-window': ['refreshRetryWindow', '60s'],
  'access-token-lifetime': ['accessTokenLifetime', '24h'],
  'refresh-idle': ['refreshIdle', '365d'],
  'refresh-absolute': ['refreshAbsolute', '365d'],
} as const satisfies Readonly<Record<string, readonly [keyof NewClient, string]>>;

async function readDurations(options: Invocation['options']): Promise<ClientChange> {
  const given = Object.entries(durationFields).flatMap(([option, [field, max]]) => {
    const text = options.text(option);
    return text === undefined ? [] : [readDuration(text, option, max).then((seconds) => [field, seconds] as const)];
  });
  return Object.fromEntries(await Promise.all(given));
}

/** Options without a value. */
const flagFields = {
  'first-party': { firstParty: true },
  development: { development: true },
  'allow-private-scheme': { allowPrivateScheme: true },
  'jwt-bearer': { jwtBearer: true },
  'challenge-endpoint': { challengeEndpoint: true },
} as const satisfies Readonly<Record<string, ClientChange>>;

/** Those that undo them in a change. */
const undoFields = {
  'third-party': { firstParty: false },
  'end-development': { development: false },
  'forbid-private-scheme': { allowPrivateScheme: false },
  'forbid-assertions': { jwtBearer: false },
  'browser-only': { challengeEndpoint: false },
} as const satisfies Readonly<Record<string, ClientChange>>;

function readFlags(options: Invocation['options'], fields: Readonly<Record<string, ClientChange>>): ClientChange {
  const given = Object.entries(fields).filter(([option]) => options.flag(option));
  return Object.assign({}, ...given.map(([, change]) => change)) as ClientChange;
}

/** Options of which one undoes the other. */
export const oppositeOptions = [
  ['first-party', 'third-party'],
  ['development', 'end-development'],
  ['allow-private-scheme', 'forbid-private-scheme'],
  ['jwt-bearer', 'forbid-assertions'],
  ['challenge-endpoint', 'browser-only'],
] as const;

/** Parses `https://photos.example/api https://archive.example/api archive:read`. */
function readExchange(text: string): TokenExchange {
  const [from, to, ...scopes] = text.split(' ').filter((word) => word !== '');
  if (from === undefined || to === undefined || scopes.length === 0) {
    throw new InvalidInputError(
      `Expected 'FROM TO SCOPE…': the identifiers of two APIs and scopes of the second one, not "${text}".`,
      'may-exchange',
    );
  }
  return { from, to, scopes };
}

function readClaim(text: string): NonNullable<NewClient['claims']>[number] {
  const [name, value] = readPair(text, 'claim', "NAME=VALUE, such as 'https://photos.example/tenant=acme'");
  return { name, value };
}

/** The fields of the given options. */
export async function readClientFields({
  options,
  readFile,
}: Invocation): Promise<Partial<Omit<NewClient, 'id' | 'type'>>> {
  const [jwksFile, logoFile] = [options.text('jwks'), options.text('logo')];
  const mayExchange = replacementList(options.list('may-exchange'));
  const claims = replacementList(options.list('claim'));
  const groups = options.text('groups');
  const given = [
    ...Object.entries(textFields).map(([option, field]) => [field, options.text(option)] as const),
    ...Object.entries(listFields).map(([option, field]) => [field, replacementList(options.list(option))] as const),
  ].filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    ...readFlags(options, flagFields),
    ...(await readDurations(options)),
    ...(mayExchange === undefined ? {} : { mayExchange: mayExchange.map(readExchange) }),
    ...(claims === undefined ? {} : { claims: claims.map(readClaim) }),
    ...(groups === undefined ? {} : { groups: readNames(groups) }),
    ...(jwksFile === undefined ? {} : { jwks: (await readFile(jwksFile, 'jwks')).toString('utf8') }),
    ...(logoFile === undefined ? {} : { logo: await readFile(logoFile, 'logo') }),
  };
}

/** Options that remove their field when they are given as ''. */
const removableFields = {
  'backchannel-logout-uri': 'backchannelLogoutUri',
  'default-api': 'defaultApi',
  'refresh-retry-window': 'refreshRetryWindow',
  'access-token-lifetime': 'accessTokenLifetime',
  'refresh-idle': 'refreshIdle',
  'refresh-absolute': 'refreshAbsolute',
  jwks: 'jwks',
  logo: 'logo',
  color: 'color',
  'client-uri': 'clientUri',
  'policy-uri': 'policyUri',
  'tos-uri': 'tosUri',
  'initiate-login-uri': 'initiateLoginUri',
} as const;

/** The change that the options of `client update` describe. `''` removes an optional field. */
export async function readClientChange(invocation: Invocation): Promise<ClientChange> {
  const { options } = invocation;
  const removed = Object.entries(removableFields)
    .filter(([option]) => options.text(option) === '')
    .map(([, field]) => field);
  const given = await readClientFields({
    ...invocation,
    options: {
      ...options,
      text: (name) => (options.text(name) === '' && name in removableFields ? undefined : options.text(name)),
    },
  });
  return {
    ...given,
    ...Object.fromEntries(removed.map((field) => [field, null])),
    ...readFlags(options, undoFields),
  };
}
