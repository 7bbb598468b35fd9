import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { defaultYaml } from '../../scripts/setting-documents.ts';
import { loadConfig } from '../../src/config/load.ts';
import { defaultOf, type Profile } from '../../src/config/setting.ts';
import { settingList } from '../../src/config/setting-list.ts';

function file(name: string): string {
  return readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');
}

/** The values of a nested document by dotted path. */
function flat(node: unknown, parents: readonly string[] = []): Record<string, unknown> {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    return { [parents.join('.')]: node };
  }
  return Object.assign({}, ...Object.entries(node).map(([key, value]) => flat(value, [...parents, key])));
}

describe('config/*.yaml', () => {
  it('default.yaml is generated from the schema (npm run docs:settings)', () => {
    expect(file('default.yaml')).to.equal(defaultYaml());
  });

  it('default.yaml holds every setting and its default', () => {
    const expected = Object.fromEntries(settingList.map(({ path, setting }) => [path, setting.default]));
    expect(flat(parse(file('default.yaml')))).to.deep.equal(expected);
  });

  for (const profile of ['development', 'production', 'test'] as const satisfies readonly Profile[]) {
    it(`${profile}.yaml holds the defaults that differ, and nothing else`, () => {
      const own = settingList.filter(({ setting }) => defaultOf(setting, profile) !== setting.default);
      const expected = Object.fromEntries(own.map(({ path, setting }) => [path, defaultOf(setting, profile)]));
      expect(flat(parse(file(`${profile}.yaml`)))).to.deep.equal(expected);
    });
  }

  it('gives the same configuration as no files', () => {
    const shipped = loadConfig({ environment: { NODE_ENV: 'test' } });
    const none = loadConfig({ environment: { NODE_ENV: 'test' }, directory: '/nonexistent' });
    expect(shipped).to.deep.equal(none);
  });
});

describe('the schema', () => {
  it('gives each setting its own name in the environment', () => {
    const names = settingList.map(({ environmentName }) => environmentName);
    expect(new Set(names).size).to.equal(names.length);
    expect(names.filter((name) => names.includes(`${name}_FILE`))).to.deep.equal([]);
  });

  it('has the names that the documentation uses', () => {
    const names = settingList.map(({ environmentName }) => environmentName);
    expect(names).to.include.members([
      'ISSUER',
      'HOST',
      'PORT',
      'DATABASE_URL',
      'SECRET',
      'SMTP_URL',
      'VIEWS_DIR',
      'LOG_LEVEL',
      'TRUSTED_PROXIES',
      'METRICS_TOKEN',
    ]);
  });

  for (const { environmentName, setting } of settingList) {
    it(`${environmentName} has a sentence and defaults that its type accepts`, () => {
      expect(setting.sentence).to.match(/^[A-Z].*\.$/);
      for (const profile of ['development', 'production', 'test'] as const) {
        const raw = defaultOf(setting, profile);
        expect(raw === null || setting.type.schema.safeParse(raw).success).to.equal(true);
      }
    });
  }
});
