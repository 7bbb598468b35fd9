import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { ensureDemoSecrets, ensureDevelopmentSecrets, readDemoSecrets } from '../../src/development/secrets.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/errors.ts';

const run = promisify(execFile);

describe('secrets of the first run', () => {
  let folder: string;
  let dataDir: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'));
    dataDir = join(folder, 'data');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const load = (environment: Readonly<Record<string, string>> = {}): ReturnType<typeof loadConfig> =>
    loadConfig({ environment: { DATA_DIR: dataDir, ...environment } });

  it('are created once, readable by their owner only, and used again', async () => {
    const first = await ensureDevelopmentSecrets(load());
    expect(first.secret[0]).to.have.length(32);
    expect(first.origins['SECRET']).to.equal('first run');
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).to.equal(0o600);
    expect(readdirSync(dataDir)).to.deep.equal(['secret']);
    const second = await ensureDevelopmentSecrets(load());
    expect(second.secret).to.deep.equal(first.secret);
  });

  it('differ between installations', async () => {
    const here = await ensureDevelopmentSecrets(load());
    const there = await ensureDevelopmentSecrets(load({ DATA_DIR: join(folder, 'other') }));
    expect(here.secret).not.to.deep.equal(there.secret);
  });

  it('are not created if SECRET is set', async () => {
    const config = load({ SECRET: randomBytes(32).toString('hex') });
    expect(await ensureDevelopmentSecrets(config)).to.equal(config);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('are never created in production', async () => {
    const config = { ...load(), profile: 'production' as const };
    expect((await ensureDevelopmentSecrets(config)).secret).to.deep.equal([]);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('are not replaced if the file is damaged, because stored data is sealed with them', async () => {
    await ensureDevelopmentSecrets(load());
    writeFileSync(join(dataDir, 'secret'), 'damaged\n');
    const failure: unknown = await ensureDevelopmentSecrets(load()).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ConfigurationError);
    expect(readFileSync(join(dataDir, 'secret'), 'utf8')).to.equal('damaged\n');
  });

  it('are the same for processes that start at the same time', async () => {
    const program = `
      const { loadConfig } = await import(${JSON.stringify(new URL('../../src/config/load.ts', import.meta.url).href)});
      const { ensureDevelopmentSecrets, ensureDemoSecrets } = await import(${JSON.stringify(new URL('../../src/development/secrets.ts', import.meta.url).href)});
      const config = loadConfig({ environment: { DATA_DIR: process.argv[1] } });
      const [{ secret }, demo] = await Promise.all([ensureDevelopmentSecrets(config), ensureDemoSecrets(config.data.dir, ['prints', 'calendar'])]);
      process.stdout.write(JSON.stringify([secret[0].toString('hex'), demo]));`;
    const starts = Array.from({ length: 4 }, () =>
      run(process.execPath, ['--input-type=module', '--eval', program, dataDir]),
    );
    const outputs = (await Promise.all(starts)).map(({ stdout }) => stdout);
    expect(new Set(outputs).size, outputs.join('\n')).to.equal(1);
    expect(readdirSync(dataDir).sort()).to.deep.equal(['demo-clients.json', 'secret']);
  });

  it('of demo clients are created once and kept, and new ones are added', async () => {
    expect(await readDemoSecrets(dataDir)).to.deep.equal({});
    const first = await ensureDemoSecrets(dataDir, ['prints']);
    expect(first['prints']).to.match(/^[\w-]{43}$/);
    const second = await ensureDemoSecrets(dataDir, ['prints', 'nightly-job']);
    expect(second['prints']).to.equal(first['prints']);
    expect(second['nightly-job']).to.match(/^[\w-]{43}$/);
    expect(await readDemoSecrets(dataDir)).to.deep.equal(second);
    expect(statSync(join(dataDir, 'demo-clients.json')).mode & 0o777).to.equal(0o600);
  });
});
