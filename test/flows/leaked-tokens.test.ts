import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { newPersonalAccessToken } from '../../src/crypto/personal-access-tokens.ts';
import {
  archive,
  callAs,
  createUser,
  isActive,
  obtain,
  photos,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

onEachDatabase('reports of leaked tokens', (start) => {
  let server: TestServer;
  let accountId: string;
  let api: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await server.services.apis.update(photos, { personalTokens: true }, by);
    accountId = await createUser(server);
    api = await registerApp(server, { type: 'machine', name: 'Photos API', apis: [photos] });
  });

  const create = async () =>
    server.services.personalAccessTokens.create(
      accountId,
      { name: 'nightly backup', access: [{ api: photos, scopes: ['photos:read'] }], expiresIn: 3600 },
      by,
    );

  async function report(
    body: unknown,
    headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
  ): Promise<{ readonly status: number; readonly body: unknown; readonly headers: Headers }> {
    const response = await fetch(`${server.issuer}/leaked-tokens`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  const events = async () =>
    (await server.services.audit.list({ limit: 100 })).filter(({ type }) => type === 'token.reported');
  /** The mails in the outbox, without those about sign-ins from new devices. */
  async function mails() {
    const entries = await server.services.outbox.list({ limit: 100, kind: 'mail' });
    const contents = await Promise.all(entries.map(({ id }) => server.services.outbox.show(id)));
    return entries.filter((_entry, at) => !JSON.stringify(contents[at]?.content).includes('/new-device/'));
  }

  it('end a personal access token, which the owner gets a mail about, in the form of GitHub', async () => {
    const { token, value } = await create();
    expect(await isActive(server, api, value)).to.equal(true);
    const { status, body, headers } = await report([
      {
        token: value,
        type: 'gatehouse_personal_access_token',
        url: 'https://github.com/octocat/Hello-World/blob/main/foo.txt?secret=x#L1',
        source: 'content',
      },
    ]);
    expect(status).to.equal(200);
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(body).to.deep.equal([
      { token_raw: value, token_type: 'gatehouse_personal_access_token', label: 'true_positive' },
    ]);
    expect(await isActive(server, api, value)).to.equal(false);
    const [event] = await events();
    expect(event).to.deep.include({
      accountId,
      actor: 'system',
      address: '127.0.0.1',
      detail: {
        id: token.id,
        name: 'nightly backup',
        url: 'https://github.com/octocat/Hello-World/blob/main/foo.txt',
        source: 'content',
      },
    });
    const [mail] = await mails();
    const content = JSON.stringify((await server.services.outbox.show(mail?.id ?? ''))?.content);
    expect(content).to.include('nightly backup').and.include('ada@example.com');
    expect(content, 'what the reporter wrote could be a trap').to.not.include('github.com');
    expect(content).to.not.include('gth_pat_');
  });

  it('are sent as docs/personal-access-tokens.md shows', async () => {
    const page = readFileSync(new URL('../../docs/personal-access-tokens.md', import.meta.url), 'utf8');
    const [, path = '', body = ''] = /localhost:3000(\/[\w-]+) .*-d '(.*)'/.exec(page) ?? [];
    expect(path).to.equal('/leaked-tokens');
    expect((await report(body)).body).to.have.nested.property('[0].label', 'false_positive');
  });

  it('answer for each token of a report, and end only those of this server', async () => {
    const { value } = await create();
    const { value: untouched } = await create();
    const foreign = ['ghp_000000000000000000000000000000000000', newPersonalAccessToken(), 'x'.repeat(43), '', 'a.b.c'];
    const { body } = await report([...foreign, value].map((token) => ({ token, type: 'any' })));
    expect((body as readonly { readonly label: string }[]).map(({ label }) => label)).to.deep.equal([
      ...foreign.map(() => 'false_positive'),
      'true_positive',
    ]);
    expect((await report([{ token: value }])).body, 'again').to.deep.equal([
      { token_raw: value, label: 'false_positive' },
    ]);
    expect(await isActive(server, api, untouched)).to.equal(true);
  });

  it('are recorded and mailed once when a token is reported several times at the same moment', async () => {
    const { token, value } = await create();
    const before = (await mails()).length;
    await Promise.all(Array.from({ length: 8 }, () => report([{ token: value }])));
    expect((await events()).filter(({ detail }) => detail?.['id'] === token.id)).to.have.length(1);
    expect(await mails()).to.have.length(before + 1);
  });

  it('end an access token alone: its holder could not use more than it either', async () => {
    const app = await registerApp(server);
    const before = (await mails()).length;
    for (const [resource, scope] of [
      [archive, 'openid archive:read'],
      [photos, 'openid offline_access photos:read'],
      [undefined, 'openid email'],
    ] as const) {
      const tokens = await obtain(server, app, { scope, ...(resource === undefined ? {} : { resource }) });
      const token = tokens['access_token'];
      expect((await report([{ token }])).body).to.have.nested.property('[0].label', 'true_positive');
      expect(await isActive(server, app, token), scope).to.equal(false);
      expect((await report([{ token }])).body, 'again').to.have.nested.property('[0].label', 'false_positive');
      expect((await events())[0]).to.include({ accountId, clientId: app.clientId });
      const { status, body } = await refresh(server, app, tokens['refresh_token']);
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(await isActive(server, app, body['access_token']), scope).to.equal(true);
    }
    expect(await mails(), 'nothing that the user notices has ended').to.have.length(before);
  });

  it('end a refresh token with its grant, which the user gets a mail about', async () => {
    const app = await registerApp(server, { name: 'Leaky Prints' });
    for (const resource of [archive, photos]) {
      const before = (await mails()).length;
      const scope = resource === archive ? 'openid offline_access archive:read' : 'openid photos:read';
      const tokens = await obtain(server, app, { resource, scope });
      const token = tokens['refresh_token'];
      expect((await report([{ token }])).body).to.have.nested.property('[0].label', 'true_positive');
      expect(await isActive(server, app, tokens['access_token']), resource).to.equal(false);
      expect((await refresh(server, app, token)).body).to.include({ error: 'invalid_grant' });
      expect((await events())[0]).to.include({ accountId, clientId: app.clientId });
      const [mail, ...others] = await mails();
      expect(others).to.have.length(before);
      const content = JSON.stringify((await server.services.outbox.show(mail?.id ?? ''))?.content);
      expect(content).to.include('Leaky Prints').and.include('ada@example.com');
    }
  });

  it('end the token of a machine', async () => {
    const machine = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos, archive] });
    for (const scope of ['photos:read', 'archive:read']) {
      const { body } = await callAs(server, machine, '/token', { grant_type: 'client_credentials', scope });
      const { access_token: token } = body;
      expect((await report([{ token }])).body).to.have.nested.property('[0].label', 'true_positive');
      expect(await isActive(server, machine, token), scope).to.equal(false);
      expect((await report([{ token }])).body).to.have.nested.property('[0].label', 'false_positive');
    }
  });

  it('need no signature, and one that is wrong does not matter: the token is the proof', async () => {
    const { value } = await create();
    const { body } = await report([{ token: value }], {
      'content-type': 'application/json; charset=utf-8',
      'github-public-key-identifier': 'x',
      'github-public-key-signature': 'x',
    });
    expect(body).to.have.nested.property('[0].label', 'true_positive');
  });

  it('reject what is no report', async () => {
    for (const [body, headers, status] of [
      ['[', undefined, 400],
      ['{}', undefined, 400],
      ['[]', undefined, 400],
      ['null', undefined, 400],
      [[{ type: 'x' }], undefined, 400],
      [[{ token: 1 }], undefined, 400],
      [Array.from({ length: 101 }, () => ({ token: 'x' })), undefined, 400],
      [[{ token: 'x'.repeat(300_000) }], undefined, 413],
      ['[{"token":"x"}]', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
      ['[{"token":"x"}]', { 'content-type': 'text/plain' }, 415],
    ] as const) {
      const answer = await report(body, headers);
      expect(answer.status, JSON.stringify(body).slice(0, 60)).to.equal(status);
      expect(answer.body).to.have.property('error');
    }
    expect((await fetch(`${server.issuer}/leaked-tokens`)).status).to.equal(405);
  });

  it('are limited to sixty a minute from one address', async () => {
    const limited = await start();
    const statuses = [];
    for (let count = 0; count < 61; count += 1) {
      const response = await fetch(`${limited.issuer}/leaked-tokens`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '[{"token":"x"}]',
      });
      statuses.push(response.status);
      if (response.status === 429) {
        expect(Number(response.headers.get('retry-after'))).to.be.within(1, 60);
      }
    }
    expect(statuses.slice(0, 60).every((status) => status === 200)).to.equal(true);
    expect(statuses[60]).to.equal(429);
  });
});
