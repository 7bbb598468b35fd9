/** The options that describe another identity provider, and how they are read. */
import { InvalidInputError } from '../errors.ts';
import type { NewUpstream, UpstreamChange } from '../services/upstream/upstreams.ts';
import type { UpstreamPreset } from '../presets/upstreams.ts';
import type { CommandOption, GivenOptions, Invocation } from './command.ts';
import { readPair, replacementList } from './option-values.ts';

export const upstreamOptions: readonly CommandOption[] = [
  { flags: '--client-id <id>', description: 'The id of the client that you registered at the provider' },
  { flags: '--secret-stdin', description: 'Read its secret from standard input' },
  { flags: '--secret-file <file>', description: 'Read its secret from a file; of Apple, the private key (.p8)' },
  { flags: '--name <name>', description: 'What the button calls it' },
  {
    flags: '--create-users',
    description: 'An unknown person with a trusted address gets an account at the first sign-in',
  },
  {
    flags: '--confirm-addresses',
    description: 'With --create-users: with another address, too, after confirming it by mail',
  },
  {
    flags: '--authoritative-for <domain>',
    description: 'Trust the verified addresses of this domain, or of all with *; nothing by default',
    repeatable: true,
  },
  {
    flags: '--claim <ours=theirs>',
    description: 'Read one of our claims from another claim, such as groups=realm_access.roles',
    repeatable: true,
  },
  {
    flags: '--group <theirs=ours>',
    description: 'Members of this group there are in this group here; refreshed at each sign-in',
    repeatable: true,
  },
  { flags: '--all-groups', description: 'Every group there is a group here, by its name' },
  { flags: '--trust-amr', description: 'Its amr counts here, such as that of a second factor' },
  {
    flags: '--acr <theirs=ours>',
    description: 'This acr of the provider counts as this acr of this server',
    repeatable: true,
  },
  {
    flags: '--trust-reauthentication',
    description: 'A sign-in with it confirms who the user is, although it does not report when the user signed in',
  },
  { flags: '--sign-out', description: 'Signing out here signs the user out there, too' },
  { flags: '--scope <scope>', description: 'A scope to request', repeatable: true },
  {
    flags: '--parameter <name=value>',
    description: 'A further parameter of the authorization request, such as hd=example.com',
    repeatable: true,
  },
  {
    flags: '--auth-method <method>',
    description: 'How this server authenticates there',
    choices: ['client_secret_basic', 'client_secret_post', 'apple', 'none'],
  },
  { flags: '--apple-team-id <id>', description: 'Apple: the id of your team' },
  { flags: '--apple-key-id <id>', description: 'Apple: the id of the private key' },
  { flags: '--authorization-endpoint <uri>', description: 'OAuth 2: where users sign in' },
  { flags: '--token-endpoint <uri>', description: 'OAuth 2: where codes are exchanged' },
  { flags: '--userinfo-endpoint <uri>', description: 'OAuth 2: where the claims about a user are' },
  { flags: '--emails-endpoint <uri>', description: "OAuth 2: where the user's addresses are, as at GitHub" },
];

function pairs(options: GivenOptions, name: string, expected: string) {
  return replacementList(options.list(name))?.map((text) => readPair(text, name, expected));
}

/** @returns undefined when no secret is given */
async function readSecret({ options, readFile, readStandardInput }: Invocation): Promise<string | undefined> {
  const file = options.text('secret-file');
  if (file !== undefined && options.flag('secret-stdin')) {
    throw new InvalidInputError('Expected one of --secret-stdin and --secret-file.', 'secret-file');
  }
  return file === undefined
    ? options.flag('secret-stdin')
      ? readStandardInput()
      : undefined
    : (await readFile(file, 'secret-file')).toString('utf8').replace(/\r?\n$/, '');
}

const texts = [
  ['client-id', 'clientId'],
  ['name', 'name'],
  ['auth-method', 'authMethod'],
  ['apple-team-id', 'appleTeamId'],
  ['apple-key-id', 'appleKeyId'],
  ['authorization-endpoint', 'authorizationEndpoint'],
  ['token-endpoint', 'tokenEndpoint'],
  ['userinfo-endpoint', 'userinfoEndpoint'],
  ['emails-endpoint', 'emailsEndpoint'],
] as const;

const flags = [
  ['create-users', 'createUsers'],
  ['confirm-addresses', 'confirmAddresses'],
  ['trust-amr', 'trustAmr'],
  ['trust-reauthentication', 'trustReauthentication'],
  ['sign-out', 'signOut'],
] as const;

/** The fields of the given options. A list that is given as `''` is emptied. */
export async function readUpstreamFields(invocation: Invocation): Promise<UpstreamChange> {
  const { options } = invocation;
  const secret = await readSecret(invocation);
  const [scopes, domains] = [options.list('scope'), options.list('authoritative-for')].map(replacementList);
  const claims = pairs(options, 'claim', 'OURS=THEIRS, such as groups=roles');
  const given = pairs(options, 'group', "THEIRS=OURS, such as '/staff=staff'");
  const groups = options.flag('all-groups') ? [['*', '*'] as const] : given;
  const acrs = pairs(options, 'acr', 'THEIRS=OURS');
  const parameters = pairs(options, 'parameter', 'NAME=VALUE, such as hd=example.com');
  const toMapping = ([from, to]: readonly [string, string]) => ({ from, to });
  return {
    ...Object.fromEntries(
      texts.flatMap(([option, field]) => {
        const value = options.text(option);
        return value === undefined ? [] : [[field, value]];
      }),
    ),
    ...Object.fromEntries(flags.flatMap(([option, field]) => (options.flag(option) ? [[field, true]] : []))),
    ...(secret === undefined ? {} : { secret }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(domains === undefined ? {} : { authoritativeFor: [...domains] }),
    ...(claims === undefined ? {} : { claims: claims.map(([name, from]) => ({ name, from })) }),
    ...(groups === undefined ? {} : { groups: groups.map(toMapping) }),
    ...(acrs === undefined ? {} : { acrs: acrs.map(toMapping) }),
    ...(parameters === undefined ? {} : { parameters: parameters.map(([name, value]) => ({ name, value })) }),
  };
}

/** What a preset registers. The given fields win; a given claim replaces that of the preset. */
export function withUpstreamPreset(
  preset: UpstreamPreset | undefined,
  { claims = [], ...given }: UpstreamChange,
): Partial<NewUpstream> {
  if (preset === undefined) {
    return { ...given, claims };
  }
  const { name, title, needsIssuer: _needs, register: _register, source: _source, notes: _notes, ...known } = preset;
  const ofPreset = Object.entries(known.claims).map(([ours, from]) => ({ name: ours, from }));
  const kept = ofPreset.filter((one) => !claims.some((other) => other.name === one.name));
  const optional = Object.entries(known).filter(([, value]) => value !== undefined);
  return {
    id: name,
    ...(Object.fromEntries(optional) as typeof given),
    name: title,
    ...given,
    claims: [...kept, ...claims],
  };
}
