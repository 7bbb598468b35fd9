/** `gatehouse upstream …`: other identity providers with which users may sign in. */
import { InvalidInputError } from '../../errors.ts';
import { presentUpstream, upstreamAddresses } from '../../presenters/upstream.ts';
import type { NewUpstream, UpstreamService } from '../../services/upstream/upstreams.ts';
import type { UpstreamPreset } from '../../presets/upstreams.ts';
import { commandLine, type Command, type Invocation } from '../command.ts';
import { list, table, type Result } from '../output.ts';
import { toText } from '../time-text.ts';
import { readUpstreamFields, upstreamOptions, withUpstreamPreset } from '../upstream-options.ts';

type Upstream = Awaited<ReturnType<UpstreamService['get']>>;

const idArgument = { name: '<id>', description: "The provider's id" };

function pairsText(pairs: readonly (readonly [string, string])[]): string | undefined {
  return pairs.length === 0 ? undefined : pairs.map(([one, other]) => `${one} = ${other}`).join('\n');
}

function unknownPeople({ createUsers, confirmAddresses }: Upstream): string {
  if (!createUsers) {
    return 'get no account';
  }
  return confirmAddresses === true
    ? 'get an account; another address than a trusted one is confirmed by mail'
    : 'get an account, with a trusted address';
}

function toResult(headline: string, upstream: Upstream, issuer: string, notes: readonly string[] = []): Result {
  const addresses = upstreamAddresses(issuer, upstream._id);
  const fields = list({
    Id: upstream._id,
    Name: upstream.name,
    Protocol: upstream.protocol === 'oidc' ? 'OpenID Connect' : 'OAuth 2',
    Issuer: upstream.issuer,
    'Token endpoint': upstream.tokenEndpoint,
    'Client id': upstream.clientId,
    Secret: upstream.sealedSecret === undefined ? 'none' : 'stored, encrypted',
    Scopes: upstream.scopes.join(' '),
    'Unknown people': unknownPeople(upstream),
    'Trusted addresses':
      upstream.authoritativeFor.length === 0 ? 'none' : `verified, of ${upstream.authoritativeFor.join(', ')}`,
    Claims: pairsText(upstream.claims.map(({ name, from }) => [name, from])),
    Groups: pairsText(upstream.groups.map(({ from, to }) => [from, to])),
    'Second factors there': upstream.trustAmr === true ? 'count here' : undefined,
    'Signing out here': upstream.signOut === true ? 'signs out there, too' : undefined,
    Created: toText(upstream.createdAt),
    'Redirect URI': addresses.redirectUri,
    'Back-channel logout': upstream.protocol === 'oidc' ? addresses.backchannelLogoutUri : undefined,
    'After signing out': upstream.signOut === true ? addresses.postLogoutRedirectUri : undefined,
  });
  return {
    text: [`${headline}\n\n${fields}`, ...notes.map((note) => `Note: ${note}`)].join('\n\n'),
    json: presentUpstream(upstream, issuer),
  };
}

async function readPreset({ options }: Invocation): Promise<UpstreamPreset | undefined> {
  const name = options.text('for');
  if (name === undefined) {
    return undefined;
  }
  const { loadUpstreamPreset, upstreamPresetNames } = await import('../../presets/upstreams.ts');
  if (!upstreamPresetNames().includes(name)) {
    throw new InvalidInputError(`Expected one of ${upstreamPresetNames().join(', ')}, not "${name}".`, 'for');
  }
  return loadUpstreamPreset(name);
}

const create: Command = {
  verb: 'create',
  summary: 'Let users sign in with another identity provider',
  options: [
    {
      flags: '--for <preset>',
      description: 'google, microsoft, github, gitlab, apple, keycloak or gatehouse: what is known about it',
    },
    { flags: '--id <id>', description: 'Its name in addresses; that of the preset by default' },
    { flags: '--issuer <uri>', description: 'OpenID Connect: its issuer, whose endpoints are discovered' },
    ...upstreamOptions,
  ],
  help: `The provider's client needs the redirect URI <ISSUER>/upstream/<id>/callback.

Examples:
  printf %s "$SECRET" | gatehouse upstream create --for google --client-id 123.apps.googleusercontent.com --secret-stdin
  gatehouse upstream create --for keycloak --id staff --name Staff --issuer https://sso.example.com/realms/staff \\
    --client-id gatehouse --secret-file secret.txt --create-users --authoritative-for example.com
  gatehouse upstream create --for github --client-id Iv1.0123 --secret-file secret.txt`,
  run: async (invocation) => {
    const { options, withServices } = invocation;
    const preset = await readPreset(invocation);
    const issuer = options.text('issuer') ?? preset?.issuer;
    if (issuer === undefined && preset?.needsIssuer !== undefined) {
      throw new InvalidInputError(
        `${preset.title} needs its address, such as --issuer ${preset.needsIssuer}`,
        'issuer',
      );
    }
    const fields = withUpstreamPreset(preset, await readUpstreamFields(invocation));
    const id = options.text('id') ?? fields.id;
    if (id === undefined || fields.name === undefined) {
      throw new InvalidInputError('Expected --id and --name, or --for.', id === undefined ? 'id' : 'name');
    }
    if (fields.clientId === undefined) {
      throw new InvalidInputError('Expected the id of the client that you registered at the provider.', 'client-id');
    }
    const input = {
      protocol: issuer === undefined ? 'oauth2' : 'oidc',
      ...fields,
      ...(issuer === undefined ? {} : { issuer }),
      id,
    } as NewUpstream;
    return withServices(async ({ upstreams }, config) => {
      const upstream = await upstreams.create(input, commandLine);
      const register = `Register the redirect URI at the provider${preset?.register === undefined ? '' : ` (${preset.register})`}. Then: gatehouse upstream check ${id}`;
      const notes = [register, ...(preset?.notes ?? [])];
      return toResult(`Users can sign in with ${upstream.name}.`, upstream, config.issuer, notes);
    });
  },
};

