import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { presetNames } from '../../src/presets/load.ts';
import { installPackage } from '../support/package.ts';

describe('the published package', function () {
  this.timeout(60_000);
  let folder: string;
  let installed: string;
  let files: readonly string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-package-'));
    ({ installed, files } = await installPackage(folder));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('contains the build, the launcher, the views and the configuration, and nothing else', () => {
    const kinds = new Set(files.map((path) => path.split('/', 1)[0] ?? path));
    expect([...kinds].toSorted()).to.deep.equal([
      'LICENSE',
      'README.md',
      'config',
      'dist',
      'package.json',
      'src',
      'views',
    ]);
    expect(files.filter((path) => path.startsWith('src/'))).to.deep.equal(['src/cli/gatehouse.js']);
    expect(files).to.include('dist/index.d.ts');
    expect(
      files.filter((path) => /\/write-[\w-]+\.js$/.test(path)),
      'programs that write generated files',
    ).to.deep.equal([]);
  });

  it('has the presets of clients', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(installed, 'src', 'cli', 'gatehouse.js'), 'client', 'presets', '--json'],
      { cwd: folder },
    );
    const { presets } = JSON.parse(stdout) as { readonly presets: readonly { readonly name: string }[] };
    expect(presets.map(({ name }) => name)).to.deep.equal(presetNames());
  });

  it('has the test double', async () => {
    const program = `
      import { startTestServer } from 'gatehouse/testing';
      await using server = await startTestServer({ apis: [{ identifier: 'urn:photos', scopes: ['photos:read'] }] });
      console.log((await server.token({ sub: 'usr_ada', scope: 'photos:read' })).split('.').length);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: installed,
    });
    expect(stdout).to.equal('3\n');
  });

  it('serves with only its declared dependencies', async () => {
    const server = spawn(process.execPath, [join(installed, 'src', 'cli', 'gatehouse.js'), 'serve', '--json'], {
      cwd: folder,
      env: { PORT: '0', ISSUER: 'http://localhost:1', LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    try {
      const [line] = (await Promise.race([
        once(createInterface(server.stdout), 'line'),
        once(server, 'exit'),
      ])) as readonly unknown[];
      expect(line, errors).to.be.a('string').and.include('{');
    } finally {
      const exited = server.exitCode === null ? once(server, 'exit') : Promise.resolve([server.exitCode]);
      server.kill('SIGTERM');
      expect((await exited)[0], errors).to.equal(0);
    }
  });
});
