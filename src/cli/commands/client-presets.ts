/** `gatehouse client presets`: what `client create --for` knows. */
import { basisTexts } from '../../presets/basis.ts';
import type { Preset } from '../../presets/preset.ts';
import { findPreset } from '../client-presets.ts';
import type { Command } from '../command.ts';
import { list, table, type Result } from '../output.ts';

function listAll(presets: readonly Preset[]): Result {
  const rows = presets.map(({ name, title, kind, tested }) => [name, title, kind, basisTexts[tested]]);
  return {
    text: table(['PRESET', 'FOR', 'KIND', 'BASIS'], rows),
    json: {
      presets: presets.map(({ name, title, kind, tested, version, source }) => ({
        name,
        title,
        kind,
        tested,
        version,
        source,
      })),
    },
  };
}

function lines(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join('\n');
}

function show(preset: Preset): Result {
  const { client, needs } = preset;
  const below = (paths: readonly string[]): readonly string[] => paths.map((path) => `<url>${path}`);
  const options = Object.entries(needs).map(([option, example]) => ` --${option} ${example}`);
  const backchannel = client.backchannelLogoutPath === undefined ? [] : [client.backchannelLogoutPath];
  return {
    text: [
      list({
        Preset: preset.name,
        For: preset.title,
        Kind: preset.kind,
        'Client type': client.type,
        'Redirect URIs': lines([...below(client.redirectPaths), ...client.redirectUris]),
        'After logout': lines(below(client.postLogoutPaths)),
        'Back-channel logout': lines(below(backchannel)),
        'Authenticates by': client.authMethod === 'none' ? 'nothing (a public client)' : client.authMethod,
        PKCE: client.pkce,
        'ID tokens': client.idTokenAlg,
        Scopes: lines(client.scopes),
        Basis: `${basisTexts[preset.tested]}, version ${preset.version}`,
        Source: preset.source,
      }),
      '',
      `  gatehouse client create --for ${preset.name}${options.join('')}`,
      '',
      'prints, with its values in place of the names in braces:',
      ...preset.print.flatMap(({ where, text }) => ['', `${where}:`, '', text]),
    ].join('\n'),
    json: preset,
  };
}

export const presets: Command = {
  verb: 'presets',
  summary: 'List what a client can be created for, or show one preset',
  arguments: [{ name: '[preset]', description: 'The preset to show' }],
  run: async ({ args: [name] }) => {
    if (name !== undefined) {
      return show(await findPreset(name));
    }
    const { loadPreset, presetNames } = await import('../../presets/load.ts');
    return listAll(presetNames().map(loadPreset));
  },
};
