/** The database fails while another provider sends a user back. */
import { expect } from 'chai';
import { authorizationUrl, redirectedTo, registerApp, type AppClient } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { leave, registerOpenid } from '../support/upstream.ts';

onEachDatabase('a storage failure while another provider sends a user back', (start) => {
  let failing: FailingDatabase;
  let server: TestServer;
  let app: AppClient;
  let provider: OpenidProvider;

  before(async function startServers() {
    this.timeout(60_000);
    failing = createFailingDatabase();
    server = await start({ wrapDatabase: failing.wrap });
    app = await registerApp(server, { firstParty: true, apis: [] });
    provider = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/staff/callback` });
    await registerOpenid(server, provider, {
      createUsers: true,
      authoritativeFor: ['*'],
      groups: [{ from: 'x', to: 'visitors' }],
    });
  });
  after(() => provider?.close());
  afterEach(() => failing.restore());

  for (const [who, isKnown] of [
    ['a new person', false],
    ['a linked person', true],
  ] as const) {
    for (const kind of ['before', 'after'] as const) {
      it(`is 503 with Retry-After, and ${who} can sign in at the same page (${kind} the statement is applied)`, async function everyStatement() {
        this.timeout(120_000);
        let faults = 0;
        for (let number = 0, happened = true; happened; number += 1) {
          const name = `${kind}-${isKnown ? 'known' : 'new'}-${number}`;
          provider.person = { sub: name, email: `${name}@example.com`, email_verified: true, groups: ['x'] };
          if (isKnown) {
            const earlier = openBrowser();
            redirectedTo(await earlier.visit(await provider.visit(await leave(server, app, earlier, 'staff'))), app);
          }
          const browser = openBrowser();
          const page = await browser.visit(authorizationUrl(server, app).url);
          const asked = await browser.submit(page, '/upstream/staff');
          const callback = await provider.visit(asked.location ?? '');
          const hasHappened = failing.failStatement(number, kind);
          // The callback, and the address below the interaction to which it leads.
          const first = await browser.get(callback);
          const answer =
            first.location === undefined ? first : await browser.get(new URL(first.location, server.issuer).href);
          happened = hasHappened();
          failing.restore();
          if (happened) {
            faults += 1;
            expect(answer.status, `statement ${number}`).to.equal(503);
            expect(Number(answer.headers.get('retry-after')), `statement ${number}`).to.be.greaterThan(0);
            const again = await browser.submit(await browser.visit(page.url), '/upstream/staff');
            redirectedTo(await browser.visit(await provider.visit(again.location ?? '')), app);
          }
          const user = await server.services.users.findByEmail(`${name}@example.com`);
          expect(user?.groups, `statement ${number}`).to.deep.equal(['visitors']);
          expect(await server.services.upstreamLinks.listByUser(user?._id ?? '')).to.have.length(1);
        }
        expect(faults).to.be.greaterThan(5);
      });
    }
  }
});
