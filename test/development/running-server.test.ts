import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import {
  findRunningServer,
  localAddress,
  noteRunningServer,
  usesDatabase,
} from '../../src/development/running-server.ts';
import { freePort } from '../support/server.ts';

const launcher = fileURLToPath(new URL('../../src/cli/gatehouse.js', import.meta.url));
const demoSettings = new URL('../../examples/demo-settings.ts', import.meta.url).href;
const databaseUrl = 'sqlite:/srv/data/gatehouse.db';

describe('the note of a running server', () => {
  let folder: string;
  let answering: Server;
  let listensAt: string;
  let file: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-running-'));
    file = join(folder, 'running-server.json');
    answering = createServer((request, response) => response.writeHead(request.url === '/healthz' ? 200 : 404).end());
    answering.listen(0, '127.0.0.1');
    await once(answering, 'listening');
    listensAt = `http://localhost:${(answering.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    answering.closeAllConnections();
    answering.close();
    rmSync(folder, { recursive: true });
  });

  it('leads to the server of this folder while it answers, and to no server afterwards', async () => {
    expect(await findRunningServer(folder)).to.equal(undefined);
    const remove = await noteRunningServer(folder, { issuer: 'https://dev.example.test', listensAt, databaseUrl });
    const found = await findRunningServer(folder);
    expect(found).to.include({ issuer: 'https://dev.example.test', listensAt });
    expect(found !== undefined && usesDatabase(found, databaseUrl)).to.equal(true);
    expect(found !== undefined && usesDatabase(found, 'mongodb://127.0.0.1/other')).to.equal(false);
    remove();
    expect(existsSync(file)).to.equal(false);
    expect(await findRunningServer(folder)).to.equal(undefined);
  });

  it('is readable by its owner only, and holds no database password', async () => {
    await noteRunningServer(folder, { issuer: listensAt, listensAt, databaseUrl: 'mongodb://app:c4n4ry@db/x' });
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(readFileSync(file, 'utf8')).not.to.include('c4n4ry');
    const found = await findRunningServer(folder);
    expect(found !== undefined && usesDatabase(found, 'mongodb://app:c4n4ry@db/x')).to.equal(true);
  });

  it('is ignored if its process has ended, its address does not answer, or its content is not valid', async () => {
    await noteRunningServer(folder, { issuer: listensAt, listensAt, databaseUrl });
    const note = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const { pid } = spawnSync(process.execPath, ['--eval', '']);
    const silent = `http://localhost:${await freePort()}`;
    for (const content of [
      JSON.stringify({ ...note, pid }),
      JSON.stringify({ ...note, listensAt: silent }),
      JSON.stringify({ ...note, pid: -1 }),
      JSON.stringify({ ...note, issuer: 7 }),
      JSON.stringify({}),
      'not JSON',
      '',
    ]) {
      writeFileSync(file, content);
      expect(await findRunningServer(folder), content).to.equal(undefined);
    }
  });

  it('of another server with the same folder is not removed', async () => {
    const remove = await noteRunningServer(folder, { issuer: listensAt, listensAt, databaseUrl });
    const note = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...note, pid: process.ppid }));
    remove();
    expect(existsSync(file)).to.equal(true);
  });

  it('names an address that this machine can open, whatever address the server listens on', () => {
    expect(localAddress('127.0.0.1', 9700)).to.equal('http://localhost:9700');
    expect(localAddress('0.0.0.0', 9700)).to.equal('http://localhost:9700');
    expect(localAddress('::', 9700)).to.equal('http://localhost:9700');
    expect(localAddress('::1', 9700)).to.equal('http://[::1]:9700');
    expect(localAddress('192.0.2.1', 9700)).to.equal('http://192.0.2.1:9700');
  });
});

describe('a command in a second terminal', function terminals() {
  this.timeout(60_000);
  let folder: string;
  const serving: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-terminals-'));
  });
  afterEach(async () => {
    for (const child of serving.splice(0)) {
      await end(child, 'SIGKILL');
    }
    rmSync(folder, { recursive: true });
  });

  async function serve(environment: Readonly<Record<string, string>>): Promise<ChildProcess> {
    const child = spawn(process.execPath, [launcher, 'serve', '--json'], {
      cwd: folder,
      env: { ...environment, LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    serving.push(child);
    let output = '';
    for await (const chunk of child.stdout) {
      output += String(chunk);
      if (output.includes('"ready": true')) {
        break;
      }
    }
    expect(output).to.include('"ready": true');
    return child;
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
  }

  function setupLink(environment: Readonly<Record<string, string>> = {}): string {
    const { stdout, stderr } = spawnSync(process.execPath, [launcher, 'setup-link'], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    });
    expect(stderr).to.equal('');
    return new URL(stdout.trim()).origin;
  }

  /** The issuer that the examples use when they are started in this folder. */
  function examplesIssuer(environment: Readonly<Record<string, string>> = {}): string {
    const code = `console.log((await import(${JSON.stringify(demoSettings)})).issuer)`;
    return execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: folder,
      env: environment,
      encoding: 'utf8',
    }).trim();
  }

  it('finds the server that runs here, as the examples do, whatever port or address it was started with', async () => {
    const port = await freePort();
    const first = await serve({ PORT: String(port) });
    expect(setupLink()).to.equal(`http://localhost:${port}`);
    expect(examplesIssuer()).to.equal(`http://localhost:${port}`);
    expect(examplesIssuer({ ISSUER: 'https://dev.example.test' })).to.equal('https://dev.example.test');
    expect(examplesIssuer({ PORT: '9701' })).to.equal('http://localhost:9701');
    expect(setupLink({ PORT: '9701' }), 'its own PORT takes precedence').to.equal('http://localhost:9701');
    expect(setupLink({ ISSUER: 'https://dev.example.test' }), 'so does its own ISSUER').to.equal(
      'https://dev.example.test',
    );
    await end(first, 'SIGTERM');
    expect(existsSync(join(folder, 'data', 'running-server.json'))).to.equal(false);
    expect(setupLink(), 'no server runs').to.equal('http://localhost:3000');

    const second = await serve({ PORT: String(port), ISSUER: 'https://tunnel.example.test' });
    expect(setupLink()).to.equal('https://tunnel.example.test');
    await end(second, 'SIGKILL');
    expect(existsSync(join(folder, 'data', 'running-server.json'))).to.equal(true);
    expect(setupLink(), 'the note of a killed server is ignored').to.equal('http://localhost:3000');
    expect(examplesIssuer()).to.equal('http://localhost:3000');
  });

  it('is rejected without DATABASE_URL if the server that runs here uses another database', async () => {
    const databaseOfServer = `sqlite:${join(folder, 'other.db')}`;
    const port = await freePort();
    await serve({ PORT: String(port), DATABASE_URL: databaseOfServer });
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'setup-link'], {
      cwd: folder,
      env: {},
      encoding: 'utf8',
    });
    expect({ status, stdout }).to.deep.equal({ status: 78, stdout: '' });
    expect(stderr).to.include(`uses ${databaseOfServer}`).and.include('Set DATABASE_URL.');
    expect(existsSync(join(folder, 'data', 'gatehouse.db')), 'no second database is created').to.equal(false);
    expect(setupLink({ DATABASE_URL: databaseOfServer })).to.equal(`http://localhost:${port}`);
    expect(setupLink({ DATABASE_URL: `sqlite:${join(folder, 'third.db')}` }), 'an explicit one is used').to.equal(
      'http://localhost:3000',
    );
  });
});
