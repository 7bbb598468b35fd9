/**
 * The package `gatehouse-guard`, packed and installed as an API's developer does it, on every Node that it supports.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { audience, startIssuer, type Issuer } from '../guard/issuer.ts';
import { reportSkipped } from '../support/skipped.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Node 24 is the one that runs this test. */
const otherVersions = ['20.20.2', '22.23.3'];

/** Prints the status that each token of the standard input gets. */
const program = `
import { guard } from 'gatehouse-guard';
import { readFileSync } from 'node:fs';

const { issuer, audience, tokens } = JSON.parse(readFileSync(0, 'utf8'));
const introspection = { clientId: 'api', clientSecret: 'secret' };
const photos = guard({ issuer, audience, introspection }).fetch();
const handle = photos.require('photos:read')((request, { sub }) => Response.json({ sub }));
await photos.ready();
const statuses = {};
for (const [name, token] of Object.entries(tokens)) {
  const headers = { authorization: 'Bearer ' + token };
  statuses[name] = (await handle(new Request('http://localhost/photos', { headers }))).status;
}
photos.close();
console.log(JSON.stringify(statuses));
`;

/** An API in TypeScript, with the frameworks' own types. */
const typedProgram = `
import { guard, type Claims } from 'gatehouse-guard';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';

const ours = guard<{ groups: string[] }>({ issuer: 'https://login.example', audience: 'https://photos.example' });
const ofKoa = ours.koa();
new Koa().use(ofKoa.metadata).use(ofKoa.require('a'));
const ofExpress = ours.express();
express().use(ofExpress.metadata).get('/', ofExpress.require('a'), (request, response) => {
  response.json(ofExpress.claims(request).groups);
});
const ofFastify = ours.fastify();
fastify().get('/', { onRequest: ofFastify.require('a') }, async (request) => ofFastify.claims(request).groups);
const ofHono = ours.hono({ address: (context) => context.req.raw.headers.get('x-real-ip') ?? undefined });
new Hono().use(ofHono.metadata).get('/', ofHono.require('a'), (context) => context.json(ofHono.claims(context)));
const claims: Claims = ofKoa.claims({});
// @ts-expect-error: sub is a string
export const wrong: number = claims.sub;
`;

describe('the package gatehouse-guard', function packaged() {
  this.timeout(600_000);
  let folder: string;
  let issuer: Issuer;

  /** Installs packages, or skips the test or suite where the registry cannot be reached. */
  async function install(context: Mocha.Context, prefix: string, name: string): Promise<void> {
    try {
      await run('npm', ['install', '--no-audit', '--no-fund', name], { cwd: prefix });
    } catch (error) {
      reportSkipped('the package gatehouse-guard', `It needs the npm registry: ${String(error).split('\n', 1)[0]}`);
      context.skip();
    }
  }

  before(async function pack() {
    issuer = await startIssuer();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-guard-'));
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: join(root, 'packages', 'guard'),
    });
    const tarball = /"filename": "([^"]+)"/.exec(stdout)?.[1] ?? '';
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    await writeFile(join(folder, 'program.js'), program);
    await writeFile(join(folder, 'typed-program.ts'), typedProgram);
    await install(this, folder, `./${tarball}`);
  });
  after(async () => {
    await issuer.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function tokens(): Promise<Readonly<Record<string, string>>> {
    const seconds = Math.floor(Date.now() / 1000);
    await issuer.revoke('grant:ended');
    issuer.describe('opaque', { active: true, sub: 'ada', scope: 'photos:read', aud: audience });
    return {
      valid: await issuer.token(),
      expired: await issuer.token({ exp: seconds - 60 }),
      revoked: await issuer.token({ grant_id: 'ended' }),
      otherApi: await issuer.token({ aud: 'https://other.example' }),
      idToken: await issuer.token({}, { typ: 'JWT' }),
      withoutScope: await issuer.token({ scope: 'photos:write' }),
      opaque: 'opaque',
      unknown: 'unknown',
    };
  }

  async function expectToWork(node: string): Promise<void> {
    const running = run(node, ['program.js'], { cwd: folder, timeout: 60_000 });
    running.child.stdin?.end(JSON.stringify({ issuer: issuer.issuer, audience, tokens: await tokens() }));
    const { stdout } = await running;
    expect(JSON.parse(stdout)).to.deep.equal({
      valid: 200,
      expired: 401,
      revoked: 401,
      otherApi: 401,
      idToken: 401,
      withoutScope: 403,
      opaque: 200,
      unknown: 401,
    });
  }

  it('has jose as its only dependency, in the version of the server', async () => {
    const read = async (path: string) =>
      JSON.parse(await readFile(path, 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };
    const { dependencies } = await read(join(folder, 'node_modules', 'gatehouse-guard', 'package.json'));
    const { jose } = (await read(join(root, 'package.json'))).dependencies;
    expect(dependencies).to.deep.equal({ jose });
  });

  it(`works on Node ${process.versions.node}`, () => expectToWork(process.execPath));

  for (const version of otherVersions) {
    it(`works on Node ${version}`, async function otherNode() {
      const place = await mkdtemp(join(tmpdir(), 'gatehouse-node-'));
      try {
        await writeFile(join(place, 'package.json'), '{ "private": true }');
        await install(this, place, `node@${version}`);
        await expectToWork(join(place, 'node_modules', 'node', 'bin', 'node'));
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    });
  }

  it('has types that fit those of the frameworks', async () => {
    const modules = join(folder, 'node_modules');
    for (const name of ['express', 'fastify', 'hono', 'koa', '@types']) {
      await symlink(join(root, 'node_modules', name), join(modules, name));
    }
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
    const options = '--noEmit --strict --module nodenext --target es2023 --types node'.split(' ');
    const checked = await run(process.execPath, [compiler, ...options, 'typed-program.ts'], { cwd: folder }).catch(
      (error: { readonly stdout?: string }) => error,
    );
    expect(checked.stdout).to.equal('');
  });
});
