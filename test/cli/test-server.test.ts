/** `gatehouse test-server`, as the tests of another language use it (docs/testing.md). */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { decodeJwt } from 'jose';

const launcher = fileURLToPath(new URL('../../src/cli/gatehouse.js', import.meta.url));
const photos = 'https://photos.example/api';

interface Addresses {
  readonly issuer: string;
  readonly control: string;
}

interface Running extends Addresses {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly folder: string;
  /** Everything that it printed on standard output. */
  printed(): string;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

describe('gatehouse test-server', function testServer() {
  this.timeout(60_000);
  const folders: string[] = [];
  const children: ChildProcessByStdio<Writable, Readable, Readable>[] = [];
  let server: Running;

  function launch(
    argv: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Omit<Running, keyof Addresses> & { readonly errors: () => string } {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-server-'));
    folders.push(folder);
    const child = spawn(process.execPath, [launcher, 'test-server', ...argv], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(child);
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    return { child, folder, printed: () => output, errors: () => errors };
  }

  async function start(argv: readonly string[] = ['--port', '0']): Promise<Running & ReturnType<typeof launch>> {
    const launched = launch(argv);
    const lines = createInterface(launched.child.stdout);
    const [line] = (await Promise.race([once(lines, 'line'), once(launched.child, 'exit')])) as readonly unknown[];
    expect(line, launched.errors()).to.be.a('string');
    return { ...launched, ...(JSON.parse(String(line)) as Addresses) };
  }

  async function control(
    verb: string,
    input: object = {},
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
    of = server,
  ): Promise<Answer> {
    const response = await fetch(`${of.control}/${verb}`, { method: 'POST', headers, body: JSON.stringify(input) });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  async function exitOf({ child }: Running): Promise<unknown> {
    return child.exitCode ?? ((await once(child, 'exit')) as readonly unknown[])[0];
  }

  before(async () => {
    server = await start();
    await control('api', { identifier: photos, scopes: ['photos:read'], token_format: 'jwt', token_lifetime: 120 });
  });
  after(() => {
    for (const child of children) {
      child.kill('SIGKILL');
    }
    for (const folder of folders) {
      rmSync(folder, { recursive: true });
    }
  });

  it('prints one line of JSON with its addresses, and writes nothing to the disk', async () => {
    await control('token', { sub: 'usr_disk', scope: 'photos:read' });
    expect(server.printed().trimEnd().split('\n')).to.have.length(1);
    expect(Object.keys(JSON.parse(server.printed()) as object)).to.deep.equal(['issuer', 'control']);
    // Node's own, of compiled code (src/cli/gatehouse.js).
    expect(readdirSync(server.folder).filter((name) => name !== 'node-compile-cache')).to.deep.equal([]);
    expect((await fetch(`${server.issuer}/readyz`)).status).to.equal(200);
  });

  it('issues tokens by its control interface', async () => {
    const { status, body } = await control('token', { sub: 'usr_ada', scope: 'photos:read', resource: photos });
    expect(status).to.equal(200);
    expect(body).to.include({ token_type: 'Bearer', expires_in: 120 });
    expect(decodeJwt(String(body['access_token']))).to.include({ sub: 'usr_ada', aud: photos, iss: server.issuer });
    const expired = await control('token', { sub: 'usr_ada', scope: 'photos:read', expires_in: -5 });
    expect(Number(decodeJwt(String(expired.body['access_token'])).exp)).to.be.below(Date.now() / 1000);
  });

  it('makes users and clients, and signs users in', async () => {
    const { body: user } = await control('user', {
      email: 'lin@example.com',
      password: 'seven lamps light the harbour',
      profile: { given_name: 'Lin' },
      email_verified: false,
    });
    expect(user).to.include({ email: 'lin@example.com', password: 'seven lamps light the harbour' });
    const { body: client } = await control('client', { redirect_uris: ['http://localhost:4000/callback'] });
    expect(client).to.have.keys('client_id', 'client_secret', 'redirect_uris', 'type');
    const url = new URL(`${server.issuer}/authorize`);
    url.search = new URLSearchParams({
      client_id: String(client['client_id']),
      response_type: 'code',
      redirect_uri: 'http://localhost:4000/callback',
      scope: 'openid',
      nonce: 'n',
    }).toString();
    const { body } = await control('login', { url: url.href, user: 'lin@example.com' });
    expect(body['location']).to.match(/^http:\/\/localhost:4000\/callback\?code=/);
  });

  it('revokes, fails, drops and moves its clock', async () => {
    await control('fail', { endpoint: 'jwks', status: 429, headers: { 'Retry-After': '1' } });
    expect((await fetch(`${server.issuer}/jwks`)).headers.get('retry-after')).to.equal('1');
    await control('drop', { endpoint: 'jwks' });
    expect(await fetch(`${server.issuer}/jwks`).catch((error: unknown) => error)).to.be.instanceOf(TypeError);
    expect((await fetch(`${server.issuer}/jwks`)).status).to.equal(200);
    const { body } = await control('token', { sub: 'usr_ada', scope: 'openid' });
    const userinfo = async (): Promise<number> =>
      (
        await fetch(`${server.issuer}/userinfo`, {
          headers: { authorization: `Bearer ${String(body['access_token'])}` },
        })
      ).status;
    expect(await userinfo()).to.equal(200);
    expect(await control('revoke', { token: body['access_token'] })).to.deep.equal({ status: 200, body: {} });
    expect(await userinfo()).to.equal(401);
    const { body: moved } = await control('advance', { seconds: 7200 });
    expect(Date.parse(String(moved['now'])) - Date.now()).to.be.greaterThan(7_100_000);
  });

  for (const [what, verb, input, status, error] of [
    ['an unknown verb', 'tokens', {}, 404, 'not_found'],
    ['a member of another type', 'advance', { seconds: 'ten' }, 400, 'invalid_input'],
    ['a user that cannot exist', 'token', { sub: 'ada' }, 400, 'invalid_input'],
    ['text instead of an object', 'token', 'usr_ada', 400, 'invalid_input'],
    ['an endpoint that does not exist', 'fail', { endpoint: 'tokens' }, 400, 'invalid_input'],
    ['scopes in a list', 'token', { sub: 'usr_ada', scope: ['photos:read'] }, 400, 'invalid_input'],
    ['a member that does not exist', 'token', { sub: 'usr_ada', scopes: 'photos:read' }, 400, 'invalid_input'],
    ['a user that is nothing', 'token', { sub: null }, 400, 'invalid_input'],
    ['a lifetime in words', 'token', { expires_in: '60' }, 400, 'invalid_input'],
    ['a personal token without an API', 'personal_token', { sub: 'usr_ada', scope: 'a' }, 400, 'invalid_input'],
    ['an API without scopes', 'api', { identifier: 'https://other.example' }, 400, 'invalid_input'],
    ['scopes that are no list', 'api', { identifier: 'https://other.example', scopes: 'a' }, 400, 'invalid_input'],
    [
      'an algorithm that no key has',
      'api',
      { identifier: 'https://other.example', scopes: ['a'], token_alg: 'HS256' },
      400,
      'invalid_input',
    ],
    ['a type of client that does not exist', 'client', { type: 'spa' }, 400, 'invalid_input'],
    ['groups that are no list', 'user', { groups: 'staff' }, 400, 'invalid_input'],
    ['a role that does not exist', 'user', { role: 'root' }, 400, 'invalid_input'],
    ['a page without a host', 'login', { url: '/authorize' }, 400, 'invalid_input'],
    ['a number of failures in words', 'fail', { endpoint: 'token', times: '2' }, 400, 'invalid_input'],
    ['a time that no clock can have', 'advance', { seconds: 1e300 }, 400, 'failed'],
    ['a time in the past', 'advance', { seconds: -1 }, 400, 'failed'],
    ['a token that the server refuses', 'token', { scope: 'photos:raed' }, 422, 'failed'],
  ] as const) {
    it(`explains what is wrong with ${what}`, async () => {
      const answer = await control(verb, input as object);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.include({ error }).and.have.property('error_description').that.is.a('string');
    });
  }

  it('knows a member also by the name that the functions have for it', async () => {
    const { body } = await control('token', { sub: 'usr_ada', scope: 'photos:read', expiresIn: 90 });
    expect(body).to.include({ token_type: 'Bearer', expires_in: 90 });
  });

  it('names the member that is wrong, and those that are expected', async () => {
    const described = async (verb: string, input: object): Promise<unknown> =>
      (await control(verb, input)).body['error_description'];
    expect(await described('token', { scope: ['photos:read'] })).to.equal(
      'The member "scope": Invalid input: expected string, received array.',
    );
    expect(await described('token', { scopes: 'photos:read' })).to.equal(
      'Expected only the members sub, scope, resource, expires_in, client, not "scopes".',
    );
    expect(await described('client', { redirect_uris: 'https://a.example' })).to.equal(
      'The member "redirect_uris": Invalid input: expected array, received string.',
    );
    expect(await described('api', { identifier: 'https://b.example', scopes: [5] })).to.equal(
      'The member "scopes.0": Invalid input: expected string, received number.',
    );
  });

  it('still has its time after a request to move it too far', async () => {
    await control('advance', { seconds: 1e300 });
    expect((await control('token', { scope: 'photos:read' })).status).to.equal(200);
  });

  it('answers no web page, which a browser would let send some requests', async () => {
    expect((await control('user', {}, { 'content-type': 'text/plain' })).status).to.equal(403);
    const withOrigin = { 'content-type': 'application/json', origin: 'https://evil.example' };
    expect((await control('user', {}, withOrigin)).status).to.equal(403);
    expect((await fetch(`${server.control}/user`)).status).to.equal(405);
  });

  it('ends at SIGTERM, with exit code 0', async () => {
    const running = await start(['--setting', 'LIFETIME_ACCESS_TOKEN_OPAQUE=5m']);
    const { body } = await control('token', { sub: 'usr_ada', scope: 'openid' }, undefined, running);
    expect(body['expires_in']).to.equal(300);
    running.child.kill('SIGTERM');
    expect(await exitOf(running)).to.equal(0);
  });

  it('ends when its standard input is closed, as it is when the program that started it ends', async () => {
    const running = await start([]);
    running.child.stdin.end();
    expect(await exitOf(running)).to.equal(0);
  });

  it('ends with the program that started it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-server-'));
    folders.push(folder);
    // Its standard input is no pipe, so only its parent can end it.
    const parent = spawn('sh', ['-c', `"${process.execPath}" "${launcher}" test-server </dev/null & wait`], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as readonly unknown[];
    const { issuer } = JSON.parse(String(line)) as Addresses;
    expect((await fetch(`${issuer}/readyz`)).status).to.equal(200);
    parent.kill('SIGKILL');
    for (let isUp = true; isUp;) {
      isUp = await fetch(`${issuer}/readyz`).then(
        () => true,
        () => false,
      );
    }
  });

  it('does not start in production', async () => {
    const { child, errors } = launch([], { NODE_ENV: 'production' });
    expect(((await once(child, 'exit')) as readonly unknown[])[0]).to.equal(78);
    expect(errors()).to.include('Set NODE_ENV=test');
  });

  it('does not start with a setting that it decides by itself', async () => {
    const { child, errors } = launch(['--setting', 'ISSUER=https://login.example']);
    expect(((await once(child, 'exit')) as readonly unknown[])[0]).to.equal(78);
    expect(errors()).to.include('ISSUER: a test server has an address of its own');
  });

  it('writes its log if it is asked to', async () => {
    const running = await start(['--setting', 'LOG_LEVEL=info']);
    running.child.kill('SIGTERM');
    expect(await exitOf(running)).to.equal(0);
    expect(running.errors()).to.include('"level":"info"');
  });

  it('rejects options that are not valid', async () => {
    for (const argv of [
      ['--port', '70000'],
      ['--control-port', 'x'],
      ['--setting', 'lifetime'],
    ]) {
      const { child, errors } = launch(argv);
      expect(((await once(child, 'exit')) as readonly unknown[])[0], argv.join(' ')).to.equal(2);
      expect(errors()).to.include(argv[0]);
    }
  });
});
