import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

const photos = 'https://photos.example/api';
const issuer = 'http://localhost:3000';
const callback = 'https://prints.example/callback';
const web = ['client', 'create', '--name', 'Prints', '--type', 'web', '--redirect-uri', callback];
const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(32)]);

function jwks(half: 'public' | 'private'): string {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = half === 'public' ? pair.publicKey : pair.privateKey;
  return JSON.stringify({ keys: [{ ...key.export({ format: 'jwk' }), kid: 'first', alg: 'ES256' }] });
}

onEachDatabase('gatehouse client', (installation) => {
  before(() =>
    installation().withServices(({ apis }) =>
      apis.create(
        {
          identifier: photos,
          name: 'Photos',
          tokenFormat: 'jwt',
          scopes: [{ value: 'photos:read', description: 'See your photos' }],
        },
        { actor: 'system' },
      ),
    ),
  );

  describe('create', () => {
    it('prints a web client with the names of client metadata, and its secret (RFC 7591 §2, §3.2.1)', async () => {
      const { exitCode, document } = await installation().json([
        ...web,
        '--id',
        'prints',
        '--redirect-uri',
        'https://prints.example/other',
        '--post-logout-redirect-uri',
        'https://prints.example/',
        '--backchannel-logout-uri',
        'https://prints.example/logout',
        '--api',
        photos,
        '--allowed-origin',
        'https://shop.example',
        '--first-party',
        '--color',
        '#2F6F4F',
        '--logo',
        await installation().file('logo.png', png),
        '--client-uri',
        'https://prints.example/',
        '--policy-uri',
        'https://prints.example/legal#privacy',
        '--tos-uri',
        'https://prints.example/terms',
        '--initiate-login-uri',
        'https://prints.example/sign-in',
        '--id-token-alg',
        'RS256',
        '--auth-method',
        'client_secret_post',
      ]);
      expect(exitCode).to.equal(0);
      const { client_secret: secret, client_id_issued_at: issuedAt, secrets, ...rest } = document;
      expect(rest).to.deep.equal({
        client_id: 'prints',
        client_secret_expires_at: 0,
        client_name: 'Prints',
        type: 'web',
        application_type: 'web',
        redirect_uris: [callback, 'https://prints.example/other'],
        required_scopes: [],
        post_logout_redirect_uris: ['https://prints.example/'],
        backchannel_logout_uri: 'https://prints.example/logout',
        token_exchange: [],
        claims: [],
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'RS256',
        apis: [photos],
        allowed_origins: ['https://shop.example'],
        pkce: 'or-nonce',
        leniencies: [],
        groups: [],
        first_party: true,
        logo_uri: `data:image/png;base64,${png.toString('base64')}`,
        color: '#2f6f4f',
        client_uri: 'https://prints.example/',
        policy_uri: 'https://prints.example/legal#privacy',
        tos_uri: 'https://prints.example/terms',
        initiate_login_uri: 'https://prints.example/sign-in',
        issuer,
        discovery: `${issuer}/.well-known/openid-configuration`,
        token_endpoint: `${issuer}/token`,
        scope: 'openid profile email photos:read',
      });
      expect(secret).to.match(/^gth_cs_[\w-]{43}$/);
      expect(issuedAt).to.be.closeTo(Date.now() / 1000, 60);
      expect(secrets).to.have.length(1).and.have.nested.property('[0].created_at', issuedAt);
      expect(secrets).to.have.nested.property('[0]').that.has.all.keys('id', 'created_at');
    });

    it('reports which option is wrong, the given value and what is expected', async () => {
      const rejected: readonly (readonly [readonly string[], string, string])[] = [
        [['--redirect-uri', 'app.example'], 'redirect-uri', '"app.example" is not an absolute URI, such as'],
        [['--redirect-uri', 'http://shop.example/'], 'redirect-uri', '"http://shop.example/" must use https.'],
        [
          ['--redirect-uri', 'https://shop.example/#x'],
          'redirect-uri',
          '"https://shop.example/#x" must not have a fragment',
        ],
        [['--post-logout-redirect-uri', 'https://a@b.example/'], 'post-logout-redirect-uri', 'credentials'],
        [['--allowed-origin', 'https://shop.example/x'], 'allowed-origin', 'such as https://shop.example.'],
        [['--backchannel-logout-uri', 'https://*.example/'], 'backchannel-logout-uri', 'must not contain "*"'],
        [['--tos-uri', 'javascript:alert(1)'], 'tos-uri', '"javascript:alert(1)" must use https.'],
        [['--api', 'https://nowhere.example'], 'api', 'No API has the identifier "https://nowhere.example".'],
        [['--auth-method', 'none'], 'auth-method', 'A web client authenticates by client_secret_basic, '],
        [['--color', 'red'], 'color', 'Expected six hexadecimal digits, such as #2f6f4f.'],
        [['--id', 'usr_x'], 'id', 'A client id has 3 to 64 of '],
        [['--name', ' '], 'name', 'Must have 1 to 100 characters.'],
      ];
      for (const [options, option, message] of rejected) {
        const { exitCode, document } = await installation().json([...web, ...options]);
        expect(exitCode, option).to.equal(2);
        expect(document).to.have.nested.property('error.field', option);
        expect(document).to.have.nested.property('error.message').that.includes(`--${option}: `).and.includes(message);
      }
    });

    it('asks for --redirect-uri, not for --url, where no preset is named', async () => {
      const { exitCode, document } = await installation().json(web.slice(0, -2));
      expect(exitCode).to.equal(2);
      expect(document).to.have.nested.property(
        'error.message',
        '--redirect-uri: A web client needs at least one redirect URI.',
      );
    });

    it('prints the secret once, and never again the secret or its digest', async () => {
      const { json, gatehouse, withServices } = installation();
      const { stdout } = await gatehouse([...web, '--id', 'once']);
      const secret = /^Secret: (gth_cs_\S+)$/m.exec(stdout)?.[1] ?? 'no secret was printed';
      expect(stdout).to.include('it is shown only once');
      const stored = await withServices(({ clients }) => clients.get('once'));
      expect(stored.secrets).to.have.length(1);
      const digest = stored.secrets[0]?.digest ?? 'no digest is stored';
      expect(JSON.stringify(stored)).not.to.include(secret);
      for (const argv of [
        ['client', 'show', 'once'],
        ['client', 'list'],
        ['client', 'update', 'once', '--name', 'Once'],
      ]) {
        const printed = (await gatehouse(argv)).stdout + JSON.stringify((await json(argv)).document);
        expect(printed).to.include('once').and.not.include(secret).and.not.include(digest);
      }
    });

    it("prints what the app's developer configures, by the type of the client", async () => {
      const { gatehouse } = installation();
      const printed = async (argv: readonly string[]): Promise<string> =>
        (await gatehouse(argv)).stdout.split('For the developer of the app')[1] ?? '';
      const webApp = await printed([...web, '--api', photos]);
      for (const setting of [
        `Discovery:    ${issuer}/.well-known/openid-configuration`,
        'PKCE:         yes, with S256; an app that has no PKCE must send a nonce',
        'scope:        openid profile email photos:read',
        `resource:     ${photos}`,
        'ID tokens:    ES256',
      ]) {
        expect(webApp).to.include(setting);
      }
      const page = await printed([...web.slice(0, -3), 'browser', '--redirect-uri', callback]);
      expect(page)
        .to.match(/^, besides the client id:/)
        .and.match(/PKCE: +yes, with S256$/m);
      const machine = await printed(['client', 'create', '--name', 'Job', '--type', 'machine', '--api', photos]);
      expect(machine)
        .to.include(`Token endpoint: ${issuer}/token`)
        .and.include('client_credentials')
        .and.include('photos:read')
        .and.not.include('openid');
    });

    it('sets authentication method and grant types by the type', async () => {
      const { json } = installation();
      const types: readonly (readonly [string, readonly string[], object])[] = [
        [
          'browser',
          ['--redirect-uri', callback],
          {
            application_type: 'web',
            token_endpoint_auth_method: 'none',
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
          },
        ],
        [
          'native',
          ['--redirect-uri', 'com.example.app:/callback'],
          {
            application_type: 'native',
            token_endpoint_auth_method: 'none',
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
          },
        ],
        [
          'machine',
          [],
          {
            application_type: 'web',
            token_endpoint_auth_method: 'client_secret_basic',
            grant_types: ['client_credentials'],
            response_types: [],
          },
        ],
      ];
      for (const [type, options, expected] of types) {
        const { document } = await json(['client', 'create', '--name', type, '--type', type, ...options]);
        expect(document).to.deep.include(expected);
        expect(document['client_secret'] !== undefined).to.equal(type === 'machine');
      }
    });

    it('registers public keys beside a secret, for signed requests, and removes them again (RFC 9101)', async () => {
      const { json, file } = installation();
      const keys = await file('signing.json', jwks('public'));
      const options = ['--name', 'Signer', '--type', 'web', '--redirect-uri', callback, '--jwks', keys];
      const { document } = await json(['client', 'create', '--id', 'signer', ...options]);
      expect(document).to.include({ token_endpoint_auth_method: 'client_secret_basic' });
      expect(document).to.include.keys('client_secret', 'jwks');
      expect((await json(['client', 'update', 'signer', '--jwks', ''])).document).not.to.have.property('jwks');
    });

    it('accepts the public keys of a client with private_key_jwt (RFC 7523 §2.2), which gets no secret', async () => {
      const { file, gatehouse, json } = installation();
      const keys = jwks('public');
      const { exitCode, document } = await json([
        'client',
        'create',
        '--name',
        'Nightly',
        '--type',
        'machine',
        '--auth-method',
        'private_key_jwt',
        '--jwks',
        await file('keys.json', keys),
        '--id',
        'nightly',
      ]);
      expect(exitCode).to.equal(0);
      expect(document).not.to.have.property('client_secret');
      expect(document['jwks']).to.deep.equal(JSON.parse(keys));
      expect((await gatehouse(['client', 'show', 'nightly'])).stdout)
        .to.include('first (EC)')
        .and.not.include('Secret');
      const words = ['client', 'create', '--name', 'Job', '--type', 'machine', '--auth-method', 'private_key_jwt'];
      const { stdout } = await gatehouse([...words, '--jwks', await file('keys.json', keys)]);
      expect(stdout).to.include('For the developer of the app, besides the client id and its private key:');
    });

    it('reads a file relative to the working directory', async () => {
      const { file, json } = installation();
      await file('relative.json', jwks('public'));
      expect(
        (
          await json([
            'client',
            'create',
            '--name',
            'x',
            '--type',
            'machine',
            '--auth-method',
            'private_key_jwt',
            '--jwks',
            'relative.json',
          ])
        ).exitCode,
      ).to.equal(0);
    });

    const wrong: readonly (readonly [string, readonly string[], number, string])[] = [
      ['an id that is already used', [...web, '--id', 'prints'], 4, 'conflict'],
      ['an id that looks like the id of a user (RFC 9700 §4.15)', [...web, '--id', 'usr_ada'], 2, 'invalid_input'],
      ['no redirect URI', ['client', 'create', '--name', 'x', '--type', 'web'], 2, 'invalid_input'],
      [
        'a redirect URI with a wildcard (RFC 9700 §2.1)',
        ['client', 'create', '--name', 'x', '--type', 'web', '--redirect-uri', 'https://*.example/'],
        2,
        'invalid_input',
      ],
      ['an unknown type', ['client', 'create', '--name', 'x', '--type', 'spa', '--redirect-uri', callback], 2, 'usage'],
      ['no type', ['client', 'create', '--name', 'x', '--redirect-uri', callback], 2, 'invalid_input'],
      ['no name', ['client', 'create', '--type', 'machine'], 2, 'invalid_input'],
      ['an unknown API', [...web, '--api', 'https://nowhere.example'], 2, 'invalid_input'],
      [
        'a secret for a public client (RFC 8252 §8.5)',
        [
          'client',
          'create',
          '--name',
          'x',
          '--type',
          'browser',
          '--redirect-uri',
          callback,
          '--auth-method',
          'client_secret_basic',
        ],
        2,
        'invalid_input',
      ],
      [
        'private_key_jwt without keys',
        ['client', 'create', '--name', 'x', '--type', 'machine', '--auth-method', 'private_key_jwt'],
        2,
        'invalid_input',
      ],
      ['a file that does not exist', [...web, '--jwks', 'nowhere.json'], 2, 'invalid_input'],
      ['an unsupported algorithm', [...web, '--id-token-alg', 'none'], 2, 'usage'],
      ['an invalid color', [...web, '--color', 'green'], 2, 'invalid_input'],
      ['a client URI without TLS', [...web, '--client-uri', 'http://prints.example/'], 2, 'invalid_input'],
      ['a policy URI that is a script', [...web, '--policy-uri', 'javascript:alert(1)'], 2, 'invalid_input'],
      ['a terms URI with credentials', [...web, '--tos-uri', 'https://a:b@prints.example/'], 2, 'invalid_input'],
    ];
    for (const [what, argv, exitCode, code] of wrong) {
      it(`rejects ${what} with ${exitCode}`, async () => {
        const outcome = await installation().json(argv);
        expect(outcome.exitCode).to.equal(exitCode);
        expect(outcome.document).to.have.nested.property('error.code', code);
      });
    }

    it('rejects private keys, and a logo that is not a supported image', async () => {
      const { file, gatehouse } = installation();
      const keys = await gatehouse([
        'client',
        'create',
        '--name',
        'x',
        '--type',
        'machine',
        '--auth-method',
        'private_key_jwt',
        '--jwks',
        await file('private.json', jwks('private')),
      ]);
      expect(keys.exitCode).to.equal(2);
      expect(keys.stderr).to.include('private');
      const logo = await gatehouse([
        ...web,
        '--logo',
        await file('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'),
      ]);
      expect(logo.exitCode).to.equal(2);
      expect(logo.stderr).to.include('PNG');
    });
  });

  describe('leniencies', () => {
    it('are set and undone by options, shown with what they mean, and off by default', async () => {
      const created = await installation().json([
        ...web,
        '--id',
        'lenient',
        '--redirect-uri',
        'books://oauth',
        '--allow-private-scheme',
        '--development',
        '--pkce',
        'optional',
        '--api',
        photos,
        '--default-api',
        photos,
        '--refresh-retry-window',
        '10s',
      ]);
      const names = ({ leniencies }: Readonly<Record<string, unknown>>) =>
        (leniencies as { readonly name: string }[]).map(({ name }) => name);
      expect(created.document).to.include({ pkce: 'optional', default_api: photos, refresh_retry_window: 10 });
      expect(names(created.document)).to.deep.equal(['pkce-optional', 'development', 'private-scheme']);
      const { stdout } = await installation().gatehouse(['client', 'show', 'lenient']);
      expect(stdout).to.match(/PKCE: +optional/);
      expect(stdout).to.match(/Refresh retries: +10 seconds/);
      expect(stdout).to.include('pkce-optional: It may sign users in without PKCE and without a nonce.');
      const undone = await installation().json([
        'client',
        'update',
        'lenient',
        '--redirect-uri',
        callback,
        '--forbid-private-scheme',
        '--end-development',
        '--pkce',
        'required',
        '--default-api',
        '',
        '--refresh-retry-window',
        '',
      ]);
      expect(names(undone.document)).to.deep.equal([]);
      expect(undone.document)
        .to.include({ pkce: 'required' })
        .and.not.to.have.any.keys('default_api', 'refresh_retry_window');
      const tooLong = await installation().gatehouse(['client', 'update', 'lenient', '--refresh-retry-window', '61']);
      expect(tooLong.exitCode).to.equal(2);
      expect(tooLong.stderr).to.include('from 0s to 60s');
      const ofMachine = await installation().gatehouse([
        'client',
        'create',
        '--name',
        'Nightly',
        '--type',
        'machine',
        '--refresh-retry-window',
        '5',
      ]);
      expect(ofMachine.stderr).to.include('has no refresh tokens');
    });

    it('cannot be set and undone by one command', async () => {
      for (const pair of [
        ['--development', '--end-development'],
        ['--allow-private-scheme', '--forbid-private-scheme'],
      ]) {
        const { exitCode, stderr } = await installation().gatehouse(['client', 'update', 'lenient', ...pair]);
        expect(exitCode).to.equal(2);
        expect(stderr).to.include(`Expected one of ${pair.join(' and ')}.`);
      }
    });
  });

  describe('list and show', () => {
    it('list clients in the order of their creation', async () => {
      const { gatehouse, json } = installation();
      const clients = (await json(['client', 'list'])).document['clients'] as readonly Readonly<
        Record<string, unknown>
      >[];
      expect(clients.map((client) => client['client_id']).slice(0, 2)).to.deep.equal(['prints', 'once']);
      const { stdout } = await gatehouse(['client', 'list']);
      expect(stdout).to.match(/^CLIENT ID +NAME +TYPE +AUTHENTICATES BY +CREATED\n/);
      expect(stdout.trim().split('\n')).to.have.length(clients.length + 1);
    });

    it('show a client as text, with each URI on its own line', async () => {
      const { exitCode, stdout } = await installation().gatehouse(['client', 'show', 'prints']);
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(
        /^Redirect URIs: +https:\/\/prints\.example\/callback\n {2,}https:\/\/prints\.example\/other$/m,
      );
    });

    it('exit with 3 for an unknown client', async () => {
      const { exitCode, stderr } = await installation().gatehouse(['client', 'show', 'nobody']);
      expect(exitCode).to.equal(3);
      expect(stderr).to.equal('No client has the id "nobody".\n');
    });
  });

  describe('update', () => {
    it('replaces the given fields and nothing else', async () => {
      const { json } = installation();
      const before = (await json(['client', 'show', 'prints'])).document;
      const { exitCode, document } = await json([
        'client',
        'update',
        'prints',
        '--redirect-uri',
        'https://prints.example/new',
        '--third-party',
      ]);
      expect(exitCode).to.equal(0);
      expect(document).to.deep.equal({ ...before, redirect_uris: ['https://prints.example/new'], first_party: false });
    });

    it("empties a list with the value ''", async () => {
      const { json } = installation();
      expect(
        (await json(['client', 'update', 'prints', '--api', '', '--allowed-origin', ''])).document,
      ).to.deep.include({ apis: [], allowed_origins: [] });
      expect((await json(['client', 'update', 'prints', '--redirect-uri', ''])).exitCode).to.equal(2);
    });

    it("removes an optional field with the value ''", async () => {
      const { json } = installation();
      const before = (await json(['client', 'show', 'prints'])).document;
      const {
        backchannel_logout_uri: uri,
        logo_uri: logo,
        color,
        client_uri: site,
        policy_uri: policy,
        tos_uri: terms,
        ...rest
      } = before;
      expect([uri, logo, color, site, policy, terms].every((value) => typeof value === 'string')).to.equal(true);
      expect((await json(['client', 'update', 'prints', '--name', 'Prints'])).document).to.deep.equal(before);
      expect(
        (await json(['client', 'update', 'prints', '--backchannel-logout-uri', '', '--logo', '', '--color', '']))
          .document,
      ).to.deep.equal({ ...rest, client_uri: site, policy_uri: policy, tos_uri: terms });
      expect(
        (await json(['client', 'update', 'prints', '--client-uri', '', '--policy-uri', '', '--tos-uri', ''])).document,
      ).to.deep.equal(rest);
    });

    it('rejects an update without a change, a contradiction, and an unknown client', async () => {
      const { gatehouse } = installation();
      expect((await gatehouse(['client', 'update', 'prints'])).exitCode).to.equal(2);
      expect((await gatehouse(['client', 'update', 'prints', '--first-party', '--third-party'])).exitCode).to.equal(2);
      expect((await gatehouse(['client', 'update', 'nobody', '--name', 'x'])).exitCode).to.equal(3);
    });
  });

  describe('create --secret-only', () => {
    const scripted = [
      'client',
      'create',
      '--name',
      'Scripted',
      '--id',
      'scripted',
      '--type',
      'machine',
      '--secret-only',
    ];

    it('prints the secret and nothing else', async () => {
      const { exitCode, stdout, stderr } = await installation().gatehouse(scripted);
      expect(exitCode).to.equal(0);
      expect(stdout).to.match(/^gth_cs_[\w-]{43}\n$/);
      expect(stderr).to.equal('');
    });

    it('prints no secret, and explains how to get one, when the client already exists', async () => {
      const { exitCode, stdout, stderr } = await installation().gatehouse(scripted);
      expect([exitCode, stdout]).to.deep.equal([4, '']);
      expect(stderr).to.include('already exists').and.include('gatehouse client rotate-secret scripted');
    });

    it('rejects a client without a secret, and --json, before it creates anything', async () => {
      const { gatehouse, json } = installation();
      const before = (await json(['client', 'list'])).document['clients'];
      const app = ['client', 'create', '--name', 'App', '--redirect-uri', callback, '--secret-only'];
      const browserApp = await gatehouse([...app, '--type', 'browser']);
      expect([browserApp.exitCode, browserApp.stderr]).to.deep.equal([
        2,
        '--secret-only: This client has no secret.\n',
      ]);
      expect((await gatehouse([...app, '--type', 'web', '--auth-method', 'private_key_jwt'])).exitCode).to.equal(2);
      expect((await gatehouse([...app, '--type', 'web', '--json'])).exitCode).to.equal(2);
      expect((await json(['client', 'list'])).document['clients']).to.deep.equal(before);
    });
  });

  describe('rotate-secret', () => {
    it('prints a new secret, and keeps the old one for a day', async () => {
      const { exitCode, document } = await installation().json(['client', 'rotate-secret', 'prints']);
      expect(exitCode).to.equal(0);
      expect(document['client_secret']).to.match(/^gth_cs_/);
      expect(document['secrets']).to.have.length(2);
      expect(document)
        .to.have.nested.property('secrets[0].expires_at')
        .that.is.closeTo(Date.now() / 1000 + 86_400, 60);
      expect(document).not.to.have.nested.property('secrets[1].expires_at');
    });

    it('keeps old secrets for the given time, and never longer than before', async () => {
      const { json } = installation();
      const { document } = await json(['client', 'rotate-secret', 'prints', '--keep-old', '30m']);
      expect(document['secrets']).to.have.length(3);
      for (const at of [0, 1]) {
        expect(document)
          .to.have.nested.property(`secrets[${at}].expires_at`)
          .that.is.closeTo(Date.now() / 1000 + 1800, 60);
      }
    });

    it('ends the old secrets immediately with 0', async () => {
      const { gatehouse, json } = installation();
      const { stdout } = await gatehouse(['client', 'rotate-secret', 'prints', '--keep-old', '0']);
      expect(stdout).to.include('The old ones have ended.').and.include('Secret: gth_cs_');
      expect((await json(['client', 'show', 'prints'])).document['secrets']).to.have.length(1);
    });

    it('prints the secret and nothing else with --secret-only', async () => {
      const { gatehouse } = installation();
      const { exitCode, stdout } = await gatehouse(['client', 'rotate-secret', 'prints', '--secret-only']);
      expect([exitCode, stdout.replace(/[\w-]{43}\n$/, '…')]).to.deep.equal([0, 'gth_cs_…']);
      const both = await gatehouse(['client', 'rotate-secret', 'prints', '--secret-only', '--json']);
      expect(both.exitCode).to.equal(2);
    });

    it('rejects an invalid duration, a client without secrets, and an unknown client', async () => {
      const { gatehouse } = installation();
      const { exitCode, stderr } = await gatehouse(['client', 'rotate-secret', 'prints', '--keep-old', 'a day']);
      expect(exitCode).to.equal(2);
      expect(stderr).to.include('"a day"').and.include('such as 30s');
      expect((await gatehouse(['client', 'rotate-secret', 'nightly'])).exitCode).to.equal(2);
      expect((await gatehouse(['client', 'rotate-secret', 'nobody'])).exitCode).to.equal(3);
    });
  });

  describe('delete', () => {
    it('prints what was deleted, and does not find it again', async () => {
      const { gatehouse, json } = installation();
      expect((await json(['client', 'delete', 'prints'])).document).to.deep.equal({
        deleted: true,
        client_id: 'prints',
        client_name: 'Prints',
      });
      expect((await gatehouse(['client', 'delete', 'once'])).stdout).to.include('Deleted the client Once (once)');
      expect((await gatehouse(['client', 'delete', 'prints'])).exitCode).to.equal(3);
    });
  });

  describe('the audit trail', () => {
    it('contains each change, with the command line as actor, and no secret', async () => {
      const events = await installation().withServices(({ audit }) => audit.list({ limit: 100, clientId: 'prints' }));
      expect(new Set(events.map(({ type }) => type))).to.deep.equal(
        new Set(['client.created', 'client.updated', 'client.secret_rotated', 'client.deleted']),
      );
      expect(events.every(({ actor }) => actor === 'command line')).to.equal(true);
      expect(JSON.stringify(events)).not.to.include('gth_cs_');
    });
  });
});
