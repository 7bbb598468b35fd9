/**
 * An honest app repeats a token request that got no answer, or 503. It gets its tokens, whichever statement failed, and
 * whether it was applied or not. So no outage signs a user out (decisions 2, 8 and 11).
 */
import { request as httpRequest } from 'node:http';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { documentId } from '../../src/storage/repositories/oidc-payloads.ts';
import {
  archive,
  authorize,
  basic,
  createUser,
  isActive,
  obtain,
  photos,
  redeem,
  refresh,
  registerApp,
  seedApis,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const onArchive = { scope: 'openid archive:read', resource: archive };
/** An upper bound for the statements of a request, so that the test ends. */
const maxStatements = 30;

onEachDatabase('an honest retry', function declare(start) {
  let server: TestServer;
  let failing: FailingDatabase;
  let app: AppClient;
  let database: Database;
  let payloads: Collection<OidcPayloadDocument>;

  before(async () => {
    failing = createFailingDatabase();
    server = await start({ wrapDatabase: failing.wrap, environment: { REQUEST_DEADLINE: '1s' } });
    await seedApis(server);
    await createUser(server);
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    payloads = database.collection(oidcPayloads);
  });
  beforeEach(async () => {
    app = await registerApp(server);
  });
  afterEach(() => failing.restore());
  after(() => database?.close());

  function stored(model: string): Promise<number> {
    return payloads.countDocuments({ clientId: app.clientId, model });
  }

  /** Repeats a request as long as it gets 503. */
  async function untilAnswered(send: () => Promise<Answer>, first: Answer): Promise<Answer> {
    let answer = first;
    for (let times = 0; answer.status === 503; times += 1) {
      expect(times, 'repeats').to.be.lessThan(20);
      expect(answer.headers.get('retry-after')).to.match(/^\d+$/);
      await sleep(100);
      answer = await send();
    }
    return answer;
  }

  async function expectTokens({ status, body }: Answer, context: string): Promise<void> {
    expect(status, `${context}: ${JSON.stringify(body)}`).to.equal(200);
    expect(await isActive(server, app, body['access_token']), `${context}: access token`).to.equal(true);
    const next = await refresh(server, app, body['refresh_token']);
    expect(next.status, `${context}: the next refresh: ${JSON.stringify(next.body)}`).to.equal(200);
  }

  /** Lets each statement of a request fail, one after the other, and repeats the request. */
  async function failEachStatement(
    kind: 'before' | 'after' | 'half',
    prepare: () => Promise<() => Promise<Answer>>,
  ): Promise<void> {
    let failed = 0;
    for (let statement = 0; statement < maxStatements; statement += 1) {
      app = await registerApp(server);
      const send = await prepare();
      const hasHappened = failing.failStatement(statement, kind);
      const first = await send();
      const isOver = !hasHappened();
      failing.restore();
      const context = `statement ${statement} fails ${kind}`;
      failed += first.status === 503 ? 1 : 0;
      expect(first.status, `${context}: ${JSON.stringify(first.body)}`).to.be.oneOf([200, 503]);
      await expectTokens(await untilAnswered(send, first), context);
      if (kind !== 'half') {
        expect(await stored('RefreshToken'), `${context}: families`).to.equal(1);
      }
      if (isOver) {
        // At least the code or token, the user, and the write.
        expect(failed, 'statements that failed').to.be.greaterThan(2);
        return;
      }
    }
    throw new Error('the request has more statements than expected');
  }

  for (const kind of ['before', 'after', 'half'] as const) {
    const when = {
      before: 'before it is applied',
      after: 'after it was applied',
      half: 'in the middle of a bulk write',
    }[kind];

    it(`of a refresh gets tokens, whichever statement fails ${when}`, async function run() {
      this.timeout(60_000);
      await failEachStatement(kind, async () => {
        const { refresh_token: token } = await obtain(server, app, onArchive);
        return () => refresh(server, app, token);
      });
    });

    it(`of a code exchange gets tokens, whichever statement fails ${when}`, async function run() {
      this.timeout(60_000);
      await failEachStatement(kind, async () => {
        const authorization = await authorize(server, app, onArchive);
        return () => redeem(server, app, authorization);
      });
    });
  }

  it('of a code exchange gets tokens when its server died before it recorded that there was no response', async () => {
    const authorization = await authorize(server, app, onArchive);
    failing.failBulkWrite('after');
    const first = await redeem(server, app, authorization);
    expect(first.status).to.equal(503);
    const _id = documentId(authorization.code);
    while ((await payloads.findOne({ _id }))?.responseLost !== true) {
      await sleep(10);
    }
    await payloads.updateOne({ _id }, { $unset: { responseLost: true } });
    const send = (): Promise<Answer> => redeem(server, app, authorization);
    await expectTokens(await untilAnswered(send, await send()), 'after the time of the first request');
  });

  it('of a code exchange ends no other refresh token of the app', async () => {
    const other = await obtain(server, app, onArchive);
    const authorization = await authorize(server, app, onArchive);
    failing.failBulkWrite('after');
    const first = await redeem(server, app, authorization);
    expect(first.status).to.equal(503);
    await expectTokens(await untilAnswered(() => redeem(server, app, authorization), first), 'the repeat');
    expect((await refresh(server, app, other['refresh_token'])).status).to.equal(200);
  });

  it('of a refresh gets the response that was lost on the wire, and an older token still ends the family', async () => {
    const first = await obtain(server, app, onArchive);
    const { port } = new URL(server.issuer);
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(port) });
    proxy.drop('answers');
    const dropped = proxy.nextDropped('answers');
    const lost = post(proxy.port, { grant_type: 'refresh_token', refresh_token: String(first['refresh_token']) });
    await dropped;
    proxy.cut();
    expect(await lost).to.equal('lost');
    await proxy.stop();
    const again = await refresh(server, app, first['refresh_token']);
    expect(again.status).to.equal(200);
    expect(await stored('AccessToken'), 'the first access token, and one more').to.equal(2);
    const next = await refresh(server, app, again.body['refresh_token']);
    expect(next.status).to.equal(200);
    expect((await refresh(server, app, first['refresh_token'])).body).to.include({ error: 'invalid_grant' });
    expect((await refresh(server, app, next.body['refresh_token'])).body).to.include({ error: 'invalid_grant' });
  });

  it('of a code exchange whose connection broke before the response gets the same tokens, and a third use ends them', async () => {
    const authorization = await authorize(server, app, onArchive);
    const held = failing.holdBulkWrite();
    const controller = new AbortController();
    const lost = fetch(`${server.issuer}/token`, {
      method: 'POST',
      signal: controller.signal,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...basic(app) },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: authorization.code,
        code_verifier: authorization.verifier,
        redirect_uri: app.redirectUri,
      }).toString(),
    }).then(
      () => 'answered',
      () => 'lost',
    );
    await held.reached;
    controller.abort();
    expect(await lost).to.equal('lost');
    await sleep(50);
    // After a stall of the machine, the timer comes before the server sees that the connection is closed.
    for (let count = 0; count < 10; count += 1) {
      await turn();
    }
    held.release();
    const again = await untilAnswered(
      () => redeem(server, app, authorization),
      await redeem(server, app, authorization),
    );
    expect(again.status, JSON.stringify(again.body)).to.equal(200);
    expect(await stored('RefreshToken')).to.equal(1);
    expect(await isActive(server, app, again.body['access_token'])).to.equal(true);
    expect((await redeem(server, app, authorization)).body).to.include({ error: 'invalid_grant' });
    expect(await isActive(server, app, again.body['access_token'])).to.equal(false);
  });

  it('of a code exchange with another API, scope or verifier is refused (B10, B11)', async () => {
    const authorization = await authorize(server, app, {
      scope: 'openid archive:read photos:read',
      resource: [archive, photos],
    });
    failing.failBulkWrite('after');
    expect((await redeem(server, app, authorization, { resource: archive })).status).to.equal(503);
    const wrong = await redeem(server, app, { ...authorization, verifier: 'x'.repeat(43) });
    expect(wrong.body).to.include({ error: 'invalid_grant' });
    expect(await stored('RefreshToken'), 'a wrong verifier ends nothing').to.equal(1);
    const other = await redeem(server, app, authorization, { resource: photos });
    expect(other.body).to.include({ error: 'invalid_grant' });
    expect(await stored('RefreshToken'), 'another use ends what was issued').to.equal(0);
  });

  /** Posts to the token endpoint through another port. @returns the status, or `lost` */
  function post(port: number, fields: Readonly<Record<string, string>>): Promise<number | 'lost'> {
    return new Promise((resolve) => {
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port,
          path: '/token',
          method: 'POST',
          headers: {
            host: new URL(server.issuer).host,
            'content-type': 'application/x-www-form-urlencoded',
            ...basic(app),
          },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      sent.on('error', () => resolve('lost'));
      sent.end(new URLSearchParams(fields).toString());
    });
  }
});
