/** `gatehouse client …`: the apps that may request tokens. A secret is printed once, by the command that created it. */
import { systemClock } from '../../clock.ts';
import { ConflictError, InvalidInputError } from '../../errors.ts';
import { presentClient } from '../../presenters/client.ts';
import { presentTokenUsage } from '../../presenters/token-usage.ts';
import type { NewClient } from '../../services/clients/clients.ts';
import { listEveryClient } from '../every-client.ts';
import { clientOptions, oppositeOptions, readClientChange, readClientFields } from '../client-options.ts';
import { commandLine, type Command, type CommandOption, type Invocation } from '../command.ts';
import {
  configurationAlone,
  presetOptions,
  readPreset,
  readUrl,
  requireSuitable,
  toUrlError,
  withConfiguration,
  withPreset,
} from '../client-presets.ts';
import { withAppSettings } from '../app-settings.ts';
import { readDuration } from '../option-values.ts';
import { printable, table, type Result } from '../output.ts';
import { toText } from '../time-text.ts';
import { clientToText, type Client } from '../text/client.ts';
import { presets } from './client-presets.ts';

const types = ['web', 'browser', 'native', 'machine'] as const;
const clientArgument = { name: '<client-id>', description: "The client's id" };

const secretOnlyOption: CommandOption = {
  flags: '--secret-only',
  description: 'Print only the secret, for `SECRET=$(gatehouse client …)`',
};

/** @throws InvalidInputError when both --secret-only and --json are given */
function checkSecretOnly({ options, json }: Invocation): boolean {
  if (options.flag('secret-only') && json) {
    throw new InvalidInputError(
      'Expected one of --secret-only and --json: the JSON contains the secret already.',
      'secret-only',
    );
  }
  return options.flag('secret-only');
}

function secretOnly(secret: string): Result {
  return { text: secret, json: { client_secret: secret } };
}

/** Adds how to get another secret: a user who repeats `create` may have lost the first one. */
function withRotationHint(error: unknown, id: string | undefined): unknown {
  return error instanceof ConflictError && error.field === 'id' && id !== undefined
    ? new ConflictError(`${error.message} For another secret: gatehouse client rotate-secret ${id}`, 'id')
    : error;
}

/** @param warnings about addresses of the client that this server does not call */
function toResult(headline: string, client: Client, warnings: readonly string[], secret?: string): Result {
  const now = systemClock.now();
  const shownOnce =
    secret === undefined
      ? []
      : ['', `Secret: ${secret}`, 'Save it now: it is shown only once, and only its digest is stored.'];
  const warned = warnings.flatMap((warning) => ['', `Warning: ${printable(warning)}`]);
  return {
    text: [headline, '', clientToText(client, now), ...warned, ...shownOnce].join('\n'),
    json: { ...presentClient(client, now, secret), ...(warnings.length === 0 ? {} : { warnings }) },
  };
}

/** @throws InvalidInputError when one is missing, which a preset would give */
function requireNameAndType(
  name: string | undefined,
  type: NewClient['type'] | undefined,
): Pick<NewClient, 'name' | 'type'> {
  if (name === undefined || type === undefined) {
    const missing = name === undefined ? 'name' : 'type';
    throw new InvalidInputError(`Expected --${missing}, or --for with the name of a preset.`, missing);
  }
  return { name, type };
}

const create: Command = {
  verb: 'create',
  summary: 'Create a client; prints its secret, once',
  options: [
    {
      flags: '--name <name>',
      description: 'The name that users see on the consent page; required without --for',
    },
    {
      flags: '--type <type>',
      description: 'web and machine have a secret or key; browser and native are public; required without --for',
      choices: types,
    },
    { flags: '--id <id>', description: 'The client_id; random by default' },
    ...presetOptions,
    ...clientOptions,
    secretOnlyOption,
  ],
  help: `Examples:
  gatehouse client create --name Prints --type web --redirect-uri https://prints.example/callback --api https://photos.example/api
  gatehouse client create --name 'Nightly job' --type machine --api https://photos.example/api
  gatehouse client create --for grafana --url https://grafana.example.com

With --for, every other option wins over what the preset says. "gatehouse client presets" lists the presets;
"gatehouse client show <client-id> --for <preset>" prints the configuration again.`,
  run: async (invocation) => {
    const { options, withServices } = invocation;
    const id = options.text('id');
    const given = await readClientFields(invocation);
    const preset = await readPreset(options);
    const url = preset === undefined ? '' : await readUrl(preset, options, given.redirectUris);
    const type = types.find((candidate) => candidate === options.text('type'));
    const input: NewClient = {
      ...(preset === undefined
        ? { ...given, ...requireNameAndType(given.name, type) }
        : await withPreset(preset, url, { ...given, ...(type === undefined ? {} : { type }) })),
      ...(id === undefined ? {} : { id }),
    };
    const printsSecretOnly = checkSecretOnly(invocation);
    if (printsSecretOnly && (!['web', 'machine'].includes(input.type) || input.authMethod === 'private_key_jwt')) {
      throw new InvalidInputError('This client has no secret.', 'secret-only');
    }
    return withServices(async ({ clients, apis, outboundAddresses }, { issuer }) => {
      const { client, secret } = await clients.create(input, commandLine).catch((error: unknown) => {
        const hinted = withRotationHint(error, id);
        throw preset === undefined ? hinted : toUrlError(hinted, given);
      });
      if (printsSecretOnly && secret !== undefined) {
        return secretOnly(secret);
      }
      const warnings = await outboundAddresses.warningsOf(client);
      const created = toResult(`Created the client ${printable(client.name)}.`, client, warnings, secret);
      const target = { issuer, client, apis: await Promise.all(client.apis.map((api) => apis.get(api))) };
      const { text, json } = await withAppSettings(created, target);
      return preset === undefined
        ? { text, json }
        : withConfiguration({ text: created.text, json }, preset, {
            issuer,
            client,
            url,
            ...(secret === undefined ? {} : { secret }),
          });
    });
  },
};

