import { expect } from 'chai';
import { decodeJwt } from 'jose';
import {
  asks,
  audited,
  authorizationUrl,
  createUser,
  password,
  redeem,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { createAuthenticator, type Authenticator, type Claims } from '../support/authenticator.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

/** The options in the page for the form whose action ends with this. */
function optionsOf(page: Page, action: string): Readonly<Record<string, unknown>> {
  const [, options = '{}'] =
    new RegExp(`<form method="post" action="[^"]*${action}" data-passkey="\\w+" data-options="([^"]*)"`).exec(
      page.html,
    ) ?? [];
  return JSON.parse(options.replaceAll('&quot;', '"')) as Readonly<Record<string, unknown>>;
}

onEachDatabase('passkeys', (start) => {
  let server: TestServer;
  let app: AppClient;
  let email: string;
  let ada: string;
  let key: Authenticator;
  let count = 0;

  before(async () => {
    server = await start();
    await seedApis(server);
    app = await registerApp(server, { firstParty: true });
  });

  beforeEach(async () => {
    count += 1;
    email = `ada${count}@example.com`;
    ada = await createUser(server, email);
    key = createAuthenticator();
  });

  const claims = (more: Partial<Claims> = {}): Claims => ({ origin: server.issuer, ...more });

  /** Adds a passkey on the account page. @returns the browser, which is signed in, and the page afterwards */
  async function add(
    more: Partial<Claims> = {},
    fields: Readonly<Record<string, string>> = { name: 'Laptop' },
  ): Promise<{ readonly browser: Browser; readonly page: Page }> {
    const browser = openBrowser();
    const page = await signIn(browser, await browser.visit(`${server.issuer}/account/passkeys`), email);
    const response = key.make(optionsOf(page, '/account/passkeys'), claims(more));
    return { browser, page: await browser.submit(page, '/account/passkeys', { response, ...fields }) };
  }

  /** The page of the app's request on which the passkey is used. */
  async function begin(browser: Browser): Promise<{ readonly page: Page; readonly verifier: string }> {
    const { url, verifier } = authorizationUrl(server, app, {
      parameters: { claims: JSON.stringify({ id_token: { amr: null, acr: null } }) },
    });
    const page = await browser.visit(url);
    const [, way = ''] = /href="([^"]*\/passkey)"/.exec(page.html) ?? [];
    return { page: await browser.visit(new URL(way, server.issuer).href), verifier };
  }
  const use = (browser: Browser, page: Page, more: Partial<Claims> = {}, fields: Record<string, string> = {}) =>
    browser.submit(page, '/passkey', { response: key.use(optionsOf(page, '/passkey'), claims(more)), ...fields });

  it('replace the password and prove two factors: amr and acr say so (RFC 8176 §2)', async () => {
    await add();
    const browser = openBrowser();
    const { page, verifier } = await begin(browser);
    const redirected = redirectedTo(await use(browser, page), app);
    const { body } = await redeem(server, app, {
      code: redirected.searchParams.get('code') ?? '',
      verifier,
    });
    const idToken = decodeJwt(String(body['id_token']));
    expect(idToken).to.deep.include({
      sub: ada,
      amr: ['swk', 'user', 'mfa'],
      acr: 'https://refeds.org/profile/mfa',
    });
    const [event] = (await server.services.audit.list({ limit: 20, accountId: ada })).filter(
      ({ type }) => type === 'login.success',
    );
    expect(event?.detail).to.deep.include({ method: 'passkey' });
  });

  it('say that hardware keeps them, if they cannot be synchronised', async () => {
    await add({ backupEligible: false });
    const browser = openBrowser();
    const { page, verifier } = await begin(browser);
    const redirected = redirectedTo(await use(browser, page, { backupEligible: false }), app);
    const { body } = await redeem(server, app, {
      code: redirected.searchParams.get('code') ?? '',
      verifier,
    });
    expect(decodeJwt(String(body['id_token']))['amr']).to.deep.equal(['hwk', 'user', 'mfa']);
  });

  it('are offered by the browser in the email field of the sign-in page, with the choice to be remembered', async () => {
    await add();
    const browser = openBrowser();
    const page = await browser.visit(`${server.issuer}/account`);
    expect(page.html).to.include('autocomplete="username webauthn"');
    const account = await use(browser, page, {}, { remember: 'yes' });
    expect(account.html).to.include('Your account');
    const remembered = (await server.services.sessions.listByUser(ada)).map((one) => one.remembered);
    expect(remembered).to.have.members([false, true]);
  });

  it('are refused alike: unknown, removed, of a disabled user, for another origin, without a verified user, or used twice', async () => {
    await add();
    const answers: string[] = [];
    async function refusal(what: string, more: Partial<Claims> = {}, authenticator = key): Promise<void> {
      const browser = openBrowser();
      const { page } = await begin(browser);
      const response = authenticator.use(optionsOf(page, '/passkey'), claims(more));
      const answer = await browser.submit(page, '/passkey', { response });
      expect(answer.status, what).to.equal(401);
      answers.push(
        `${answer.html.replaceAll(/data-options="[^"]*"|name="csrf" value="[^"]*"|\/interaction\/[\w-]+/g, '')} ${[
          ...answer.headers.keys(),
        ].join()}`,
      );
    }
    await refusal('another origin', { origin: 'https://evil.example' });
    await refusal('without a verified user', { userVerified: false });
    await refusal('unknown', { userHandle: Buffer.from(ada).toString('base64url') }, createAuthenticator());
    await server.services.users.disable(ada, by);
    await refusal('disabled');
    await server.services.users.enable(ada, by);
    const browser = openBrowser();
    const { page } = await begin(browser);
    const response = key.use(optionsOf(page, '/passkey'), claims());
    redirectedTo(await browser.submit(page, '/passkey', { response }), app);
    const _id = (await server.services.passkeys.listByUser(ada))[0]?._id ?? '';
    await server.services.passkeys.remove(ada, _id, by);
    await refusal('removed');
    expect(new Set(answers).size, 'all answers are the same').to.equal(1);
    const events = await server.services.audit.list({ limit: 100, accountId: ada });
    expect(events.filter(({ type }) => type === 'login.failure').map(({ detail }) => detail?.['reason'])).to.include(
      'disabled',
    );
  });

  it('sign in once with one response, by 20 parallel requests', async () => {
    await add();
    const browser = openBrowser();
    const { page } = await begin(browser);
    const response = key.use(optionsOf(page, '/passkey'), claims());
    const fields = { ...page.forms.find(({ action }) => action.endsWith('/passkey'))?.fields, response };
    const form = page.forms.find(({ action }) => action.endsWith('/passkey'))?.action ?? '';
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser.copy().post(new URL(form, server.issuer).href, fields)),
    );
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    const events = await audited(server, { accountId: ada });
    expect(
      events.filter((type) => type === 'login.success'),
      'password, passkey',
    ).to.have.length(2);
  });

  it('are not accepted in another browser, or in another flow of this one', async () => {
    await add();
    const victim = openBrowser();
    const { page } = await begin(victim);
    const response = key.use(optionsOf(page, '/passkey'), claims());
    const attacker = openBrowser();
    const { page: other } = await begin(attacker);
    expect((await attacker.submit(other, '/passkey', { response })).status).to.equal(401);
    const { page: second } = await begin(victim);
    expect((await victim.submit(second, '/passkey', { response })).status).to.equal(401);
    expect((await victim.submit(page, '/passkey', { response })).status, 'the challenge was not used up').to.equal(303);
  });

  it('are refused without a response, with the page that says so', async () => {
    for (const response of ['', '{}', '[]', '{"id":{"$gt":""},"type":"public-key"}', 'x'.repeat(20_000)]) {
      const browser = openBrowser();
      const { page } = await begin(browser);
      const answer = await browser.submit(page, '/passkey', { response });
      expect(answer.status).to.equal(400);
      expect(answer.html).to.include('This passkey was not accepted.');
      expect(answer.html, 'the browser does not ask again by itself').to.not.include('data-start');
    }
  });

  it('confirm who the user is: only those of the signed-in user are asked for', async () => {
    const { browser } = await add();
    const again = authorizationUrl(server, app, { parameters: { prompt: 'login' } }).url;
    const page = await browser.visit(again);
    expect(asks(page)).to.equal('sign-in');
    expect(page.html, 'the email field is filled in').to.include('autocomplete="username"');
    const [, way = ''] = /href="([^"]*\/passkey)"/.exec(page.html) ?? [];
    const confirm = await browser.visit(new URL(way, server.issuer).href);
    expect(optionsOf(confirm, '/passkey')['allowCredentials']).to.deep.equal([
      { type: 'public-key', id: key.credentialId, transports: ['internal'] },
    ]);
    redirectedTo(await use(browser, confirm), app);
    await createUser(server, `bob${count}@example.com`);
    const other = openBrowser();
    await signIn(other, await other.visit(`${server.issuer}/account`), `bob${count}@example.com`);
    const without = await other.visit(again);
    expect(without.html, 'a user without a passkey').to.not.match(/href="[^"]*\/passkey"/);
  });

  it('are added, listed, renamed and removed on the account page', async () => {
    const { browser, page } = await add();
    expect(page.html).to.include('The passkey was added.').and.include('Laptop').and.include('Never used');
    const _id = (await server.services.passkeys.listByUser(ada))[0]?._id ?? '';
    const renamed = await browser.submit(page, `/${_id}/rename`, { name: 'Work laptop' });
    expect(renamed.html).to.include('The name was saved.').and.include('Work laptop');
    const wrong = await browser.submit(renamed, `/${_id}/rename`, { name: '\u202e' });
    expect(wrong.status).to.equal(400);
    expect((await browser.visit(`${server.issuer}/account/security`)).html).to.include('One passkey');
    const removed = await browser.submit(renamed, `/${_id}/remove`);
    expect(removed.html).to.include('The passkey was removed.').and.include('You have no passkey yet.');
    expect(await audited(server, { accountId: ada })).to.include.members([
      'passkey.added',
      'passkey.renamed',
      'passkey.removed',
    ]);
    expect((await browser.submit(renamed, `/${_id}/remove`)).status).to.equal(404);
  });

  it('end the other sessions of the user when they are added or removed, if the user says so', async () => {
    const elsewhere = openBrowser();
    await signIn(elsewhere, await elsewhere.visit(`${server.issuer}/account`), email);
    const { browser, page } = await add({}, { name: '', end_others: 'yes' });
    expect(await server.services.sessions.listByUser(ada)).to.have.length(1);
    await signIn(elsewhere, await elsewhere.visit(`${server.issuer}/account`), email);
    await browser.submit(page, '/remove', { end_others: 'yes' });
    expect(await server.services.sessions.listByUser(ada)).to.have.length(1);
    expect((await browser.visit(`${server.issuer}/account/passkeys`)).html).to.include('You have no passkey yet.');
  });

  it('are not changed by a form of another session, without a token, or of another user', async () => {
    const { page } = await add();
    const _id = (await server.services.passkeys.listByUser(ada))[0]?._id ?? '';
    await createUser(server, `eve${count}@example.com`);
    const eve = openBrowser();
    const own = await signIn(eve, await eve.visit(`${server.issuer}/account/passkeys`), `eve${count}@example.com`);
    const csrf = own.forms.find(({ action }) => action.endsWith('/account/passkeys'))?.fields['csrf'] ?? '';
    expect((await eve.post(`${server.issuer}/account/passkeys/${_id}/remove`, { csrf })).status).to.equal(404);
    expect((await eve.post(`${server.issuer}/account/passkeys/${_id}/rename`, { csrf, name: 'x' })).status).to.equal(
      404,
    );
    const foreign = page.forms.find(({ action }) => action.endsWith('/account/passkeys'))?.fields['csrf'] ?? '';
    expect((await eve.post(`${server.issuer}/account/passkeys/${_id}/remove`, { csrf: foreign })).status).to.equal(403);
    const response = key.make(optionsOf(page, '/account/passkeys'), claims());
    expect((await eve.submit(own, '/account/passkeys', { response })).status, "another session's challenge").to.equal(
      400,
    );
    expect(await server.services.passkeys.listByUser(ada)).to.have.length(1);
  });

  it('are offered once after a sign-in with a password, in a browser that can make one', async () => {
    const signInWith = async (fields: Readonly<Record<string, string>>, browser = openBrowser()) => {
      const { url } = authorizationUrl(server, app);
      const page = await browser.visit(url);
      return { browser, page: await browser.submit(page, '/login', { email, password, ...fields }) };
    };
    const { page: without } = await signInWith({});
    redirectedTo(without, app);
    const { browser, page: offer } = await signInWith({ can_make_passkey: 'yes' });
    expect(offer.html).to.include('Next time without a password?');
    const response = key.make(optionsOf(offer, '/passkey-offer'), claims({ origin: 'https://evil.example' }));
    const wrong = await browser.submit(offer, '/passkey-offer', { response });
    expect(wrong.status).to.equal(400);
    expect(wrong.html).to.include('The passkey was not added.');
    const { page: again } = await signInWith({ can_make_passkey: 'yes' });
    expect(again.html, 'it was not answered').to.include('Next time without a password?');
    redirectedTo(await browser.submit(wrong, '/passkey-offer', { decision: 'skip' }), app);
    redirectedTo((await signInWith({ can_make_passkey: 'yes' })).page, app);
    expect(await server.services.passkeys.listByUser(ada)).to.deep.equal([]);
  });

  it('are added by the offer, and the sign-in continues', async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const offer = await browser.submit(page, '/login', { email, password, can_make_passkey: 'yes' });
    const response = key.make(
      optionsOf(offer, '/passkey-offer'),
      claims({ aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4' }),
    );
    redirectedTo(await browser.submit(offer, '/passkey-offer', { response }), app);
    expect((await server.services.passkeys.listByUser(ada))[0]?.name).to.equal('Google Password Manager');
    const other = openBrowser();
    const { page: next } = await begin(other);
    redirectedTo(await use(other, next), app);
  });

  it('are not offered by a login whose user was disabled, or got another password, meanwhile', async () => {
    for (const change of [
      () => server.services.users.setPassword(ada, 'another long passphrase', by),
      () => server.services.users.disable(ada, by),
    ]) {
      const browser = openBrowser();
      const page = await browser.visit(authorizationUrl(server, app).url);
      const offer = await browser.submit(page, '/login', { email, password, can_make_passkey: 'yes' });
      await change();
      const response = key.make(optionsOf(offer, '/passkey-offer'), claims());
      const answer = await browser.submit(offer, '/passkey-offer', { response });
      expect(answer.status).to.equal(400);
      expect(await server.services.passkeys.listByUser(ada)).to.deep.equal([]);
      await server.services.users.setPassword(ada, password, by);
    }
  });
});

