import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import { asks, audited, createUser, signIn } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { addApp, enterCode, shownCodes, shownSeed } from '../support/second-factors.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('the pages about second factors', (start) => {
  let clock: ManualClock;
  let server: TestServer;
  let email: string;
  let ada: string;
  let users = 0;

  before(async () => {
    clock = manualClock();
    server = await start({ clock, environment: { THROTTLE_ADDRESS_FREE: '100000' } });
  });
  beforeEach(async () => {
    users += 1;
    email = `ada${users}@example.com`;
    ada = await createUser(server, email);
    clock.advance(60);
  });

  const address = (path: string): string => `${server.issuer}/account/${path}`;
  const code = (seed: string): string => totpCode(seed, clock.now());

  async function open(
    path: string,
    browser: Browser = openBrowser(),
    seed?: string,
  ): Promise<{ browser: Browser; page: Page }> {
    let page = await browser.visit(address(path));
    if (asks(page) === 'sign-in') {
      page = await signIn(browser, page, email);
    }
    if (seed !== undefined && page.forms.some(({ action }) => action.endsWith('/second-factor'))) {
      page = await enterCode(browser, page, code(seed));
    }
    return { browser, page };
  }

  it('add an app after its first code, and show recovery codes once, also as a file', async () => {
    const { browser } = await open('second-factors');
    const { page } = await open('second-factors/new', browser);
    const seed = shownSeed(page);
    const wrong = await browser.submit(page, '/second-factors/new', { code: '000000' });
    expect([wrong.status, shownSeed(wrong)]).to.deep.equal([400, seed]);
    const unnamed = await browser.submit(wrong, '/second-factors/new', { code: code(seed), name: ' ' });
    expect(unnamed.status).to.equal(400);
    const codes = await browser.submit(unnamed, '/second-factors/new', { code: code(seed), name: 'Phone' });
    expect(shownCodes(codes)).to.have.length(10);
    const file = await browser.submit(codes, '/download');
    expect(file.headers.get('content-type')).to.match(/^text\/plain/);
    expect(file.headers.get('content-disposition')).to.equal('attachment; filename="recovery-codes.txt"');
    expect(file.headers.get('cache-control')).to.equal('no-store');
    for (const one of shownCodes(codes)) {
      expect(file.html).to.include(one);
    }
    const again = await browser.visit(address('second-factors/recovery-codes'));
    expect(asks(again), 'the session has not proved the new factor').to.equal('sign-in');
    expect(shownCodes(again)).to.deep.equal([]);
    expect((await server.services.secondFactors.listApps(ada)).map(({ name }) => name)).to.deep.equal(['Phone']);
    expect(await audited(server, { accountId: ada })).to.include('second_factor.added');
  });

  it('a form that was sent twice, or 20 times at once, adds one app', async () => {
    const { browser, page } = await open('second-factors/new', (await open('second-factors')).browser);
    const values = { code: code(shownSeed(page)), name: 'Phone' };
    await Promise.all(Array.from({ length: 20 }, () => browser.submit(page, '/second-factors/new', values)));
    expect(await server.services.secondFactors.listApps(ada)).to.have.length(1);
  });

  it('ask for every factor that is there first (ASVS 7.5.1)', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { browser, page } = await open('security');
    const remembered = await enterCode(browser, page, code(seed), { remember_device: 'yes' });
    expect(remembered.status).to.equal(200);
    // In a new session, in which the device replaces the second factor.
    await browser.submit(remembered, '/account/sign-out');
    clock.advance(60);
    const overview = await open('security', browser);
    expect(new URL(overview.page.url).pathname).to.equal('/account/security');
    const asked = await browser.visit(address('second-factors'));
    expect(asks(asked)).to.equal('sign-in');
    const second = await signIn(browser, asked, email);
    expect(second.forms.some(({ action }) => action.endsWith('/second-factor'))).to.equal(true);
    const list = await enterCode(browser, second, code(seed));
    expect(new URL(list.url).pathname).to.equal('/account/second-factors');
    clock.advance(21 * 60);
    for (const form of list.forms.filter(({ action }) => /second-factors\/./.test(action))) {
      await browser.post(new URL(form.action, list.url).href, form.fields);
    }
    expect(await server.services.secondFactors.listApps(ada), 'after 21 minutes').to.have.length(1);
    expect(asks(await browser.visit(address('second-factors')))).to.equal('sign-in');
  });

  it('rename and remove an app, and make new recovery codes', async () => {
    const { id, seed, recoveryCodes } = await addApp(server, ada, clock);
    const { browser, page } = await open('second-factors', openBrowser(), seed);
    expect(page.html).to.include('Phone').and.include('10 codes are left');
    const renamed = await browser.submit(page, `/${id}/rename`, { name: 'Old phone' });
    expect(renamed.html).to.include('Old phone');
    expect((await browser.submit(renamed, `/${id}/rename`, { name: '' })).status).to.equal(400);
    const codes = await browser.submit(renamed, '/second-factors/recovery-codes');
    expect(shownCodes(codes)).to.have.length(10);
    expect(shownCodes(codes)).to.not.include.members([...recoveryCodes]);
    const list = await browser.visit(address('second-factors'));
    const removed = await browser.submit(list, `/${id}/remove`);
    expect(removed.status).to.equal(200);
    expect((await browser.submit(list, `/${id}/remove`)).status, 'a second click').to.equal(200);
    expect(await server.services.secondFactors.hasSecondFactor({ _id: ada })).to.equal(false);
    expect(await audited(server, { accountId: ada })).to.include.members([
      'second_factor.renamed',
      'second_factor.removed',
      'recovery_codes.created',
    ]);
  });

  it('do nothing for a stranger, without the token of the form, and with that of another session', async () => {
    const { id, seed } = await addApp(server, ada, clock);
    const { browser, page } = await open('second-factors', openBrowser(), seed);
    const remove = page.forms.find(({ action }) => action.endsWith('/remove'));
    const url = new URL(remove?.action ?? '', page.url).href;
    await openBrowser().post(url, remove?.fields ?? {});
    expect((await browser.post(url, {})).status).to.equal(403);
    expect((await browser.post(url, remove?.fields ?? {}, { 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
    email = `eve${users}@example.com`;
    const eve = await createUser(server, email);
    const hers = await addApp(server, eve, clock);
    const other = await open('second-factors', openBrowser(), hers.seed);
    const own = other.page.forms.find(({ action }) => action.endsWith('/remove'));
    await other.browser.post(url, own?.fields ?? {});
    await browser.visit(url);
    expect((await server.services.secondFactors.listApps(ada)).map((app) => app.id)).to.deep.equal([id]);
  });

  it('list remembered devices, and forget them', async () => {
    const { seed } = await addApp(server, ada, clock);
    const { browser, page } = await open('devices');
    const list = await enterCode(browser, page, code(seed), { remember_device: 'yes' });
    const user = await server.services.users.find(ada);
    await server.services.rememberedDevices.remember({ accountId: ada, credentialsVersion: 0 }, { actor: ada });
    expect(list.html).to.include('this device');
    const forgotten = await browser.submit(list, '/forget');
    expect(forgotten.status).to.equal(200);
    const devices = () => server.services.rememberedDevices.listByUser(user ?? ({} as never));
    expect(await devices()).to.have.length(1);
    await server.services.rememberedDevices.remember({ accountId: ada, credentialsVersion: 0 }, { actor: ada });
    await browser.submit(await browser.visit(address('devices')), '/forget-all');
    expect(await devices()).to.deep.equal([]);
  });

  it('have a row each on the page about security', async () => {
    const before = await open('security');
    expect(before.page.html).to.include('Off: your password alone opens your account.');
    const { seed } = await addApp(server, ada, clock);
    const after = await open('security', openBrowser(), seed);
    expect(after.page.html).to.include('On: one besides your password');
  });
});
