/**
 * A dump of the database gives no access: it has none of the issued values in any form, and nothing that an endpoint
 * accepts.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { MongoClient } from 'mongodb';
import { createSecrets } from '../../src/crypto/secrets.ts';
import { createCookieSigner } from '../../src/oidc/cookies.ts';
import { parseSecrets } from '../../src/config/secret-list.ts';
import { sqlitePath } from '../../src/storage/sqlite.ts';
import {
  archive,
  asks,
  authorizationUrl,
  basic,
  callAs,
  createUser,
  introspect,
  password,
  photos,
  postForm,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

/**
 * Everything that is stored, as text. For SQLite these are the files, which also have deleted data that was not
 * overwritten.
 */
async function dumpOf(server: TestServer): Promise<string> {
  const url = server.environment['DATABASE_URL'] ?? '';
  if (url.startsWith('sqlite:')) {
    const folder = dirname(sqlitePath(url));
    const files = (await readdir(folder)).filter((name) => name.includes('.db'));
    const contents = await Promise.all(files.map((name) => readFile(`${folder}/${name}`, 'latin1')));
    expect(
      files.some((name) => name.endsWith('-wal')),
      'the newest writes are in the write-ahead log',
    ).to.equal(true);
    return contents.join('\n');
  }
  const client = new MongoClient(url);
  try {
    const database = client.db();
    const collections = await database.listCollections().toArray();
    const documents = await Promise.all(collections.map(({ name }) => database.collection(name).find({}).toArray()));
    return JSON.stringify(documents);
  } finally {
    await client.close();
  }
}

/** The encodings in which a dump could contain a value. */
function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  // Base64 of the value within a longer text: for each of the three alignments, without the characters that depend on
  // the neighbouring bytes.
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(2)]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [
    value,
    ...inside,
    ...inside.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Array.from(value).toReversed().join(''),
  ];
}

