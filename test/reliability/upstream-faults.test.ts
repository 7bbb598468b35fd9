/** The database fails while another provider sends a user back, or ends the sessions of one. */
import { expect } from 'chai';
import { authorizationUrl, redirectedTo, registerApp, type AppClient } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { leave, registerOpenid } from '../support/upstream.ts';

onEachDatabase('a storage failure at a request from another provider', (start) => {
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
      it(`is 503 when a user is sent back, and ${who} can sign in at the same page (${kind} the statement is applied)`, async function everyStatement() {
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

  it('is 503 at a logout token, and the same token ends the sessions when it is sent again', async function everyStatement() {
    this.timeout(120_000);
    let faults = 0;
    for (let number = 0, happened = true; happened; number += 1) {
      const sub = `leaving-${number}`;
      const email = `${sub}@example.com`;
      provider.person = { sub, email, email_verified: true };
      const browser = openBrowser();
      redirectedTo(await browser.visit(await provider.visit(await leave(server, app, browser, 'staff'))), app);
      const now = Math.floor(Date.now() / 1000);
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const claims = { iss: provider.issuer, aud: provider.clientId, sub, iat: now, exp: now + 120, jti: sub, events };
      const token = await provider.sign(claims, { typ: 'logout+jwt' });
      const post = async (): Promise<number> => {
        const { status } = await fetch(`${server.issuer}/upstream/staff/backchannel-logout`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ logout_token: token }).toString(),
        });
        return status;
      };
      const hasHappened = failing.failStatement(number, 'before');
      const status = await post();
      happened = hasHappened();
      failing.restore();
      expect(status, `statement ${number}`).to.equal(happened ? 503 : 200);
      if (happened) {
        faults += 1;
        // 400: everything had ended, and what failed was the audit event after it.
        expect(await post(), `after statement ${number}`).to.be.oneOf([200, 400]);
      }
      const user = await server.services.users.findByEmail(email);
      expect(await server.services.sessions.listByUser(user?._id ?? ''), `statement ${number}`).to.deep.equal([]);
    }
    expect(faults).to.be.greaterThan(3);
  });
});
