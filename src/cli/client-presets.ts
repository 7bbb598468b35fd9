/** `--for` and `--url`: a client that is registered by a preset, and the configuration that is printed with it. */
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { basisTexts } from '../presets/basis.ts';
import type { Configuration } from '../presets/configuration.ts';
import type { Preset } from '../presets/preset.ts';
import type { NewClient } from '../services/clients/clients.ts';
import type { CommandOption, GivenOptions } from './command.ts';
import { printable, type Result } from './output.ts';
import type { Client } from './text/client.ts';

export const presetOptions: readonly CommandOption[] = [
  {
    flags: '--for <preset>',
    description: 'What the client is for: registers what that software needs, and prints its configuration',
  },
  { flags: '--url <url>', description: 'With --for: the address of that software' },
];

/** @throws NotFoundError for a name that no preset has, with the one that was probably meant */
export async function findPreset(name: string): Promise<Preset> {
  const [{ loadPreset, presetNames }, { didYouMean }] = await Promise.all([
    import('../presets/load.ts'),
    import('../config/did-you-mean.ts'),
  ]);
  const names = presetNames();
  if (names.includes(name)) {
    return loadPreset(name);
  }
  const near = didYouMean(name, names);
  // `django` is a part of several names, and near to none.
  const meant = near === undefined ? names.filter((one) => name.length > 2 && one.includes(name)) : [near];
  throw new NotFoundError(
    `There is no preset "${name}"${meant.length === 0 ? '.' : `; did you mean ${meant.join(' or ')}?`} "gatehouse client presets" lists them all.`,
  );
}

/** @throws InvalidInputError when `--for` names no preset, or `--url` is given without it */
export async function readPreset(options: GivenOptions): Promise<Preset | undefined> {
  const name = options.text('for');
  if (name === undefined) {
    if (options.text('url') !== undefined) {
      throw new InvalidInputError('It is the address of what --for names: expected --for, too.', 'url');
    }
    return undefined;
  }
  return findPreset(name).catch((error: unknown) => {
    throw error instanceof NotFoundError ? new InvalidInputError(error.message, 'for') : error;
  });
}

/**
 * Finds the address of the app: `--url`, or what the redirect URIs say.
 * @returns the address without a slash at its end; empty for an app that has none
 * @throws InvalidInputError
 */
export async function readUrl(
  preset: Preset,
  options: GivenOptions,
  redirectUris: readonly string[] = [],
): Promise<string> {
  const { appUrlOf, readAppUrl } = await import('../presets/registration.ts');
  const given = options.text('url');
  if (preset.needs.url === undefined) {
    if (given !== undefined) {
      throw new InvalidInputError(`${preset.title} has no address of its own: leave out --url.`, 'url');
    }
    return '';
  }
  const url = given === undefined ? appUrlOf(preset, redirectUris) : readAppUrl(given, preset);
  if (url === undefined) {
    throw new InvalidInputError(`Expected the address of ${preset.title}, such as --url ${preset.needs.url}`, 'url');
  }
  return url;
}

/**
 * What a preset registers; the given fields win.
 * @param url from {@link readUrl}
 * @throws InvalidInputError when something is missing that only the operator knows
 */
export async function withPreset(
  preset: Preset,
  url: string,
  given: Partial<NewClient>,
): Promise<Pick<NewClient, 'name' | 'type'> & Partial<NewClient>> {
  const { registrationOf } = await import('../presets/registration.ts');
  const fields = { name: given.name, 'redirect-uri': given.redirectUris, api: given.apis } as const;
  const missing = (['name', 'redirect-uri', 'api'] as const).find(
    (option) => preset.needs[option] !== undefined && fields[option] === undefined,
  );
  if (missing !== undefined) {
    throw new InvalidInputError(
      `${preset.title} needs a value of your own, such as --${missing} ${preset.needs[missing] ?? ''}`,
      missing,
    );
  }
  return { ...registrationOf(preset, url), ...given };
}

/**
 * Nobody signs in through a machine client, so no app can use one, and an API that asks about tokens needs one.
 * @throws InvalidInputError
 */
export function requireSuitable(client: Client, preset: Preset): void {
  const { type } = preset.client;
  if ((client.type === 'machine') !== (type === 'machine')) {
    throw new InvalidInputError(
      `${preset.title} needs a ${type} client; "${client._id}" is a ${client.type} client.`,
      'for',
    );
  }
}

/** An error about an address that was made from `--url` is about that option. */
export function toUrlError(error: unknown, given: Partial<NewClient>): unknown {
  const fields = ['redirectUris', 'postLogoutRedirectUris', 'backchannelLogoutUri'] as const;
  const made = fields.filter((field) => given[field] === undefined);
  return error instanceof InvalidInputError && made.some((field) => field === error.field)
    ? new InvalidInputError(error.message, 'url')
    : error;
}

function toText(preset: Preset, { sections, notes }: Configuration): string {
  return [
    `The configuration of ${preset.title}. It was ${basisTexts[preset.tested]}, version ${preset.version}: ${preset.source}`,
    ...sections.map(({ where, text }) => `${where}:\n\n${text}`),
    ...notes.map((note) => `Note: ${note}`),
  ].join('\n\n');
}

/** The client that a configuration is printed for. */
interface Target {
  readonly issuer: string;
  readonly client: Client;
  readonly url: string;
  readonly secret?: string;
}

/**
 * Adds the configuration of the other side to what a command prints of a client.
 * @param target.secret directly after its creation
 */
export async function withConfiguration({ text, json }: Result, preset: Preset, target: Target): Promise<Result> {
  const configuration = await configurationAlone(preset, target);
  return {
    text: `${text}\n\n${configuration.text}`,
    json: { ...(json as object), ...(configuration.json as object) },
  };
}

/** The configuration of the other side. */
export async function configurationAlone(preset: Preset, target: Target): Promise<Result> {
  const { configurationOf } = await import('../presets/configuration.ts');
  const configuration = configurationOf(preset, target);
  return { text: printable(toText(preset, configuration)), json: { configuration } };
}
