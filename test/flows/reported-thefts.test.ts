/** The mail about a refresh token that was used again: one for each family, whoever finds out and however often. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { manualClock, type ManualClock } from '../../src/clock.ts';
import {
  archive,
  authorizationUrl,
  createUser,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { mailsOf } from '../support/mails.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('a stolen refresh token is reported by one mail', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let failing: FailingDatabase;
  let app: AppClient;

  before(async () => {
    clock = manualClock();
    failing = createFailingDatabase();
    server = await start({ clock, wrapDatabase: failing.wrap });
    await seedApis(server);
    app = await registerApp(server);
  });
  afterEach(() => failing.restore());

  /** A token of a new user that was used before, and cannot be repeated any more. */
  async function usedToken(): Promise<{ readonly token: unknown; readonly current: unknown; readonly email: string }> {
    const email = `${randomUUID()}@example.com`;
    await createUser(server, email);
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, app, {
      scope: 'openid archive:read',
      resource: archive,
    });
    const consent = await signIn(browser, await browser.visit(url), email);
    const page = await browser.submit(consent, '/consent', { decision: 'allow' });
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code, verifier });
    const next = await refresh(server, app, body['refresh_token']);
    expect(next.status).to.equal(200);
    clock.advance(31);
    return { token: body['refresh_token'], current: next.body['refresh_token'], email };
  }

  function expectRefused({ status, body }: Answer): void {
    expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_grant' });
  }

  async function expectOneMail(email: string, context = ''): Promise<void> {
    const mails = (await mailsOf(server)).filter(({ to }) => to === email);
    expect(
      mails.map(({ subject }) => subject),
      context,
    ).to.deep.equal(['An app has no access to your account at Gatehouse any more']);
  }

  it('when it is presented many times at once, to two instances', async () => {
    const { token, email } = await usedToken();
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const second = await start({ clock, databaseUrl, environment: { SECRET } });
    const presented = Array.from({ length: 12 }, (_, at) => refresh(at % 2 === 0 ? server : second, app, token));
    for (const answer of await Promise.all(presented)) {
      expectRefused(answer);
    }
    await second.stop();
    await expectOneMail(email);
  });

  for (const kind of ['before', 'after'] as const) {
    it(`although a statement fails ${kind} it is applied, and the request is repeated`, async () => {
      let isOver = false;
      for (let statement = 0; !isOver; statement += 1) {
        const { token, email } = await usedToken();
        const hasHappened = failing.failStatement(statement, kind);
        const answer = await refresh(server, app, token);
        isOver = !hasHappened();
        failing.restore();
        expectRefused(answer.status === 503 ? await refresh(server, app, token) : answer);
        await expectOneMail(email, `statement ${statement}`);
      }
    });
  }

  it('and ended although the mail cannot be made', async () => {
    const views = await mkdtemp(join(tmpdir(), 'views-'));
    await mkdir(join(views, 'mail'));
    await writeFile(join(views, 'mail', 'app-access-ended.eta'), "<% throw new Error('broken'); %>");
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const second = await start({ clock, databaseUrl, environment: { SECRET, VIEWS_DIR: views } });
    const { token, current } = await usedToken();
    expect((await refresh(second, app, token)).status).to.equal(500);
    expectRefused(await refresh(second, app, current));
    await second.stop();
    await rm(views, { recursive: true });
  });
});
