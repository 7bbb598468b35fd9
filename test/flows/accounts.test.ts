import { expect } from 'chai';
import { manualClock, systemClock } from '../../src/clock.ts';
import { users } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  asks,
  audited,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  isActive,
  obtain,
  password,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer, type TestServerOptions } from '../support/server.ts';

const by = { actor: 'system' } as const;
const wrong = 'not the password at all';
const newPassword = 'a different long passphrase';
const minute = 60;

/** Tries to sign in, in a new browser by default, from this address if the server trusts the header. */
async function attempt(
  server: TestServer,
  email: string,
  secret: string,
  { browser = openBrowser(), from }: { browser?: Browser; from?: string } = {},
): Promise<Page> {
  const page = await browser.visit(`${server.issuer}/account`);
  const form = page.forms.find(({ action }) => action.endsWith('/login'));
  return browser.post(
    new URL(form?.action ?? '', page.url).href,
    { ...form?.fields, email, password: secret },
    from === undefined ? {} : { 'x-forwarded-for': from },
  );
}

async function fail(
  server: TestServer,
  email: string,
  times: number,
  options: { browser?: Browser; from?: string } = {},
): Promise<number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) {
    statuses.push((await attempt(server, email, wrong, options)).status);
  }
  return statuses;
}

const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

/** The content of an answer without its random values. */
function contentOf({ status, headers, html }: Page) {
  const varying = new Set(['date', 'x-request-id', 'set-cookie', 'etag', 'keep-alive']);
  return {
    status,
    headers: [...headers].filter(([name]) => !varying.has(name)),
    cookies: headers.getSetCookie().map((cookie) => cookie.slice(0, cookie.indexOf('='))),
    body: html
      .replaceAll(/(interaction\/|name="csrf" value="|&quot;challenge&quot;:&quot;)[\w-]+/g, '$1…')
      .replaceAll(/[a-z]{3}@example\.com/g, '…'),
  };
}

onEachDatabase('signing in', (start) => {
  async function prepare(options: TestServerOptions = {}) {
    const clock = manualClock();
    const server = await start({ clock, ...options });
    const ada = await createUser(server);
    return { clock, server, ada };
  }

  it('gives the same answer if the user is unknown or disabled, has no password, or the password is wrong (C3)', async () => {
    const { server } = await prepare();
    await server.services.users.disable(await createUser(server, 'kay@example.com'), by);
    await server.services.users.create({ email: 'ivy@example.com' }, by);
    const [known, unknown, disabled, unset] = await Promise.all([
      attempt(server, 'ada@example.com', wrong),
      attempt(server, 'eve@example.com', wrong),
      attempt(server, 'kay@example.com', password),
      attempt(server, 'ivy@example.com', ''),
    ]);
    expect(known.status).to.equal(401);
    expect(known.headers.get('set-cookie') ?? '').to.not.include('gatehouse_device');
    for (const other of [unknown, disabled]) {
      expect(contentOf(other)).to.deep.equal(contentOf(known));
    }
    expect(unset.status).to.be.oneOf([400, 401]);
    expect(contentOf(await attempt(server, 'ivy@example.com', wrong))).to.deep.equal(contentOf(known));
  });

  it('makes known and unknown users wait after the free attempts, longer each time, with Retry-After (C6)', async () => {
    const { clock, server } = await prepare();
    for (const email of ['ada@example.com', 'eve@example.com']) {
      expect(await fail(server, email, 5)).to.deep.equal(times(5, 401));
    }
    const [known, unknown] = [
      await attempt(server, 'ada@example.com', password),
      await attempt(server, 'eve@example.com', password),
    ];
    expect(known.status).to.equal(429);
    expect(known.headers.get('retry-after')).to.equal('30');
    expect(known.html).to.include('30 seconds');
    expect(contentOf(unknown)).to.deep.equal(contentOf(known));
    for (const wait of [30, 60, 120]) {
      clock.advance(wait - 1);
      expect(await fail(server, 'ada@example.com', 1)).to.deep.equal([429]);
      clock.advance(1);
      expect(await fail(server, 'ada@example.com', 1)).to.deep.equal([401]);
    }
    expect((await attempt(server, 'ada@example.com', password)).headers.get('retry-after')).to.equal('240');
  });

  it('checks at most the free attempts when many arrive at the same time (C6)', async () => {
    const { server } = await prepare();
    const statuses = (
      await Promise.all(Array.from({ length: 20 }, () => attempt(server, 'ada@example.com', wrong)))
    ).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).to.be.within(1, 5);
    expect(new Set(statuses)).to.deep.equal(new Set([401, 429]));
  });

  it('resets the failures of a user who signs in (C6)', async () => {
    const { server } = await prepare();
    for (let round = 0; round < 2; round += 1) {
      expect(await fail(server, 'ada@example.com', 4)).to.deep.equal(times(4, 401));
      expect((await attempt(server, 'ADA@Example.com', password)).status).to.equal(303);
    }
  });

  it('lets the user sign in on a known device while strangers guess (C8)', async () => {
    const { server } = await prepare();
    const home = openBrowser();
    expect((await attempt(server, 'ada@example.com', password, { browser: home })).status).to.equal(303);
    await fail(server, 'ada@example.com', 8);
    expect((await attempt(server, 'ada@example.com', password)).status).to.equal(429);
    expect((await attempt(server, 'ada@example.com', password, { browser: home })).status).to.equal(303);
    expect((await attempt(server, 'eve@example.com', wrong, { browser: home })).status).to.equal(401);
  });

  it('also throttles guesses from a known device (C8)', async () => {
    const { server } = await prepare();
    const home = openBrowser();
    await attempt(server, 'ada@example.com', password, { browser: home });
    const thief = home.copy();
    expect(await fail(server, 'ada@example.com', 6, { browser: thief })).to.deep.equal([...times(5, 401), 429]);
  });

  it('blocks a password after the maximum number of guesses, until a new one is set with a link (NIST SP 800-63B-4 §3.2.2)', async () => {
    const { clock, server, ada } = await prepare({ environment: { THROTTLE_ACCOUNT_LIMIT: '6' } });
    expect(await fail(server, 'ada@example.com', 5)).to.deep.equal(times(5, 401));
    clock.advance(3600);
    expect(await fail(server, 'ada@example.com', 1)).to.deep.equal([401]);
    clock.advance(30 * 24 * 3600);
    expect((await attempt(server, 'ada@example.com', password)).status).to.equal(429);
    const { token } = await server.services.users.createPasswordLink(ada, 'set-password', by);
    const browser = openBrowser();
    await browser.submit(await browser.visit(`${server.issuer}/password/${token}`), token, {
      password: newPassword,
      confirmation: newPassword,
    });
    expect((await attempt(server, 'ada@example.com', newPassword)).status).to.equal(303);
  });

  it('keeps each wait and adds none when a clock is set back (F14)', async () => {
    const { clock, server } = await prepare();
    await fail(server, 'ada@example.com', 1);
    await fail(server, 'eve@example.com', 5);
    clock.advance(-3600);
    expect(await fail(server, 'ada@example.com', 2)).to.deep.equal([401, 401]);
    expect((await attempt(server, 'ada@example.com', password)).status).to.equal(303);
    expect(await fail(server, 'eve@example.com', 1)).to.deep.equal([429]);
  });

  it('throttles guessing as the settings define', async () => {
    const { server } = await prepare({ environment: { THROTTLE_ACCOUNT_FREE: '2', THROTTLE_FIRST_WAIT: '7s' } });
    expect(await fail(server, 'ada@example.com', 2)).to.deep.equal([401, 401]);
    const page = await attempt(server, 'ada@example.com', password);
    expect({ status: page.status, wait: page.headers.get('retry-after') }).to.deep.equal({ status: 429, wait: '7' });
  });

  it('ignores X-Forwarded-For if no proxy is trusted (C9)', async () => {
    const { server } = await prepare({ environment: { THROTTLE_ADDRESS_FREE: '4' } });
    const statuses: number[] = [];
    for (const [index, from] of [
      '198.51.100.1',
      '198.51.100.2, 10.0.0.1',
      'unknown',
      '1'.repeat(5000),
      '2001:db8::1',
    ].entries()) {
      statuses.push((await attempt(server, `eve${index}@example.com`, wrong, { from })).status);
    }
    expect(statuses).to.deep.equal([401, 401, 401, 401, 429]);
  });

  it('accepts X-Forwarded-For from a trusted proxy, and counts an IPv6 /64 as one address (C9)', async () => {
    const { server } = await prepare({ environment: { THROTTLE_ADDRESS_FREE: '3', TRUSTED_PROXIES: '127.0.0.1' } });
    const tries = async (addresses: readonly string[]): Promise<number[]> => {
      const statuses: number[] = [];
      for (const [index, from] of addresses.entries()) {
        statuses.push((await attempt(server, `${from.length}eve${index}@example.com`, wrong, { from })).status);
      }
      return statuses;
    };
    expect(await tries(['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4'])).to.deep.equal(times(4, 401));
    expect(await tries(['2001:db8::1', '2001:db8::2', '2001:db8::ffff:3', '2001:db8:0:0:4::'])).to.deep.equal([
      401, 401, 401, 429,
    ]);
    expect(await tries(['2001:db8:0:1::1'])).to.deep.equal([401]);
    // Values that the caller sent are to the left of the address that the proxy appended.
    expect(
      await tries([
        '203.0.113.1, 198.51.100.9',
        '203.0.113.2, 198.51.100.9',
        '203.0.113.3, 198.51.100.9',
        '203.0.113.4, 198.51.100.9',
      ]),
    ).to.deep.equal([401, 401, 401, 429]);
  });

  it('keeps the counters when the server is restarted (C11)', async () => {
    const { server, clock } = await prepare();
    await fail(server, 'ada@example.com', 5);
    const again = await start({
      clock,
      databaseUrl: server.environment['DATABASE_URL'] ?? '',
      environment: { SECRET: server.environment['SECRET'] ?? '' },
    });
    expect((await attempt(again, 'ada@example.com', password)).status).to.equal(429);
  });

  it('is not possible for a disabled user, whose sessions and tokens have ended', async () => {
    const { server, ada } = await prepare();
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const browser = openBrowser();
    const tokens = await obtain(server, app, {}, browser);
    await server.services.users.disable(ada, by);
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
    expect(asks(await browser.visit(authorizationUrl(server, app).url))).to.equal('sign-in');
    expect((await refresh(server, app, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect((await attempt(server, 'ada@example.com', password)).status).to.equal(401);
    await server.services.users.enable(ada, by);
    expect((await attempt(server, 'ada@example.com', password)).status).to.equal(303);
  });

  it('does not complete if the password changes, or the user is disabled or deleted, after the password was checked (C16)', async () => {
    const { server } = await prepare();
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const ends = {
      changed: (id: string) => server.services.users.setPassword(id, newPassword, by),
      disabled: (id: string) => server.services.users.disable(id, by),
      removed: (id: string) => server.services.users.remove(id, by),
    };
    for (const [name, end] of Object.entries(ends)) {
      const id = await createUser(server, `${name}@example.com`);
      const browser = openBrowser();
      const page = await browser.visit(authorizationUrl(server, app).url);
      const form = page.forms.find(({ action }) => action.endsWith('/login'));
      const answer = await browser.post(new URL(form?.action ?? '', page.url).href, {
        ...form?.fields,
        email: `${name}@example.com`,
        password,
      });
      expect(answer.status).to.equal(303);
      await end(id);
      const resumed = await browser.visit(answer.location ?? '');
      expect({ status: resumed.status, location: resumed.location }, name).to.deep.equal({
        status: 400,
        location: undefined,
      });
      expect(asks(await browser.visit(authorizationUrl(server, app).url)), name).to.equal('sign-in');
      expect(await server.services.sessions.listByUser(id)).to.deep.equal([]);
    }
  });

  it('is required if a session still exists after its user was disabled', async () => {
    const { server, ada } = await prepare();
    await createUser(server, 'grace@example.com');
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const browser = openBrowser();
    await authorize(server, app, {}, browser);
    // Changes only the user, as if a session had been created after the search for the user's sessions.
    const database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    await database.collection(users).updateOne({ _id: ada }, { $set: { disabled: true } });
    await database.close();
    const silent = await browser.visit(authorizationUrl(server, app, { parameters: { prompt: 'none' } }).url);
    expect(redirectedTo(silent, app).searchParams.get('error')).to.equal('login_required');
    const page = await browser.visit(authorizationUrl(server, app).url);
    expect(asks(page)).to.equal('sign-in');
    expect(page.html).to.not.include('ada@example.com');
    const between = await signIn(browser, page, 'grace@example.com');
    const last = between.location === undefined ? await browser.submit(between, '/logout/confirm') : between;
    expect(redirectedTo(last, app).searchParams.has('code')).to.equal(true);
  });

  it('fails for a user who was disabled between password and consent', async () => {
    const { server, ada } = await prepare();
    await seedApis(server);
    const app = await registerApp(server);
    const browser = openBrowser();
    const consent = await signIn(browser, await browser.visit(authorizationUrl(server, app).url));
    expect(asks(consent)).to.equal('consent');
    await server.services.users.disable(ada, by);
    const page = await browser.submit(consent, '/consent', { decision: 'allow' });
    expect(page.location ?? '').to.not.include('code=');
    expect(page.status).to.be.within(200, 499);
  });
});

onEachDatabase('client authentication', (start) => {
  it('is throttled after too many failures: 429 with Retry-After, for that address only (decision 12)', async () => {
    const server = await start({ environment: { THROTTLE_ADDRESS_FREE: '4', TRUSTED_PROXIES: '127.0.0.1' } });
    await seedApis(server);
    const job = await registerApp(server, { type: 'machine', apis: ['https://photos.example/api'] });
    const call = async (app: AppClient, from: string): Promise<Response> =>
      fetch(`${server.issuer}/token`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-forwarded-for': from,
          authorization: `Basic ${Buffer.from(`${app.clientId}:${app.secret ?? ''}`).toString('base64')}`,
        },
        body: 'grant_type=client_credentials&scope=photos:read',
      });
    const guess = { ...job, secret: 'wrong' };
    const statuses: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      statuses.push((await call(guess, '198.51.100.1')).status);
    }
    expect(statuses).to.deep.equal([401, 401, 401, 401, 429, 429]);
    const waiting = await call(job, '198.51.100.1');
    expect(waiting.status).to.equal(429);
    expect(Number(waiting.headers.get('retry-after'))).to.be.greaterThan(0);
    expect((await call(job, '198.51.100.2')).status).to.equal(200);
    expect(await audited(server, {}))
      .to.include('client.authentication_failed')
      .and.include('client.throttled');
  });

  it('is not counted if it succeeds (decision 12)', async () => {
    const server = await start({ environment: { THROTTLE_ADDRESS_FREE: '3' } });
    await seedApis(server);
    const job = await registerApp(server, { type: 'machine', apis: ['https://photos.example/api'] });
    for (let time = 0; time < 8; time += 1) {
      expect((await callAs(server, job, '/token', { grant_type: 'client_credentials' })).status).to.equal(200);
    }
  });
});

onEachDatabase('one-time links', (start) => {
  async function prepare() {
    const clock = manualClock();
    const server = await start({ clock });
    const ada = await createUser(server);
    const link = async (): Promise<string> =>
      `${server.issuer}/password/${(await server.services.users.createPasswordLink(ada, 'set-password', by)).token}`;
    return { clock, server, ada, link };
  }

  const lastPart = (url: string): string => url.slice(url.lastIndexOf('/'));

  async function use(
    url: string,
    secret = newPassword,
    confirmation = secret,
  ): Promise<{ page: Page; browser: Browser }> {
    const browser = openBrowser();
    const page = await browser.visit(url);
    return {
      browser,
      page: page.status === 410 ? page : await browser.submit(page, lastPart(url), { password: secret, confirmation }),
    };
  }

  it('set a password once, and do not sign the user in (C17)', async () => {
    const { server, link } = await prepare();
    const url = await link();
    const { page, browser } = await use(url);
    expect(page.status).to.equal(200);
    expect(browser.cookies.has('gatehouse_session')).to.equal(false);
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
    expect((await attempt(server, 'ada@example.com', newPassword)).status).to.equal(303);
    expect((await attempt(server, 'ada@example.com', password)).status).to.equal(401);
    expect((await use(url, 'yet another passphrase')).page.status).to.equal(410);
    expect((await attempt(server, 'ada@example.com', newPassword)).status).to.equal(303);
  });

  it('stay valid when they are opened, and when a password is rejected (C17)', async () => {
    const { server, link } = await prepare();
    const url = await link();
    for (let time = 0; time < 3; time += 1) {
      expect((await openBrowser().get(url)).status).to.equal(200);
      expect((await fetch(url, { method: 'HEAD' })).status).to.equal(200);
    }
    for (const [secret, confirmation] of [
      ['short', 'short'],
      [newPassword, 'another one entirely'],
      ['passwordpassword', 'passwordpassword'],
      ['', ''],
    ] as const) {
      expect((await use(url, secret, confirmation)).page.status, secret).to.equal(400);
    }
    expect((await use(url)).page.status).to.equal(200);
    expect((await attempt(server, 'ada@example.com', newPassword)).status).to.equal(303);
  });

  it('work once when they are used twenty times at the same time (C17)', async () => {
    const { server, link } = await prepare();
    const url = await link();
    const browser = openBrowser();
    const page = await browser.visit(url);
    const form = page.forms[0];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_value, index) =>
        browser.post(url, {
          ...form?.fields,
          password: `${newPassword} ${index}`,
          confirmation: `${newPassword} ${index}`,
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).to.have.length(1);
    expect(
      statuses.every((status) => [303, 410, 429].includes(status)),
      String(statuses),
    ).to.equal(true);
    const winner = statuses.indexOf(303);
    expect((await attempt(server, 'ada@example.com', `${newPassword} ${winner}`)).status).to.equal(303);
  });

  it('expire after their lifetime, and when a newer link is created (C17)', async () => {
    const { clock, link } = await prepare();
    const [first, second] = [await link(), await link()];
    expect((await use(first)).page.status).to.equal(410);
    clock.advance(30 * minute + 10);
    expect((await use(second)).page.status).to.equal(410);
  });

  it('end all sessions and tokens of the user when used, and the user is informed by mail (C16)', async () => {
    const { server, link } = await prepare();
    await seedApis(server);
    const app = await registerApp(server, { firstParty: true });
    const browser = openBrowser();
    const tokens = await obtain(
      server,
      app,
      { scope: 'openid offline_access', parameters: { prompt: 'consent' } },
      browser,
    );
    await use(await link());
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
    expect((await refresh(server, app, tokens['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    const [mail] = await server.services.outbox.list({ limit: 5, kind: 'mail' });
    expect((await server.services.outbox.show(mail?.id ?? ''))?.content).to.include({ to: 'ada@example.com' });
  });

  it('reject forms from another site, and without the token of the page (D5)', async () => {
    const { link } = await prepare();
    const url = await link();
    const browser = openBrowser();
    const page = await browser.visit(url);
    const fields = { ...page.forms[0]?.fields, password: newPassword, confirmation: newPassword };
    expect((await browser.post(url, fields, { 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
    expect((await browser.post(url, { ...fields, csrf: 'x' })).status).to.equal(403);
    expect((await use(url)).page.status).to.equal(200);
  });

  it('are rejected if they were never created (A16)', async () => {
    const { server } = await prepare();
    for (const token of ['x', 'a'.repeat(43), '..%2f', '{"$gt":""}', 'a'.repeat(1000)]) {
      expect((await openBrowser().get(`${server.issuer}/password/${token}`)).status, token).to.be.oneOf([404, 410]);
      expect((await openBrowser().get(`${server.issuer}/setup/${token}`)).status, token).to.be.oneOf([404, 410]);
    }
  });
});

onEachDatabase('the setup link', (start) => {
  it('creates one administrator when used twenty times at the same time, signs nobody in, and never works again (C24)', async () => {
    const server = await start();
    const url = `${server.issuer}/setup/${(await server.services.setup.setupLinkToken()) ?? ''}`;
    expect((await openBrowser().get(url)).status).to.equal(200);
    const browser = openBrowser();
    const page = await browser.visit(url);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_value, index) =>
        browser.post(url, {
          ...page.forms[0]?.fields,
          email: `admin${index}@example.com`,
          password: newPassword,
          confirmation: newPassword,
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).to.have.length(1);
    expect(
      statuses.every((status) => [303, 410, 429].includes(status)),
      String(statuses),
    ).to.equal(true);
    const all = await server.services.users.list({ limit: 50 });
    expect(all.users.map(({ role }) => role)).to.deep.equal(['administrator']);
    expect(browser.cookies.has('gatehouse_session')).to.equal(false);
    expect((await openBrowser().get(url)).status).to.equal(410);
    expect(await server.services.setup.setupLinkToken()).to.equal(undefined);
    await server.services.users.create({ email: 'ada@example.com', password }, by);
    expect((await openBrowser().get(url)).status).to.equal(410);
  });

  it('rejects an invalid password or email and stays valid (C2)', async () => {
    const server = await start();
    const url = `${server.issuer}/setup/${(await server.services.setup.setupLinkToken()) ?? ''}`;
    const browser = openBrowser();
    const page = await browser.visit(url);
    const send = (fields: Readonly<Record<string, string>>): Promise<Page> =>
      browser.post(url, {
        ...page.forms[0]?.fields,
        email: 'ada@example.com',
        password: newPassword,
        confirmation: newPassword,
        ...fields,
      });
    for (const fields of [
      { password: 'fourteen chars', confirmation: 'fourteen chars' },
      { confirmation: 'x' },
      { email: 'ada' },
      { email: 'a@b,c@d' },
    ] as const) {
      expect((await send(fields)).status).to.equal(400);
    }
    expect((await send({})).status).to.equal(303);
  });
});

onEachDatabase('the account page', (start) => {
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    app = await registerApp(server);
  });

  let userCount = 0;

  /** Creates a user who is signed in in this many browsers. */
  async function signedInUser(
    browsers: number,
  ): Promise<{ readonly id: string; readonly email: string; readonly browsers: readonly Browser[] }> {
    userCount += 1;
    const email = `p${userCount}@example.com`;
    const id = await createUser(server, email);
    const opened: Browser[] = [];
    for (let index = 0; index < browsers; index += 1) {
      const browser = openBrowser({
        'user-agent': index === 0 ? 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0' : 'curl/8',
      });
      await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
      opened.push(browser);
    }
    return { id, email, browsers: opened };
  }

  const open = (browser: Browser, section = ''): Promise<Page> => browser.visit(`${server.issuer}/account${section}`);
  const isSignedIn = async (browser: Browser): Promise<boolean> => asks(await open(browser)) !== 'sign-in';

  it('shows the user, the devices, and the apps with their access', async () => {
    const {
      email,
      browsers: [browser = openBrowser()],
    } = await signedInUser(2);
    await authorize(
      server,
      app,
      { scope: 'openid email photos:read', resource: 'https://photos.example/api' },
      browser,
    );
    for (const [section, ...words] of [
      ['', email, 'You are signed in on 2 devices.', 'One app has access.'],
      ['/sessions', email, 'Firefox', 'Linux', 'Prints'],
      ['/apps', email, 'Prints', 'See your photos', 'Your email address'],
    ]) {
      const page = await open(browser, section);
      for (const word of words) {
        expect(page.html, section).to.include(word);
      }
      expect(page.headers.get('cache-control')).to.equal('no-store');
    }
  });

  it('ends one session', async () => {
    const {
      id,
      browsers: [here = openBrowser(), there = openBrowser(), elsewhere = openBrowser()],
    } = await signedInUser(3);
    const page = await open(here, '/sessions');
    const ends = page.forms.filter(({ action }) => /\/account\/sessions\/[^/]+\/end$/.test(action));
    expect(ends).to.have.length(2);
    await browserPost(here, ends[0]);
    const stillSignedIn = await Promise.all([here, there, elsewhere].map(isSignedIn));
    expect(stillSignedIn.filter(Boolean)).to.have.length(2);
    expect(stillSignedIn[0]).to.equal(true);
    expect(await audited(server, { accountId: id })).to.include('session.ended');
  });

  it('ends all other sessions', async () => {
    const {
      browsers: [here = openBrowser(), ...others],
    } = await signedInUser(3);
    await here.submit(await open(here, '/sessions'), '/account/sessions/end-others');
    expect(await isSignedIn(here)).to.equal(true);
    expect(await Promise.all(others.map(isSignedIn))).to.deep.equal([false, false]);
  });

  it('signs out of this session only', async () => {
    const {
      browsers: [here = openBrowser(), there = openBrowser()],
    } = await signedInUser(2);
    await here.submit(await open(here), '/account/sign-out');
    expect([await isSignedIn(here), await isSignedIn(there)]).to.deep.equal([false, true]);
  });

  it('withdraws the access of an app', async () => {
    const {
      email,
      browsers: [browser = openBrowser()],
    } = await signedInUser(1);
    await authorize(server, app, {}, browser);
    const page = await browser.submit(await open(browser, '/apps'), `/account/apps/${app.clientId}/withdraw`);
    expect(page.html).to.include(email).and.not.include(`/account/apps/${app.clientId}/withdraw`);
  });

  it('cannot change anything of another user (D5)', async () => {
    const [mallory, ada] = [await signedInUser(1), await signedInUser(1)];
    const [mine = openBrowser()] = mallory.browsers;
    const [theirs = openBrowser()] = ada.browsers;
    const [session] = await server.services.sessions.listByUser(ada.id);
    const csrf = (await open(mine)).forms[0]?.fields['csrf'] ?? '';
    await mine.post(`${server.issuer}/account/sessions/${session?.uid ?? ''}/end`, { csrf });
    expect(await isSignedIn(theirs)).to.equal(true);
    expect((await theirs.post(`${server.issuer}/account/sign-out`, { csrf })).status).to.equal(403);
    expect((await theirs.post(`${server.issuer}/account/sign-out`, {})).status).to.equal(403);
    const own = (await open(theirs)).forms[0]?.fields ?? {};
    expect(
      (await theirs.post(`${server.issuer}/account/sign-out`, own, { 'sec-fetch-site': 'cross-site' })).status,
    ).to.equal(403);
    expect((await theirs.get(`${server.issuer}/account/sign-out`)).location).to.equal(`${server.issuer}/account`);
    expect(await isSignedIn(theirs)).to.equal(true);
  });

  it('signs in by the same flow as an app, and returns to the account page', async () => {
    const { email } = await signedInUser(0);
    const browser = openBrowser();
    const page = await signIn(browser, await open(browser), email);
    expect(page.url).to.equal(`${server.issuer}/account`);
    expect(() => redirectedTo(page, app)).to.throw();
  });

  async function browserPost(browser: Browser, form: Page['forms'][number] | undefined): Promise<Page> {
    return browser.post(new URL(form?.action ?? '', server.issuer).href, form?.fields ?? {});
  }
});