const listAll: Command = {
  verb: 'list',
  summary: 'List the identity providers with which users can sign in',
  run: async ({ withServices }) =>
    withServices(async ({ upstreams }, { issuer }) => {
      const all = await upstreams.list();
      const rows = all.map((one) => [
        one._id,
        one.name,
        one.issuer ?? one.tokenEndpoint ?? '',
        one.createUsers ? 'created' : 'linked only',
        one.authoritativeFor.join(' '),
      ]);
      return {
        text:
          rows.length === 0
            ? 'There is no other identity provider.'
            : table(['ID', 'NAME', 'ADDRESS', 'ACCOUNTS', 'AUTHORITATIVE FOR'], rows),
        json: { upstreams: all.map((one) => presentUpstream(one, issuer)) },
      };
    }),
};

const undo = [
  ['link-only', 'createUsers'],
  ['trusted-addresses-only', 'confirmAddresses'],
  ['ignore-amr', 'trustAmr'],
  ['ignore-reauthentication', 'trustReauthentication'],
  ['stay-signed-in', 'signOut'],
] as const;

const update: Command = {
  verb: 'update',
  summary: 'Change an identity provider',
  arguments: [idArgument],
  options: [
    ...upstreamOptions,
    { flags: '--link-only', description: 'Undo --create-users' },
    { flags: '--trusted-addresses-only', description: 'Undo --confirm-addresses' },
    { flags: '--ignore-amr', description: 'Undo --trust-amr' },
    { flags: '--ignore-reauthentication', description: 'Undo --trust-reauthentication' },
    { flags: '--stay-signed-in', description: 'Undo --sign-out' },
  ],
  help: "A repeatable option replaces the whole list; given as '' it empties the list.",
  run: async (invocation) => {
    const {
      args: [id = ''],
      options,
      withServices,
    } = invocation;
    const change = {
      ...(await readUpstreamFields(invocation)),
      ...Object.fromEntries(undo.flatMap(([option, field]) => (options.flag(option) ? [[field, false]] : []))),
    };
    if (Object.keys(change).length === 0) {
      throw new InvalidInputError('There is nothing to change: expected at least one option.');
    }
    return withServices(async ({ upstreams }, { issuer }) =>
      toResult('Changed the provider.', await upstreams.update(id, change, commandLine), issuer),
    );
  },
};

const remove: Command = {
  verb: 'delete',
  summary: 'Remove an identity provider, its links, and its sessions',
  arguments: [idArgument],
  run: ({ args: [id = ''], withServices }) =>
    withServices(async ({ upstreams }) => {
      await upstreams.remove(id, commandLine);
      return {
        text: `Nobody can sign in with ${id} any more. Accounts stay: their users sign in another way.`,
        json: { deleted: true, id },
      };
    }),
};

const check: Command = {
  verb: 'check',
  summary: 'Try an identity provider as the server would, and say what is wrong',
  arguments: [idArgument],
  run: ({ args: [id = ''], withServices }) =>
    withServices(async ({ upstreams, checkUpstream }, { issuer }) => {
      const upstream = await upstreams.get(id);
      const { metadata, problems, warnings } = await checkUpstream(upstream);
      if (problems.length > 0) {
        throw new InvalidInputError([`Nobody can sign in with ${upstream.name}:`, ...problems].join('\n'));
      }
      const { redirectUri } = upstreamAddresses(issuer, id);
      const text = [
        `${upstream.name} answers, and accepts the client and its secret.`,
        list({ ...metadata, 'Redirect URI': redirectUri }),
        ...warnings.map((warning) => `Warning: ${warning}`),
      ].join('\n\n');
      return { text, json: { id, metadata, redirect_uri: redirectUri, warnings } };
    }),
};

export const commands: readonly Command[] = [create, listAll, update, remove, check];