onEachDatabase('a dump of the database', (start) => {
  let server: TestServer;
  let app: AppClient;
  let machine: AppClient;
  let browser: Browser;
  /** One value of each kind that was issued or entered, by its description. */
  const issued = new Map<string, string>();
  let dump: string;

  function note(what: string, value: unknown): string {
    expect(value, what).to.be.a('string').with.length.above(7);
    issued.set(what, String(value));
    return String(value);
  }

  function noteCookies(prefix: string, jar: Browser): void {
    for (const [name, value] of jar.cookies) {
      // A cookie that lists flows holds several values; a signature is one as well. Ids of users and clients are
      // public.
      for (const [at, part] of value.split(/[.:]/).entries()) {
        if (part.length >= 20 && !part.startsWith('usr_') && part !== app.clientId) {
          note(`${prefix} ${name} ${at}`, part);
        }
      }
    }
  }

  before(async function issueEverything() {
    this.timeout(30_000);
    server = await start({ environment: { THROTTLE_ADDRESS_FREE: '100000' } });
    await seedApis(server);
    const accountId = await createUser(server);
    app = await registerApp(server);
    machine = await registerApp(server, { type: 'machine', name: 'Nightly' });
    note('client secret', app.secret);
    note("machine's secret", machine.secret);
    note('password', password);

    // A complete flow, with all parameters that a request can have.
    browser = openBrowser();
    const parameters = {
      state: note('state', randomBytes(20).toString('hex')),
      nonce: note('nonce', randomBytes(20).toString('hex')),
    };
    const request = {
      scope: 'openid offline_access archive:read',
      resource: archive,
      parameters: { ...parameters, prompt: 'consent' },
    };
    const { url, verifier } = authorizationUrl(server, app, request);
    note('code_verifier', verifier);
    const login = await browser.visit(url);
    note('csrf token of the login page', login.forms[0]?.fields['csrf']);
    noteCookies('before sign-in', browser);
    const consent = await signIn(browser, login);
    expect(asks(consent)).to.equal('consent');
    note('csrf token of the consent page', consent.forms[0]?.fields['csrf']);
    noteCookies('signed in', browser);
    const unredeemed = redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), app);
    note('code', unredeemed.searchParams.get('code'));
    noteCookies('after consent', browser);

    for (const [format, resource, scope] of [
      ['opaque', archive, 'archive:read'],
      ['JWT', photos, 'photos:read'],
    ] as const) {
      const again = authorizationUrl(server, app, { scope: `openid ${scope}`, resource, parameters });
      let page = await browser.visit(again.url);
      if (asks(page) === 'consent') {
        page = await browser.submit(page, '/consent', { decision: 'allow' });
      }
      const code = note(`redeemed code (${format})`, redirectedTo(page, app).searchParams.get('code'));
      const { body } = await redeem(server, app, { code, verifier: again.verifier });
      note(`access token (${format})`, body['access_token']);
      note(`rotated refresh token (${format})`, body['refresh_token']);
      note(`ID token (${format})`, body['id_token']);
      const next = await refresh(server, app, body['refresh_token']);
      note(`refresh token (${format})`, next.body['refresh_token']);
      note(`refreshed access token (${format})`, next.body['access_token']);
    }
    const own = await callAs(server, machine, '/token', {
      grant_type: 'client_credentials',
      scope: 'archive:read',
      resource: archive,
    });
    note('client credentials token', own.body['access_token']);

    const pushed = await callAs(server, app, '/par', {
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: app.redirectUri,
      scope: 'openid',
      code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      state: note('pushed state', randomUUID()),
      nonce: note('pushed nonce', randomUUID()),
    });
    note('request_uri', String(pushed.body['request_uri']).split(':').at(-1));

    // A flow that is not completed.
    const open = openBrowser();
    const started = authorizationUrl(server, app, {
      parameters: {
        state: note('state of an open flow', randomUUID()),
        nonce: note('nonce of an open flow', randomUUID()),
      },
    });
    const openPage = await open.visit(started.url);
    note('interaction id', new URL(openPage.url).pathname.split('/')[2]);
    noteCookies('open flow', open);

    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: 'one' }] });
    const keyed = await registerApp(server, { name: 'Keyed', type: 'machine', authMethod: 'private_key_jwt', jwks });
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(keyed.clientId)
      .setSubject(keyed.clientId)
      .setAudience(server.issuer)
      .setJti(note('assertion jti', randomUUID()))
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
    note('assertion', assertion);
    const asserted = await postForm(`${server.issuer}/token`, {
      grant_type: 'client_credentials',
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect(asserted.status, JSON.stringify(asserted.body)).to.equal(200);

    await server.services.apis.update(archive, { personalTokens: true }, by);
    const { value: personal } = await server.services.personalAccessTokens.create(
      accountId,
      { name: 'nightly', access: [{ api: archive, scopes: ['archive:read'] }], expiresIn: 3600 },
      by,
    );
    note('personal access token', personal);
    const used = await callAs(server, machine, '/introspect', { token: personal, client_ip: '203.0.113.1' });
    expect(used.body).to.include({ active: true });

    const account = await browser.visit(`${server.issuer}/account`);
    note('csrf token of the account page', account.forms[0]?.fields['csrf']);
    noteCookies('account', browser);
    const logout = await browser.visit(`${server.issuer}/logout`);
    note('xsrf of the logout page', logout.forms[0]?.fields['xsrf']);

    const setUp = note('set-up link', await server.services.setup.setupLinkToken());
    const setUpPage = await openBrowser().get(`${server.issuer}/setup/${setUp}`);
    note('csrf token of the set-up page', setUpPage.forms[0]?.fields['csrf']);
    const link = note(
      'one-time link',
      (await server.services.users.createPasswordLink(accountId, 'set-password', by)).token,
    );
    await server.services.mail.send({
      to: 'ada@example.com',
      name: 'mail/password-reset',
      locale: 'en',
      model: { email: 'ada@example.com', brand: 'Gatehouse', link: `${server.issuer}/password/${link}`, minutes: 30 },
    });
    await server.services.users.createPasswordLink(
      (await server.services.users.create({ email: 'new@example.com' }, by))._id,
      'set-password',
      by,
    );
    dump = await dumpOf(server);
  });

  it('is complete: the values that may be stored are found in it', () => {
    for (const present of [
      'ada@example.com',
      app.clientId,
      '"RefreshToken"',
      '"AuthorizationCode"',
      '"PushedAuthorizationRequest"',
      '"Interaction"',
      '"ReplayDetection"',
      'argon2id',
    ]) {
      expect(dump.includes(present), present).to.equal(true);
    }
  });

  it('holds none of the issued values, plain or encoded', () => {
    const found = [...issued].flatMap(([what, value]) =>
      encodingsOf(value)
        .filter((encoded) => dump.includes(encoded))
        .map((encoded) => `${what}: ${encoded}`),
    );
    expect(found).to.deep.equal([]);
    expect(issued.size).to.be.greaterThan(40);
  });

  it('holds nothing that an endpoint accepts', async function tryAll() {
    this.timeout(60_000);
    const strings = new Set<string>();
    for (const [word] of dump.matchAll(/[\w.~+/=-]{16,200}/g)) {
      strings.add(word);
      for (const part of word.split(/[^\w-]/)) {
        if (part.length >= 16) {
          strings.add(part);
        }
      }
    }
    const parsed = parseSecrets(server.environment['SECRET'] ?? '');
    const signer = createCookieSigner(createSecrets('secrets' in parsed ? parsed.secrets : []));
    const accepted: string[] = [];
    const sign = (name: string, value: string): string =>
      `${name}=${value}; ${name}.sig=${signer.sign(`${name}=${value}`)}`;
    const verifier = issued.get('code_verifier') ?? '';
    const request = async (value: string): Promise<void> => {
      const check = (how: string, isAccepted: boolean): void => {
        if (isAccepted) {
          accepted.push(`${how}: ${value}`);
        }
      };
      const [described, info, refreshed, redeemed, asApp, session, flow, link, setUp, pushed] = await Promise.all([
        introspect(server, app, value),
        userinfo(server, value),
        refresh(server, app, value),
        redeem(server, app, { code: value, verifier }),
        postForm(`${server.issuer}/token`, { grant_type: 'client_credentials' }, basic({ ...machine, secret: value })),
        fetch(`${server.issuer}/account`, {
          redirect: 'manual',
          headers: { cookie: sign('gatehouse_session', value) },
        }),
        fetch(`${server.issuer}/interaction/${encodeURIComponent(value)}`, {
          redirect: 'manual',
          headers: { cookie: sign('gatehouse_interaction', value) },
        }),
        fetch(`${server.issuer}/password/${encodeURIComponent(value)}`, { redirect: 'manual' }),
        fetch(`${server.issuer}/setup/${encodeURIComponent(value)}`, { redirect: 'manual' }),
        fetch(
          `${server.issuer}/authorize?${new URLSearchParams({ client_id: app.clientId, request_uri: `urn:ietf:params:oauth:request_uri:${value}` }).toString()}`,
          { redirect: 'manual' },
        ),
      ]);
      check('access token at introspection', described.body['active'] === true);
      check('access token at userinfo', info.status === 200);
      check('refresh token', refreshed.status === 200);
      check('code', redeemed.status === 200);
      check('client secret', asApp.status === 200);
      check('session cookie', session.status === 200);
      check('interaction cookie', flow.status === 200);
      check('one-time link', link.status === 200);
      check('set-up link', setUp.status === 200);
      check(
        'request_uri',
        pushed.status !== 400 && !(pushed.headers.get('location') ?? '').includes('error=invalid_request_uri'),
      );
    };
    const waiting = [...strings];
    expect(waiting.length).to.be.greaterThan(100);
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
          await request(value);
        }
      }),
    );
    expect(accepted).to.deep.equal([]);
  });

  it('was made while the issued values worked', async () => {
    const { body } = await introspect(server, app, issued.get('access token (opaque)'));
    expect(body['active']).to.equal(true);
    expect((await refresh(server, app, issued.get('refresh token (opaque)'))).status).to.equal(200);
    expect((await fetch(`${server.issuer}/password/${issued.get('one-time link') ?? ''}`)).status).to.equal(200);
    expect((await fetch(`${server.issuer}/setup/${issued.get('set-up link') ?? ''}`)).status).to.equal(200);
    expect((await browser.get(`${server.issuer}/account`)).status).to.equal(200);
  });
});
