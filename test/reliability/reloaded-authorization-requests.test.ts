/**
 * A browser loads an authorization request again that got 503. It gets its code, whichever statement failed, and
 * whether it was applied or not; also if the request was pushed, and so works once (RFC 9126 §2.2).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  redeem,
  redirectedTo,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase, type FaultKind } from '../support/failing-database.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

/** An upper bound for the statements of a request, so that the test ends. */
const maxStatements = 40;
const kinds = { before: 'before it is applied', after: 'after it was applied', half: 'in the middle of a bulk write' };

onEachDatabase('an authorization request that is loaded again', (start) => {
  let server: TestServer;
  let failing: FailingDatabase;
  let app: AppClient;
  let browser: Browser;

  before(async () => {
    failing = createFailingDatabase();
    server = await start({ wrapDatabase: failing.wrap, environment: { REQUEST_DEADLINE: '1s' } });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
    browser = openBrowser();
    await authorize(server, app, {}, browser);
  });
  afterEach(() => failing.restore());

  async function push(): Promise<{ readonly url: string; readonly verifier: string }> {
    const { url, verifier } = authorizationUrl(server, app);
    const { status, body } = await callAs(server, app, '/par', Object.fromEntries(new URL(url).searchParams));
    expect(status, JSON.stringify(body)).to.equal(201);
    const query = new URLSearchParams({ client_id: app.clientId, request_uri: String(body['request_uri']) });
    return { url: `${server.issuer}/authorize?${query.toString()}`, verifier };
  }

  async function untilAnswered(url: string, first: Page): Promise<Page> {
    let page = first;
    for (let times = 0; page.status === 503; times += 1) {
      expect(times, 'repeats').to.be.lessThan(20);
      await sleep(20);
      page = await browser.visit(url);
    }
    return page;
  }

  for (const [name, prepare] of Object.entries({
    'with its parameters in the address': async () => authorizationUrl(server, app),
    'that was pushed (RFC 9126)': push,
  })) {
    for (const [kind, when] of Object.entries(kinds) as [FaultKind, string][]) {
      it(`${name}, gives a code, whichever statement fails ${when}`, async function run() {
        this.timeout(60_000);
        let failed = 0;
        for (let statement = 0; statement < maxStatements; statement += 1) {
          const { url, verifier } = await prepare();
          const hasHappened = failing.failStatement(statement, kind);
          const first = await browser.visit(url);
          const isOver = !hasHappened();
          failing.restore();
          failed += first.status === 503 ? 1 : 0;
          const page = await untilAnswered(url, first);
          const context = `statement ${statement} fails ${kind}`;
          const redirected = redirectedTo(page, app);
          const code = redirected.searchParams.get('code');
          expect(code, `${context}: ${redirected.href}`).to.be.a('string');
          const { status, body } = await redeem(server, app, { code: String(code), verifier });
          expect(status, `${context}: ${JSON.stringify(body)}`).to.equal(200);
          if (isOver) {
            expect(failed, 'statements that failed').to.be.greaterThan(1);
            return;
          }
        }
        throw new Error('the request has more statements than expected');
      });
    }
  }

  it('after it gave a code is rejected if it was pushed, also when a repeat of it gets 503 (RFC 9126 §4)', async () => {
    const { url } = await push();
    expect(redirectedTo(await browser.visit(url), app).searchParams.get('code')).to.be.a('string');
    for (const kind of ['before', 'after'] as const) {
      for (let statement = 0; statement < maxStatements; statement += 1) {
        const hasHappened = failing.failStatement(statement, kind);
        await browser.visit(url);
        const isOver = !hasHappened();
        failing.restore();
        const { location, html } = await browser.visit(url);
        expect(location ?? html, `statement ${statement} fails ${kind}`).to.include('invalid_request_uri');
        if (isOver) {
          break;
        }
      }
    }
  });
});