const listAll: Command = {
  verb: 'list',
  summary: 'List the clients in order of creation',
  run: async ({ withServices }) => {
    const found = await withServices(({ clients }) => listEveryClient(clients));
    const now = systemClock.now();
    const rows = found.map((client) => [
      client._id,
      client.name,
      client.type,
      client.authMethod,
      toText(client.createdAt),
    ]);
    return {
      text:
        rows.length === 0
          ? 'There is no client yet.'
          : table(['CLIENT ID', 'NAME', 'TYPE', 'AUTHENTICATES BY', 'CREATED'], rows),
      json: { clients: found.map((client) => presentClient(client, now)) },
    };
  },
};

const show: Command = {
  verb: 'show',
  summary: 'Show a client; never its secrets',
  arguments: [clientArgument],
  options: [
    ...presetOptions,
    { flags: '--print', description: 'With --for: print the configuration alone, without the client' },
  ],
  help: `With --for it prints the configuration of the other side again, such as
  gatehouse client show grafana --for grafana --print
The address is that of the redirect URIs; --url gives another one.`,
  run: async ({ args: [id = ''], options, withServices }) => {
    const preset = await readPreset(options);
    if (options.flag('print') && preset === undefined) {
      throw new InvalidInputError('Expected --for and a preset: without one there is nothing to print alone.', 'print');
    }
    const { client, usage, issuer } = await withServices(async ({ clients, tokenUsage }, config) => ({
      client: await clients.get(id),
      usage: await tokenUsage.findByClient(id),
      issuer: config.issuer,
    }));
    const now = systemClock.now();
    const shown = {
      text: clientToText(client, now, usage),
      json: {
        ...presentClient(client, now),
        ...(usage === null ? {} : { token_usage: presentTokenUsage(usage) }),
      },
    };
    if (preset === undefined) {
      return shown;
    }
    requireSuitable(client, preset);
    const url = await readUrl(preset, options, client.redirectUris);
    const target = { issuer, client, url };
    return options.flag('print') ? configurationAlone(preset, target) : withConfiguration(shown, preset, target);
  },
};

const update: Command = {
  verb: 'update',
  summary: 'Change a client',
  arguments: [clientArgument],
  options: [
    { flags: '--name <name>', description: 'The name that users see on the consent page' },
    ...clientOptions,
    { flags: '--third-party', description: 'Undo --first-party: users are asked for consent' },
    { flags: '--end-development', description: 'Undo --development' },
    { flags: '--forbid-private-scheme', description: 'Undo --allow-private-scheme' },
    { flags: '--forbid-assertions', description: 'Undo --jwt-bearer' },
    { flags: '--browser-only', description: 'Undo --challenge-endpoint' },
  ],
  help: `An option that may be given several times replaces the whole list. Given as '' it empties the list, or removes
the back-channel logout URI, the default API, the logo, the colour, or the link to the site, privacy policy, terms or sign-in. The type of a client does not change.
An API that is no longer in the list ends for this client: its tokens are not active from then on, and it exchanges none.`,
  run: async (invocation) => {
    const {
      args: [id = ''],
      options,
      withServices,
    } = invocation;
    for (const [option, opposite] of oppositeOptions) {
      if (options.flag(option) && options.flag(opposite)) {
        throw new InvalidInputError(`Expected one of --${option} and --${opposite}.`, option);
      }
    }
    const change = await readClientChange(invocation);
    if (Object.keys(change).length === 0) {
      throw new InvalidInputError(
        'There is nothing to change: expected at least one option, such as --name or --redirect-uri.',
      );
    }
    return withServices(async ({ clients, outboundAddresses }) => {
      const client = await clients.update(id, change, commandLine);
      const warnings = await outboundAddresses.warningsOf(client);
      return toResult(`Changed the client ${printable(client.name)}.`, client, warnings);
    });
  },
};

const rotateSecret: Command = {
  verb: 'rotate-secret',
  summary: 'Create another secret for a client; prints it, once',
  arguments: [clientArgument],
  options: [
    {
      flags: '--keep-old <duration>',
      description: 'How long the existing secrets still work: 24h by default; 0 ends them immediately',
    },
    secretOnlyOption,
  ],
  run: async (invocation) => {
    const {
      args: [id = ''],
      options,
      withServices,
    } = invocation;
    const printsSecretOnly = checkSecretOnly(invocation);
    const keepOldFor = await readDuration(options.text('keep-old') ?? '24h', 'keep-old');
    const { client, secret } = await withServices(({ clients }) =>
      clients.rotateSecret(id, { keepOldFor }, commandLine),
    );
    if (printsSecretOnly && secret !== undefined) {
      return secretOnly(secret);
    }
    return toResult(
      `Created another secret for the client ${printable(client.name)}. ${keepOldFor === 0 ? 'The old ones have ended.' : 'The old ones work until they expire.'}`,
      client,
      [],
      secret,
    );
  },
};

const remove: Command = {
  verb: 'delete',
  summary: 'Delete a client and everything that was issued to it',
  arguments: [clientArgument],
  run: ({ args: [id = ''], withServices }) =>
    withServices(async ({ clients }) => {
      const { _id, name } = await clients.get(id);
      await clients.remove(_id, commandLine);
      return {
        text: `Deleted the client ${printable(name)} (${_id}), with every token that was issued to it.`,
        json: { deleted: true, client_id: _id, client_name: name },
      };
    }),
};

export const commands: readonly Command[] = [create, presets, listAll, show, update, rotateSecret, remove];
