/** A preset says that it is run in our tests exactly if a test in test/clients registers a client by it. */
import { globSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadPreset, presetNames } from '../../src/presets/load.ts';
import { versionOf, type Language } from '../clients/packages.ts';

const folder = new URL('../clients/', import.meta.url);

/** The presets that the tests name, and the version of the library that they run. */
const run = globSync('*.test.ts', { cwd: folder }).flatMap((file) => {
  const source = readFileSync(new URL(file, folder), 'utf8');
  const version = (): string => {
    const [, name = ''] = /package: '([^']+)'/.exec(source) ?? [];
    const [, language = ''] = /file: '(\w+)\//.exec(source) ?? [];
    return versionOf(language as Language, name);
  };
  return [...source.matchAll(/client create --for ([\w-]+)/g)].map(([, preset = '']) => ({
    preset,
    version: version(),
  }));
});

describe('presets that are run in our tests', () => {
  it('are those that a test in test/clients names, with the version that it runs', () => {
    const said = presetNames()
      .map(loadPreset)
      .filter(({ tested }) => tested === 'in our tests')
      // A version is preceded by a name where the title says another one.
      .map(({ name, version }) => ({ preset: name, version: version.split(' ').at(-1) }));
    expect(said).to.not.deep.equal([]);
    expect(said).to.have.deep.members(run);
  });
});
