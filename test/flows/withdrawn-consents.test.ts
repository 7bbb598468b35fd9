/**
 * Who withdraws a consent ends the grants that are stored. A request that has read the consent just before stores its
 * grant later, above all on an instance whose way to the database is long.
 */
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  createUser,
  password,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('a consent that is withdrawn while a request uses it', (start) => {
  const clock = manualClock();
  let server: TestServer;
  let failing: FailingDatabase;
  let accountId: string;
  let app: AppClient;
  const onArchive = { scope: 'openid archive:read', resource: archive };

  before(async () => {
    failing = createFailingDatabase();
    server = await start({ clock, wrapDatabase: failing.wrap });
    await seedApis(server);
    accountId = await createUser(server);
  });
  beforeEach(async () => {
    app = await registerApp(server);
  });

  async function allowedApp(): Promise<AppClient> {
    const allowed = await registerApp(server);
    await authorize(server, allowed, onArchive);
    return allowed;
  }

  /** A browser whose user is signed in for a long time, by an app that needs no consent. */
  async function signedIn(): Promise<Browser> {
    const browser = openBrowser();
    const other = await registerApp(server, { firstParty: true });
    const page = await browser.visit(authorizationUrl(server, other).url);
    await browser.submit(page, '/login', { email: 'ada@example.com', password, remember: 'yes' });
    return browser;
  }

  /** Sends an authorization request, and withdraws the consent when the request is about to store what it made. */
  async function withdrawDuring(browser: Browser): Promise<Page> {
    const { url } = authorizationUrl(server, app, onArchive);
    const { reached, release } = failing.holdBulkWrite();
    const answer = browser.get(url);
    await reached;
    await server.services.consents.withdraw(accountId, app.clientId, { actor: accountId });
    release();
    return answer;
  }

  it('gives the app nothing in another session', async () => {
    await authorize(server, app, onArchive);
    const browser = await signedIn();
    const page = await withdrawDuring(browser);
    expect(page.status).to.equal(409);
    expect(page.location).to.equal(undefined);
    expect(asks(await browser.visit(authorizationUrl(server, app, onArchive).url))).to.equal('consent');
  });

  it('gives the app nothing if the user allows it at this moment', async () => {
    const browser = await signedIn();
    const asked = await browser.visit(authorizationUrl(server, app, onArchive).url);
    const { reached, release } = failing.holdBulkWrite();
    const answer = browser.submit(asked, '/consent', { decision: 'allow' });
    await reached;
    await server.services.consents.withdraw(accountId, app.clientId, { actor: accountId });
    release();
    expect((await answer).status).to.equal(409);
    expect(asks(await browser.visit(authorizationUrl(server, app, onArchive).url))).to.equal('consent');
  });

  it('gives the app nothing a day later either, if the user had chosen when the access ends', async () => {
    const browser = await signedIn();
    const asked = await browser.visit(authorizationUrl(server, app, onArchive).url);
    await browser.submit(asked, '/consent', { decision: 'allow', ends_in: String(30 * 86_400) });
    clock.advance(60);
    expect((await withdrawDuring(browser)).status).to.equal(409);
    clock.advance(25 * 3600);
    // With the next end, the list of what has ended lately forgets those of yesterday.
    await server.services.consents.withdraw(accountId, (await allowedApp()).clientId, { actor: accountId });
    expect(asks(await browser.visit(authorizationUrl(server, app, onArchive).url))).to.equal('consent');
  });
});
