import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { asks, audited, createUser, isActive, obtain, registerApp, seedApis, signIn } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const day = 86_400;

onEachDatabase('the deletion of an account by its user', (start) => {
  let server: TestServer;
  let email: string;
  let ada: string;
  let count = 0;
  const clock = manualClock(new Date('2030-01-01T12:00:00Z'));

  before(async () => {
    server = await start({ clock });
    await seedApis(server);
  });

  beforeEach(async () => {
    count += 1;
    email = `ada${count}@example.com`;
    ada = await createUser(server, email);
  });

  async function signedIn(): Promise<Browser> {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`), email);
    return browser;
  }

  async function requestDeletion(browser: Browser): Promise<Page> {
    const page = await browser.visit(`${server.issuer}/account/deletion`);
    return browser.submit(page, '/account/deletion', { understood: 'yes' });
  }

  /** The link in the newest mail to the user. */
  async function linkInMail(): Promise<string> {
    for (const { id } of await server.services.outbox.list({ limit: 50, kind: 'mail' })) {
      const text = JSON.stringify(await server.services.outbox.show(id));
      const [link] = /https?:\/\/[^\s"\\]+\/undo-deletion\/[\w-]+/.exec(text) ?? [];
      if (link !== undefined && text.includes(email)) {
        return link;
      }
    }
    throw new Error('there is no such mail');
  }

  const exists = async (): Promise<boolean> => (await server.services.users.find(ada)) !== null;

  it('locks the account and ends everything at once, and deletes it after the grace period, not before', async () => {
    const app = await registerApp(server);
    const browser = await signedIn();
    const tokens = await obtain(server, app, { scope: 'openid archive:read' }, browser);
    const done = await requestDeletion(browser);
    expect(done.html).to.include('Your account is locked').and.include('7 days');
    expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
    expect(asks(await browser.visit(`${server.issuer}/account`))).to.equal('sign-in');
    const again = openBrowser();
    expect((await signIn(again, await again.visit(`${server.issuer}/account`), email)).status).to.equal(401);
    expect(await audited(server, { accountId: ada })).to.include('user.deletion_requested');
    clock.advance(7 * day - 1);
    expect(await server.services.accountDeletion.removeDue()).to.equal(0);
    expect(await exists()).to.equal(true);
    clock.advance(1);
    expect(await server.services.accountDeletion.removeDue()).to.equal(1);
    expect(await exists()).to.equal(false);
    expect(await server.services.consents.listByUser(ada)).to.deep.equal([]);
    expect(await audited(server, { accountId: ada })).to.include('user.deleted');
  });

  it('is undone with the link that was mailed, which works once, also by 20 parallel requests; a GET changes nothing', async () => {
    await requestDeletion(await signedIn());
    const link = await linkInMail();
    const page = await openBrowser().visit(link);
    expect(page.html).to.include('Keep your account?').and.include(email);
    expect((await server.services.users.find(ada))?.disabled, 'after a GET').to.equal(true);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => openBrowser().post(link, page.forms[0]?.fields ?? {})),
    );
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    expect(answers.filter(({ status }) => status === 410)).to.have.length(19);
    expect((await openBrowser().get(link)).status).to.equal(410);
    clock.advance(8 * day);
    expect(await server.services.accountDeletion.removeDue()).to.equal(0);
    expect((await (await signedIn()).get(`${server.issuer}/account`)).status).to.equal(200);
    expect(await audited(server, { accountId: ada })).to.include('user.deletion_undone');
  });

  it('is undone by an operator who enables the user; a user whom an operator disabled cannot undo it', async () => {
    await requestDeletion(await signedIn());
    const link = await linkInMail();
    await server.services.users.disable(ada, by);
    expect((await openBrowser().get(link)).status, 'disabled by an operator').to.equal(410);
    await server.services.users.enable(ada, by);
    expect((await server.services.users.find(ada))?.deletionDueAt).to.equal(undefined);
    clock.advance(8 * day);
    expect(await server.services.accountDeletion.removeDue()).to.equal(0);
    await server.services.users.disable(ada, by);
    expect(await server.services.accountDeletion.removeDue(), 'disabled, but not to be deleted').to.equal(0);
    expect(await exists()).to.equal(true);
  });

  it('needs a fresh sign-in, the form of this session and the confirmation', async () => {
    const browser = await signedIn();
    const address = `${server.issuer}/account/deletion`;
    const page = await browser.visit(address);
    const { fields = {} } = page.forms.find(({ action }) => action.endsWith('/account/deletion')) ?? {};
    expect((await browser.post(address, fields)).status, 'not understood').to.equal(400);
    expect((await browser.post(address, { ...fields, csrf: 'x', understood: 'yes' })).status).to.equal(403);
    expect((await openBrowser().post(address, { understood: 'yes' })).location).to.match(/\/authorize\?/);
    clock.advance(601);
    const late = await browser.post(address, { ...fields, understood: 'yes' });
    expect(late.location).to.match(/\/authorize\?.*prompt=login/);
    expect((await server.services.users.find(ada))?.disabled).to.equal(false);
  });

  it('is refused to the last administrator', async () => {
    const browser = await signedIn();
    await server.services.users.update(ada, { role: 'administrator' }, by);
    const page = await requestDeletion(browser);
    expect(page.status).to.equal(409);
    expect(page.html).to.include('You are the only administrator');
    expect((await server.services.users.find(ada))?.disabled).to.equal(false);
    await server.services.users.update(
      await createUser(server, `root${count}@example.com`),
      { role: 'administrator' },
      by,
    );
    expect((await requestDeletion(browser)).html).to.include('Your account is locked');
  });

  it('happens once when two instances look for it at the same moment', async () => {
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const other = await start({ clock, databaseUrl, environment: { SECRET } });
    await requestDeletion(await signedIn());
    clock.advance(7 * day);
    await Promise.all([server, other, server, other].map(({ services }) => services.accountDeletion.removeDue()));
    await server.services.accountDeletion.removeDue();
    expect(await exists()).to.equal(false);
    const events = (await audited(server, { accountId: ada })).filter((type) => type === 'user.deleted');
    expect(events).to.have.length(1);
    await other.stop();
  });
});