onEachDatabase('passkeys as second factors', (start) => {
  it('answer the step after a password where a second factor is required, and are not asked for elsewhere', async () => {
    const server = await start();
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const key = createAuthenticator();
    const { origin } = new URL(server.issuer);
    const ada = await createUser(server);
    const user = await server.services.users.find(ada);
    if (user === null) {
      throw new Error('no user');
    }
    const options = await server.services.passkeys.creationOptions(user, 'session');
    await server.services.passkeys.register(
      user,
      { response: key.make(options, { origin }), binding: 'session', name: '' },
      by,
    );
    const optional = openBrowser();
    redirectedTo(await signIn(optional, await optional.visit(authorizationUrl(server, app).url)), app);
    await server.services.users.update(ada, { role: 'administrator' }, by);
    const browser = openBrowser();
    const { url } = authorizationUrl(server, app);
    const step = await signIn(browser, await browser.visit(url));
    expect(step.forms.some(({ action }) => action.endsWith('/second-factor')) || /\/passkey"/.test(step.html)).to.equal(
      true,
    );
    expect(step.location, 'no session yet').to.equal(undefined);
    const [, way = ''] = /href="([^"]*\/passkey)"/.exec(step.html) ?? [];
    const page = await browser.visit(new URL(way, server.issuer).href);
    const response = key.use(optionsOf(page, '/passkey'), { origin });
    redirectedTo(await browser.submit(page, '/passkey', { response }), app);
    const sessions = await server.services.sessions.listByUser(ada);
    expect(sessions).to.have.length(2);
  });
});

