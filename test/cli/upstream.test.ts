import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { loadUpstreamPreset, upstreamPresetNames } from '../../src/presets/upstreams.ts';
import { startOauth2Provider } from '../support/oauth2-provider.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase } from './installation.ts';

describe('the presets of other identity providers', () => {
  it('are complete: an OpenID Connect provider has an issuer, an OAuth 2 server its endpoints and a subject', () => {
    for (const preset of upstreamPresetNames().map(loadUpstreamPreset)) {
      const { protocol, issuer, needsIssuer, tokenEndpoint, userinfoEndpoint, claims } = preset;
      if (protocol === 'oidc') {
        expect(issuer ?? needsIssuer, preset.name).to.match(/^https:/);
      } else {
        expect([tokenEndpoint, userinfoEndpoint, claims['sub']], preset.name).not.to.include(undefined);
      }
    }
  });
});

onEachDatabase('gatehouse upstream', (installation) => {
  let provider: OpenidProvider;

  before(async () => {
    provider = await startOpenidProvider({ redirectUri: 'http://localhost:3000/upstream/staff/callback' });
  });
  after(() => provider?.close());
  afterEach(() => installation().gatehouse(['upstream', 'delete', 'staff']));

  const create = (...more: readonly string[]): readonly string[] => [
    'upstream',
    'create',
    '--id',
    'staff',
    '--name',
    'Staff',
    '--issuer',
    provider.issuer,
    '--client-id',
    'gatehouse',
    '--secret-stdin',
    ...more,
  ];

  it('create stores the secret encrypted, prints the redirect URI, and trusts nothing by default', async () => {
    const { stdout, exitCode } = await installation().gatehouse(create(), provider.secret);
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain(`${installation().issuer}/upstream/staff/callback`).and.not.to.contain(provider.secret);
    const { document } = await installation().json(['upstream', 'list']);
    const [found] = document['upstreams'] as readonly Readonly<Record<string, unknown>>[];
    expect(found).to.deep.include({ id: 'staff', create_users: false, authoritative_for: [], has_secret: true });
    const stored = await installation().withServices(({ upstreams }) => upstreams.get('staff'));
    expect(JSON.stringify(stored)).not.to.contain(provider.secret);
  });

  it('create fills in a preset; the given options win', async () => {
    const { document } = await installation().json(
      [
        'upstream',
        'create',
        '--for',
        'github',
        '--id',
        'staff',
        '--client-id',
        'x',
        '--secret-stdin',
        '--claim',
        'name=login',
      ],
      'secret',
    );
    expect(document).to.include({ id: 'staff', name: 'GitHub', protocol: 'oauth2', auth_method: 'client_secret_post' });
    expect(document['claims']).to.deep.include({ sub: 'id', name: 'login' });
    const missing = await installation().gatehouse(['upstream', 'create', '--for', 'keycloak', '--client-id', 'x']);
    expect(missing.exitCode).to.equal(2);
    expect(missing.stderr).to.contain('--issuer');
  });

  it('create translates an acr of the provider into one of this server, and rejects one that this server does not have', async () => {
    const given = create(
      '--acr',
      'urn:there:two=https://refeds.org/profile/mfa',
      '--acr',
      'gold=urn:gatehouse:acr:email',
    );
    const { document } = await installation().json(given, provider.secret);
    expect(document['acrs']).to.deep.equal([
      { from: 'urn:there:two', to: 'https://refeds.org/profile/mfa' },
      { from: 'gold', to: 'urn:gatehouse:acr:email' },
    ]);
    const stored = await installation().withServices(({ upstreams }) => upstreams.get('staff'));
    expect(stored.acrs).to.deep.equal(document['acrs']);
    await installation().gatehouse(['upstream', 'delete', 'staff']);
    for (const [acr, message] of [
      ['urn:there:two=urn:nobody', 'This server has no acr "urn:nobody"'],
      ['urn:there:two', 'THEIRS=OURS'],
    ] as const) {
      const { exitCode, stderr } = await installation().gatehouse(create('--acr', acr), provider.secret);
      expect(exitCode, acr).to.equal(2);
      expect(stderr, acr).to.contain(message);
    }
    expect((await installation().json(['upstream', 'list'])).document['upstreams']).to.deep.equal([]);
  });

  it("create reads Apple's private key from a file, and rejects another one", async () => {
    const apple = ['upstream', 'create', '--for', 'apple', '--id', 'staff', '--client-id', 'com.example.web'];
    const ids = ['--apple-team-id', 'TEAM', '--apple-key-id', 'KEY'];
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = await installation().file('key.p8', String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
    expect((await installation().gatehouse([...apple, ...ids, '--secret-file', key])).exitCode).to.equal(0);
    await installation().gatehouse(['upstream', 'delete', 'staff']);
    const wrong = await installation().file('wrong.p8', 'no key');
    expect((await installation().gatehouse([...apple, ...ids, '--secret-file', wrong])).stderr).to.contain('.p8');
  });

  it('update changes fields, and empties a list that is given as an empty text', async () => {
    await installation().gatehouse(
      create('--create-users', '--confirm-addresses', '--authoritative-for', 'Example.COM'),
      provider.secret,
    );
    const update = ['upstream', 'update', 'staff'];
    const listed = await installation().json(['upstream', 'list']);
    expect(JSON.stringify(listed.document)).to.include('"confirm_addresses":true');
    expect((await installation().json([...update, '--trusted-addresses-only'])).document).to.include({
      confirm_addresses: false,
    });
    const { document } = await installation().json([...update, '--link-only', '--group', '/staff=staff']);
    expect(document).to.deep.include({ create_users: false, authoritative_for: ['example.com'] });
    expect(document['groups']).to.deep.equal([{ from: '/staff', to: 'staff' }]);
    const emptied = await installation().json([...update, '--authoritative-for', '', '--group', '']);
    expect(emptied.document).to.deep.include({ authoritative_for: [], groups: [] });
    expect((await installation().gatehouse(update)).exitCode).to.equal(2);
    expect((await installation().gatehouse(['upstream', 'update', 'nobody', '--name', 'x'])).exitCode).to.equal(3);
  });

  it('check accepts a provider that answers and accepts the client', async () => {
    await installation().gatehouse(create(), provider.secret);
    const { stdout, exitCode } = await installation().gatehouse(['upstream', 'check', 'staff']);
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain('accepts the client and its secret').and.to.contain(`${provider.issuer}/token`);
  });

  it('check says what is wrong: the secret, the method, the address', async () => {
    await installation().gatehouse(create(), 'another secret');
    const wrongSecret = await installation().gatehouse(['upstream', 'check', 'staff']);
    expect(wrongSecret.exitCode).to.equal(2);
    expect(wrongSecret.stderr).to.contain('rejects the client id or the secret (invalid_client)');
    await installation().gatehouse(['upstream', 'delete', 'staff']);
    await installation().gatehouse([
      'upstream',
      'create',
      '--id',
      'staff',
      '--name',
      'S',
      '--issuer',
      'http://localhost:1',
      '--client-id',
      'x',
    ]);
    const gone = await installation().gatehouse(['upstream', 'check', 'staff']);
    expect(gone.stderr).to.contain('Its metadata cannot be read').and.to.contain('ECONNREFUSED');
  });

  it('check tells client and secret apart from the code also where errors have the status 200, as at GitHub', async () => {
    const hub = await startOauth2Provider();
    const register = (secret: string) =>
      installation().gatehouse(
        [
          'upstream',
          'create',
          '--id',
          'staff',
          '--name',
          'Hub',
          '--client-id',
          hub.clientId,
          '--secret-stdin',
          '--authorization-endpoint',
          `${hub.origin}/authorize`,
          '--token-endpoint',
          `${hub.origin}/token`,
          '--userinfo-endpoint',
          `${hub.origin}/user`,
          '--claim',
          'sub=id',
          '--auth-method',
          'client_secret_post',
        ],
        secret,
      );
    expect((await register(hub.secret)).exitCode).to.equal(0);
    expect((await installation().gatehouse(['upstream', 'check', 'staff'])).exitCode).to.equal(0);
    await installation().gatehouse(['upstream', 'delete', 'staff']);
    await register('wrong');
    const { stderr } = await installation().gatehouse(['upstream', 'check', 'staff']);
    expect(stderr).to.contain('rejects the client id or the secret');
    await hub.close();
  });
});
