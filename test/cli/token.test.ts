import { expect } from 'chai';
import { isPersonalAccessToken } from '../../src/crypto/personal-access-tokens.ts';
import { onEachDatabase } from './installation.ts';

const photos = 'https://photos.example/api';
const archive = 'https://archive.example/api';
const day = 86_400;

onEachDatabase('gatehouse token', (installation) => {
  let sub: unknown;

  const create = (...more: readonly string[]): readonly string[] => [
    'token',
    'create',
    '--user',
    'ada@example.com',
    '--name',
    'nightly backup',
    ...more,
  ];
  const complete = create('--api', photos, '--scope', 'photos:read', '--expires-in', '30d');

  before(async function prepare() {
    this.timeout(10_000);
    const { gatehouse, json } = installation();
    for (const [identifier, ...scopes] of [
      [photos, 'photos:read', 'read'],
      [archive, 'archive:read', 'read'],
    ]) {
      const { exitCode, stderr } = await gatehouse([
        'api',
        'create',
        `--identifier=${identifier}`,
        '--name=An API',
        '--token-format=opaque',
        '--personal-tokens=yes',
        ...scopes.flatMap((scope) => ['--scope', `${scope}=A scope`]),
      ]);
      expect(exitCode, stderr).to.equal(0);
    }
    ({ sub } = (await json(['user', 'create', '--email', 'ada@example.com'])).document);
  });

  it('creates a token, prints it once, and says that it is not shown again', async () => {
    const { gatehouse } = installation();
    const { stdout, exitCode } = await gatehouse(complete);
    expect(exitCode).to.equal(0);
    const value = /gth_pat_\w+/.exec(stdout)?.[0] ?? '';
    expect(isPersonalAccessToken(value)).to.equal(true);
    expect(stdout)
      .to.include('not shown again')
      .and.match(/^Access: +https:\/\/photos\.example\/api: photos:read$/m);
    expect(
      (await installation().withServices(({ personalAccessTokens }) => personalAccessTokens.find(value)))?.accountId,
    ).to.equal(sub);
    expect((await gatehouse(['token', 'list'])).stdout).to.not.include('gth_pat_');
    expect((await gatehouse(['audit', 'list', '--json'])).stdout).to.not.include('gth_pat_');
  });

  it('has the token and its facts as JSON, and only the token with --token-only', async () => {
    const { gatehouse, json } = installation();
    const { document } = await json(complete);
    expect(document).to.deep.include({
      name: 'nightly backup',
      sub,
      email: 'ada@example.com',
      access: [{ api: photos, scopes: ['photos:read'] }],
    });
    expect(Number(document['expires_at']) - Number(document['created_at'])).to.equal(30 * day);
    expect(isPersonalAccessToken(String(document['token']))).to.equal(true);
    const only = (await gatehouse([...complete, '--token-only'])).stdout;
    expect(isPersonalAccessToken(only.trim())).to.equal(true);
    expect((await gatehouse([...complete, '--token-only', '--json'])).exitCode).to.equal(2);
  });

  it('gives each of several APIs those of the scopes that it has', async () => {
    const { document } = await installation().json(
      create('--api', photos, '--api', archive, '--expires-in=1d', '--scope=read', '--scope=photos:read'),
    );
    expect(document['access']).to.deep.equal([
      { api: photos, scopes: ['read', 'photos:read'] },
      { api: archive, scopes: ['read'] },
    ]);
  });

  it('rejects what is missing or not valid, and names the option', async () => {
    const { json } = installation();
    for (const [argv, option] of [
      [create('--scope', 'read', '--expires-in', '1d'), 'api'],
      [create('--api', photos, '--expires-in', '1d'), 'scope'],
      [create('--api', photos, '--scope', 'read'), 'expires-in'],
      [create('--api', photos, '--scope', 'read', '--expires-in', 'soon'), 'expires-in'],
      [create('--api', photos, '--scope', 'read', '--expires-in', '366d'), 'expires-in'],
      [create('--api', photos, '--scope', 'archive:read', '--expires-in', '1d'), 'scope'],
      [create('--api', photos, '--scope', 'read', '--scope', 'other', '--expires-in', '1d'), 'scope'],
    ] as const) {
      const { exitCode, document } = await json(argv);
      expect(exitCode, argv.join(' ')).to.equal(2);
      expect(document, argv.join(' ')).to.have.nested.property('error.field', option);
    }
    const unknown = create('--api', 'https://other.example', '--scope', 'read', '--expires-in', '1d');
    expect((await json(unknown)).exitCode).to.equal(3);
  });

  it('lists tokens, the newest first, of all users or of one, never their values', async () => {
    const { gatehouse, json } = installation();
    const { document: newest } = await json(complete);
    const { stdout } = await gatehouse(['token', 'list']);
    expect(stdout).to.match(/^ID +USER +NAME +ACCESS +EXPIRES +LAST USED +USES\n/);
    expect(stdout.split('\n')[1]).to.match(new RegExp(`^${String(newest['id'])} +ada@example.com +nightly backup`));
    const { document } = await json(['token', 'list', '--user', 'ada@example.com', '--limit', '1']);
    const { token: _value, ...facts } = newest;
    expect(document).to.deep.equal({ tokens: [facts] });
    await json(['user', 'create', '--email', 'bob@example.com']);
    expect((await gatehouse(['token', 'list', '--user', 'bob@example.com'])).stdout).to.equal(
      'There is no personal access token.\n',
    );
    expect((await gatehouse(['token', 'list', '--user', 'nobody@example.com'])).exitCode).to.equal(3);
  });

  it('ends a token, once', async () => {
    const { gatehouse, json, withServices } = installation();
    const { document: created } = await json(complete);
    const { document } = await json(['token', 'revoke', String(created['id'])]);
    expect(document).to.deep.equal({
      revoked: true,
      id: created['id'],
      sub,
      email: 'ada@example.com',
      name: 'nightly backup',
    });
    expect(
      await withServices(({ personalAccessTokens }) => personalAccessTokens.find(String(created['token']))),
    ).to.equal(null);
    expect((await gatehouse(['token', 'revoke', String(created['id'])])).exitCode).to.equal(3);
  });

  it('is created together with a user by `user create --with-token`', async () => {
    const { gatehouse, json } = installation();
    const access = ['--api', photos, '--scope', 'photos:read', '--expires-in', '30d'];
    const { document } = await json(['user', 'create', '--email', 'script@example.com', '--with-token', ...access]);
    const token = document['personal_access_token'] as Readonly<Record<string, unknown>>;
    expect(token).to.deep.include({
      name: 'first token',
      sub: document['sub'],
      access: [{ api: photos, scopes: ['photos:read'] }],
    });
    expect(isPersonalAccessToken(String(token['token']))).to.equal(true);
    const named = ['user', 'create', '--email', 'named@example.com', '--with-token', '--token-name', 'CI', ...access];
    expect((await gatehouse(named)).stdout).to.match(/gth_pat_\w{36}[^]*Name: +CI/);
  });

  it('creates no user if the token is not valid, and needs --with-token for its options', async () => {
    const { json, withServices } = installation();
    const user = ['user', 'create', '--email', 'no@example.com'];
    for (const [argv, option] of [
      [['--with-token'], 'api'],
      [['--with-token', '--api', photos, '--scope', 'read', '--expires-in', '999d'], 'expires-in'],
      [['--expires-in', '1d'], 'expires-in'],
      [['--scope', 'read'], 'scope'],
    ] as const) {
      const { exitCode, document } = await json([...user, ...argv]);
      expect(exitCode, argv.join(' ')).to.equal(2);
      expect(document, argv.join(' ')).to.have.nested.property('error.field', option);
    }
    expect(await withServices(({ users }) => users.findByEmail('no@example.com'))).to.equal(null);
  });
});