onEachDatabase('the throttle of passkeys', (start) => {
  it('is that of sign-ins from the address, and nobody can make a user wait by wrong passkeys', async () => {
    const server = await start({ environment: { THROTTLE_ADDRESS_FREE: '3' } });
    await createUser(server);
    const attempt = async (): Promise<Page> => {
      const browser = openBrowser();
      const page = await browser.visit(`${server.issuer}/account`);
      const response = createAuthenticator().use(optionsOf(page, '/passkey'), {
        origin: server.issuer,
        userHandle: 'AA',
      });
      return browser.submit(page, '/passkey', { response });
    };
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await attempt()).status).to.equal(401);
    }
    const waiting = await attempt();
    expect(waiting.status).to.equal(429);
    expect(Number(waiting.headers.get('retry-after'))).to.be.greaterThan(0);
    expect(waiting.html).to.include('failed sign-ins from your network');
    const browser = openBrowser();
    const page = await browser.visit(`${server.issuer}/account`);
    expect((await signIn(browser, page)).status, 'passwords share the counter').to.equal(429);
  });
});

onEachDatabase('passkeys that are switched off', (start) => {
  it('are on no page', async () => {
    const server = await start({ environment: { PASSKEY_ENABLED: 'false' } });
    await createUser(server);
    const browser = openBrowser();
    const page = await browser.visit(`${server.issuer}/account`);
    expect(page.html).to.not.match(/passkey/i);
    expect((await browser.get(`${page.url}/passkey`)).status).to.equal(404);
    await signIn(browser, page);
    expect((await browser.visit(`${server.issuer}/account/security`)).html).to.not.include('/account/passkeys');
    expect((await browser.visit(`${server.issuer}/account/passkeys`)).html).to.not.include('data-passkey');
  });
});
