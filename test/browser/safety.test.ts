import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { authorizationUrl, redeem } from '../support/app.ts';
import { describeInBrowser, openAccount, password, registerVisitorApp, signIn, type World } from './world.ts';

/** Text that would run as a script, or end the surrounding element, if it were inserted without escaping. */
const canary =
  '"\'><script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>{{alert(4)}}</title></textarea>';

/** Checks that no part of a canary has become an element. */
async function expectInert(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  expect(await page.locator('script:not([src]), img[onerror], svg[onload], img[src=x]').count(), page.url()).to.equal(
    0,
  );
}

async function startFlow(
  world: World,
  page: Page,
  request: Parameters<typeof authorizationUrl>[2] = {},
  client: Parameters<typeof registerVisitorApp>[1] = {},
) {
  const app = await registerVisitorApp(world, { name: 'Letters', ...client });
  const { url, verifier } = authorizationUrl(world.server, app, request);
  const response = await page.goto(url);
  return { app, verifier, response };
}

describeInBrowser('The recorder of complaints', (world) => {
  it('records violations of the content security policy, dialogs, and errors on pages and in the console', async () => {
    const { issuer, visit } = world();
    const visitor = await visit();
    await visitor.page.goto(issuer);
    await visitor.page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'alert(0)';
      document.body.append(script);
      setTimeout(() => { throw new Error('thrown on purpose'); });
      console.error('logged on purpose');
      alert('shown on purpose');
      await fetch('/nothing/here').catch(() => undefined);
    })()`);
    await visitor.page.waitForFunction('true');
    for (const expected of [
      /content policy: script-src-elem/,
      /^console .*logged on purpose/,
      /^dialog .*shown on purpose/,
      /^error .*thrown on purpose/,
      /^console .*content security policy/i,
    ]) {
      expect(
        visitor.complaints.some((complaint) => expected.test(complaint)),
        String(expected),
      ).to.equal(true);
    }
    visitor.expectComplaint(/./);
  });
});

describeInBrowser('Safety, in a browser', (world) => {
  it('never interprets text from apps, users or URLs as markup (D1)', async () => {
    const { server, landing, issuer, visit } = world();
    const name = '"><img src=x onerror=alert(5)>{{7*7}}';
    const identifier = 'https://canary.example/api';
    await server.services.apis.create(
      {
        identifier,
        name: canary.slice(0, 60),
        tokenFormat: 'jwt',
        scopes: [{ value: 'canary:read', description: canary.slice(0, 100) }],
      },
      { actor: 'system' },
    );
    const user = await world().createUser({ name: canary.slice(0, 80) });
    const { page } = await visit();
    const { app } = await startFlow(
      world(),
      page,
      {
        scope: 'openid profile canary:read',
        resource: identifier,
        parameters: {
          state: canary,
          login_hint: canary,
          ui_locales: `${canary} de`,
          acr_values: canary,
          nonce: canary,
        },
      },
      { name, apis: [identifier] },
    );
    await expectInert(page);
    expect(await page.locator('.lead').innerText()).to.include(name);
    expect(await page.locator('#username').inputValue()).to.equal(canary);
    await page.locator('#username').fill(user.email);
    await page.locator('#current-password').fill('not the password at all');
    await page.locator('main button.primary').click();
    await page.getByRole('alert').waitFor();
    await expectInert(page);
    await page.locator('#current-password').fill(password);
    await page.locator('main button.primary').click();
    await page.locator('button[value=allow]').waitFor();
    await expectInert(page);
    expect(await page.locator('main').innerText())
      .to.include(name)
      .and.include('onerror=alert(2)');
    await page.locator('button[value=allow]').click();
    await page.waitForURL(`${landing.url}/**`);
    expect(landing.arrivals.at(-1)?.parameters.get('state')).to.equal(canary);

    await page.goto(`${issuer}/account/apps`);
    await expectInert(page);
    expect(await page.locator('main').innerText()).to.include(name);

    const requests: readonly Readonly<Record<string, string>>[] = [
      { client_id: canary },
      { redirect_uri: canary },
      { redirect_uri: `javascript:alert(6)//${canary}` },
      { response_type: canary },
      { prompt: canary },
      { scope: canary },
      { response_mode: canary },
      { code_challenge_method: canary },
      { request: canary },
      { id_token_hint: canary },
    ];
    for (const parameters of requests) {
      await page.goto(authorizationUrl(server, app, { parameters }).url);
      await expectInert(page);
    }
    for (const path of [
      `/logout?client_id=${encodeURIComponent(canary)}`,
      `/logout?id_token_hint=${encodeURIComponent(canary)}`,
      `/${encodeURIComponent(canary)}`,
      `/interaction/${encodeURIComponent(canary)}`,
      `/password/${encodeURIComponent(canary)}`,
    ]) {
      await page.goto(issuer + path);
      await expectInert(page);
    }
  });

  it('does not let any of its pages be shown in a frame (D6)', async () => {
    const { server, issuer, landing, createUser, visit } = world();
    const { email } = await createUser();
    const visitor = await visit();
    const { page, context } = visitor;
    const login = await startFlow(world(), page);
    const loginUrl = page.url();
    await signIn(page, email);
    await page.locator('button[value=allow]').waitFor();
    const consentUrl = page.url();
    const framed = {
      login: loginUrl,
      consent: consentUrl,
      account: `${issuer}/account`,
      logout: `${issuer}/logout`,
      home: `${issuer}/`,
      error: `${issuer}/nothing`,
      authorization: authorizationUrl(server, login.app).url,
    };
    const frames = await context.newPage();
    visitor.expectComplaint(
      /frame-ancestors|X-Frame-Options|ERR_BLOCKED_BY_RESPONSE|Refused to (?:display|frame)|Framing/i,
    );
    // The browser shows an error page instead of the blocked page, and reports the blocked page's status for it.
    visitor.expectComplaint(/status of 40\d \(\) \(chrome-error:/);
    for (const [what, address] of Object.entries(framed)) {
      await frames.goto(`${landing.url}/frames`);
      const loaded = frames.waitForEvent(
        'framenavigated',
        (frame) => frame.parentFrame() !== null && frame.url() !== 'about:blank',
      );
      await frames.evaluate(
        `document.documentElement.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(address)} }))`,
      );
      await loaded;
      const [child] = frames.frames().filter((frame) => frame.parentFrame() !== null);
      expect(child?.url(), `${what} in a frame`).to.match(/^chrome-error:/);
    }
  });

  it('sets cookies that scripts and other sites cannot use, and that contain no token (D4)', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await openAccount(world(), page, email);
    await startFlow(world(), page, { parameters: { prompt: 'login' } });
    const cookies = await context.cookies(`${new URL(page.url()).origin}${new URL(page.url()).pathname}`);
    expect(cookies.map(({ name }) => name)).to.include.members([
      'gatehouse_session',
      'gatehouse_interaction',
      `gatehouse_flow_${page.url().split('/').at(-1) ?? ''}`,
      'gatehouse_device',
    ]);
    for (const cookie of await context.cookies()) {
      expect(cookie, cookie.name).to.include({ httpOnly: true, sameSite: 'Lax', domain: 'localhost', secure: false });
      expect(cookie.name, 'no prefix on plain http').to.match(/^gatehouse_/);
      expect(cookie.name.length + cookie.value.length).to.be.below(4096);
      expect(cookie.value, 'no JSON Web Token').to.not.match(/eyJ[\w-]+\.eyJ/);
    }
    const session = cookies.find(({ name }) => name === 'gatehouse_session');
    expect(session?.expires, 'not remembered, so it ends with the browser').to.equal(-1);
    expect(session?.path).to.equal('/');
    expect(await page.evaluate('document.cookie')).to.equal('');
    expect(new URL(issuer).hostname).to.equal('localhost');
  });

  it('keeps the session after the browser is closed only if the user chose to stay signed in', async () => {
    const { issuer, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await page.goto(`${issuer}/account`);
    await page.getByLabel('Keep me signed in on this device').check();
    await signIn(page, email);
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    const session = (await context.cookies()).find(({ name }) => name === 'gatehouse_session');
    const days = ((session?.expires ?? 0) - Date.now() / 1000) / 86_400;
    expect(days).to.be.within(0.9, 30.1);
  });

  it('sends the response to an app by a posted form, with and without JavaScript (OAuth 2.0 Form Post Response Mode)', async () => {
    const { server, landing, createUser, visit } = world();
    const { email } = await createUser();
    for (const javaScriptEnabled of [true, false]) {
      const { page } = await visit({ javaScriptEnabled });
      const { app, verifier } = await startFlow(world(), page, {
        parameters: { response_mode: 'form_post', state: canary },
      });
      await signIn(page, email);
      if (javaScriptEnabled) {
        await page.getByRole('button', { name: 'Allow', exact: true }).click();
      } else {
        await page.getByRole('heading', { name: 'Letters asks for access' }).waitFor();
        await page.getByRole('button', { name: 'Allow', exact: true }).click();
        await page.getByRole('button', { name: 'Continue' }).click();
      }
      await page.waitForURL(`${landing.url}/callback`);
      const arrival = landing.arrivals.at(-1);
      expect(arrival?.method).to.equal('POST');
      expect(arrival?.parameters.get('state')).to.equal(canary);
      expect(arrival?.parameters.get('iss')).to.equal(world().issuer);
      const { status } = await redeem(server, app, { code: arrival?.parameters.get('code') ?? '', verifier });
      expect(status).to.equal(200);
    }
  });

  it('survives 200 abandoned sign-ins in one browser (F11)', async () => {
    const { server, issuer, landing, createUser, visit } = world();
    const { email } = await createUser();
    const { page, context } = await visit();
    await openAccount(world(), page, email);
    const app = await registerVisitorApp(world(), { name: 'Letters', firstParty: true });
    const opened: string[] = [];
    while (opened.length < 200) {
      const { url } = authorizationUrl(server, app, { parameters: { prompt: 'login', state: String(opened.length) } });
      // This request uses the cookies of the browser, but is faster than loading a page.
      const response = await context.request.get(url, { maxRedirects: 0 });
      expect(response.status(), `flow ${opened.length}`).to.equal(303);
      opened.push(new URL(response.headers()['location'] ?? '', issuer).href);
    }

    const account = await page.goto(`${issuer}/account`);
    expect(account?.status()).to.equal(200);
    expect(await page.getByRole('heading', { level: 1 }).innerText(), 'the login session still exists').to.equal(
      'Your account',
    );
    expect((await context.cookies()).length).to.be.below(150);

    for (const url of opened.slice(-20, -2)) {
      const shown = await context.request.get(url);
      const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await shown.text()) ?? [];
      const answered = await context.request.post(`${url}/login`, {
        form: { csrf, email, password },
        headers: { origin: issuer },
      });
      const arrived = new URL(answered.url());
      expect(arrived.origin, await answered.text()).to.equal(landing.url);
      expect(arrived.searchParams.get('state')).to.equal(String(opened.indexOf(url)));
      expect(arrived.searchParams.has('code')).to.equal(true);
    }
    for (const url of opened.slice(-2)) {
      await page.goto(url);
      await signIn(page, email);
      await page.waitForURL(`${landing.url}/**`);
      expect(landing.arrivals.at(-1)?.parameters.get('state')).to.equal(String(opened.indexOf(url)));
    }
    const old = await page.goto(opened[0] ?? '');
    expect(old?.status()).to.equal(400);
    await page.getByRole('heading', { name: 'You are already signed in' }).waitFor();
  });

  it('keeps the login session while 200 sign-ins start at the same time, as from restored tabs', async () => {
    const { server, issuer, createUser, visit } = world();
    const { email } = await createUser();
    // The content security policy of the page allows no requests, so it is bypassed. The test checks only cookies.
    const { page, context } = await visit({ bypassCSP: true });
    await openAccount(world(), page, email);
    const app = await registerVisitorApp(world(), { name: 'Letters' });
    const { url } = authorizationUrl(server, app, { parameters: { prompt: 'login', nonce: 'n' } });
    // Each request has another nonce, because the browser sends equal requests one after another.
    const statuses = await page.evaluate(
      `Promise.all(Array.from({ length: 200 }, (_, index) => fetch(${JSON.stringify(url)} + index).then(({ status }) => status)))`,
    );
    expect(new Set(statuses as number[])).to.deep.equal(new Set([200]));
    expect((await context.cookies()).map(({ name }) => name)).to.include('gatehouse_session');
    await page.goto(`${issuer}/account`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).to.equal('Your account');
  });
});
