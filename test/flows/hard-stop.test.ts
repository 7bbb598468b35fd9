import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { authorizationUrl, createUser, redirectedTo, registerApp, signIn } from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase } from '../support/server.ts';

const by = { actor: 'system' } as const;
const year = 365 * 24 * 3600;

onEachDatabase('a password that was guessed too often', (start) => {
  it('works nowhere but on known devices, until a new one is set by a link (SP 800-63B-4 §3.2.2, C6, C8)', async () => {
    const clock = manualClock(new Date());
    const server = await start({
      clock,
      environment: { THROTTLE_ACCOUNT_LIMIT: '4', THROTTLE_ACCOUNT_FREE: '4', TRUSTED_PROXIES: '127.0.0.1' },
    });
    const ada = await createUser(server);
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const request = authorizationUrl(server, app, { parameters: { prompt: 'login' } }).url;
    const enter = async (browser: Browser, secret?: string) =>
      signIn(browser, await browser.visit(request), 'ada@example.com', secret);

    const known = openBrowser({ 'x-forwarded-for': '192.0.2.1' });
    redirectedTo(await enter(known), app);
    for (let count = 0; count < 4; count += 1) {
      const attacker = openBrowser({ 'x-forwarded-for': `198.51.100.${count}` });
      expect((await enter(attacker, 'not the password')).status).to.equal(401);
    }
    const elsewhere = openBrowser({ 'x-forwarded-for': '203.0.113.1' });
    expect((await enter(elsewhere)).status).to.equal(429);
    clock.advance(year / 2);
    expect((await enter(elsewhere)).status, 'also half a year later').to.equal(429);
    clock.advance(-year / 2);
    redirectedTo(await enter(known), app);

    // The sign-in on the known device has reset the counter; the attacker goes on.
    for (let count = 0; count < 4; count += 1) {
      await enter(openBrowser({ 'x-forwarded-for': `198.51.100.${count + 10}` }), 'not the password');
    }
    expect((await enter(elsewhere)).status).to.equal(429);
    const { token } = await server.services.users.createPasswordLink(ada, 'set-password', by, { mailed: true });
    const secret = 'a different long passphrase';
    const page = await elsewhere.visit(`${server.issuer}/password/${token}`);
    await elsewhere.submit(page, token, { password: secret, confirmation: secret });
    redirectedTo(await enter(elsewhere, secret), app);
  });
});
