/** The quick starts of docs/guard.md, run as they are there against the real server. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { callAs, photos, registerApp, seedApis, type AppClient } from '../support/app.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(join(root, 'docs', 'guard.md'), 'utf8');

/** The program under each heading of the quick starts. */
const quickStarts = [...page.matchAll(/^### (\w+)\n[^]*?^```js\n([^]*?)^```$/gm)].map(([, name = '', code = '']) => ({
  name,
  code,
}));

/** Options of an interface in the source, in order. */
async function optionsIn(file: string, name: string): Promise<readonly string[]> {
  const source = await readFile(join(root, 'src', 'guard', file), 'utf8');
  const [, body = ''] = new RegExp(`export interface ${name} \\{\\n([^]*?)^\\}`, 'm').exec(source) ?? [];
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, option = '']) => option);
}

describe('docs/guard.md', function quickStartsOfGuard() {
  this.timeout(30_000);
  let server: TestServer;
  let folder: string;
  let machine: AppClient;
  let running: ChildProcess | undefined;

  before(async () => {
    server = await startTestServer();
    await seedApis(server);
    machine = await registerApp(server, { type: 'machine', name: 'Nightly job' });
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-quick-starts-'));
    const modules = join(folder, 'node_modules');
    const packages = ['express', 'fastify', 'hono', 'koa', '@hono/node-server', '@koa/router'];
    for (const name of packages) {
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(root, 'node_modules', name), join(modules, name));
    }
    await symlink(root, join(modules, 'gatehouse'));
  });
  afterEach(async () => {
    if (running !== undefined && running.exitCode === null) {
      running.kill();
      await once(running, 'exit');
    }
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function tokenFor(scope: string): Promise<string> {
    const fields = { grant_type: 'client_credentials', scope, resource: photos };
    return String((await callAs(server, machine, '/token', fields)).body['access_token']);
  }

  /** Starts a program. @returns its address, once it answers */
  async function start(code: string): Promise<string> {
    const port = await freePort();
    const file = join(folder, 'api.mjs');
    await writeFile(file, code.replace('http://localhost:3000', server.issuer).replace('4100', String(port)));
    const options = ['--conditions=gatehouse-source', '--disable-warning=ExperimentalWarning'];
    const api = spawn(process.execPath, [...options, file], { stdio: ['ignore', 'inherit', 'inherit'] });
    running = api;
    const url = `http://localhost:${port}`;
    while (api.exitCode === null && (await fetch(url).catch(() => undefined)) === undefined) {
      await wait(50);
    }
    return url;
  }

  it('has a quick start for each framework', () => {
    expect(quickStarts.map(({ name }) => name)).to.deep.equal(['Express', 'Fastify', 'Hono', 'Koa', 'Fetch']);
  });

  it('has commands that register an API and get a token for it, on a server with the demo clients', async () => {
    const [, commands = ''] = /^```sh\n([^]*?)^```$/m.exec(page) ?? [];
    const other = await startTestServer({ environment: { NODE_ENV: 'development' } });
    try {
      const code = commands.replaceAll('http://localhost:3000', other.issuer);
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', code], {
        cwd: root,
        env: {
          ...other.environment,
          PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
          HOME: process.env['HOME'],
        },
      });
      expect(JSON.parse(stdout.split('\n').at(-1) ?? '')).to.include({ scope: 'photos:read', token_type: 'Bearer' });
    } finally {
      await other.stop();
    }
  });

  it('has quick starts of 20 lines', () => {
    for (const { name, code } of quickStarts) {
      expect(code.trim().split('\n').length, name).to.be.at.most(20);
    }
  });

  it('lists every option, in the order of the source', async () => {
    const [, table = ''] = /<!-- options:start -->\n([^]*?)<!-- options:end -->/.exec(page) ?? [];
    const listed = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, option]) => option);
    expect(listed).to.deep.equal(await optionsIn('options.ts', 'GuardOptions'));
    const [, row = ''] = /^\| `introspection` (.*)$/m.exec(table) ?? [];
    const ofIntrospection = [...row.matchAll(/`(\w+)`/g)]
      .map(([, option]) => option)
      .filter((name) => name !== 'false');
    expect(ofIntrospection).to.deep.equal(await optionsIn('introspection.ts', 'IntrospectionOptions'));
  });

  for (const { name, code } of quickStarts) {
    it(`has a quick start for ${name} that works`, async () => {
      const url = await start(code);
      const call = (token?: string): Promise<Response> =>
        fetch(`${url}/photos`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
      const response = await call(await tokenFor('photos:read'));
      expect(response.status).to.equal(200);
      expect(await response.json()).to.deep.equal({ user: machine.clientId, app: machine.clientId });
      expect((await call()).status).to.equal(401);
      expect((await call('nothing')).status).to.equal(401);
      expect((await call(await tokenFor('photos:write'))).status).to.equal(403);
      const metadata = await fetch(`${url}/.well-known/oauth-protected-resource/api`);
      expect(await metadata.json()).to.deep.include({
        resource: photos,
        authorization_servers: [server.issuer],
        scopes_supported: ['photos:read'],
      });
    });
  }
});
