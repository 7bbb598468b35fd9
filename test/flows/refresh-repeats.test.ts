/**
 * A refresh token that is presented again: the same request gets the same response for a short time, so that no honest
 * user is signed out. Everything else is a theft, and ends the family (decision 2).
 */
import { expect } from 'chai';
import { manualClock, systemClock, type ManualClock } from '../../src/clock.ts';
import { parseSecrets } from '../../src/config/secret-list.ts';
import { createSecrets, type Secrets } from '../../src/crypto/secrets.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { documentId } from '../../src/storage/repositories/oidc-payloads.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  isActive,
  obtain,
  password,
  photos,
  redeem,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
  userinfo,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const onArchive = { scope: 'openid archive:read archive:write', resource: archive };
const onBoth = { scope: 'openid offline_access photos:read archive:read', resource: [photos, archive] };
const callers = 12;

function expectRefused({ status, body }: Answer): void {
  expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_grant' });
}

onEachDatabase('a refresh token that is presented again', (start) => {
  let server: TestServer;
  let clock: ManualClock;
  let app: AppClient;
  let accountId: string;
  let database: Database;
  let payloads: Collection<OidcPayloadDocument>;
  let secrets: Secrets;
  let failing: FailingDatabase;

  before(async () => {
    clock = manualClock();
    failing = createFailingDatabase();
    server = await start({ clock, wrapDatabase: failing.wrap });
    await seedApis(server);
    accountId = await createUser(server);
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    payloads = database.collection(oidcPayloads);
    const parsed = parseSecrets(server.environment['SECRET'] ?? '');
    secrets = createSecrets('secrets' in parsed ? parsed.secrets : []);
  });
  beforeEach(async () => {
    app = await registerApp(server);
  });
  after(() => database?.close());

  async function replaysOf(client: AppClient): Promise<readonly unknown[]> {
    return (await server.services.audit.list({ limit: 50, clientId: client.clientId }))
      .filter(({ type }) => type === 'token.replayed')
      .map(({ outcome, accountId: of, detail }) => ({ outcome, accountId: of, ...detail }));
  }

  /** The app's stored tokens of one model. */
  function stored(model: string): Promise<number> {
    return payloads.countDocuments({ clientId: app.clientId, model });
  }

  async function expectEnded(...tokens: readonly Record<string, unknown>[]): Promise<void> {
    for (const { access_token: accessToken, refresh_token: refreshToken } of tokens) {
      expect(await isActive(server, app, accessToken)).to.equal(false);
      expect(await isActive(server, app, refreshToken)).to.equal(false);
      expectRefused(await refresh(server, app, refreshToken));
    }
    expect(await stored('RefreshToken')).to.equal(0);
  }

  it('gives the identical response to the same request, as often as it comes within the time for a retry', async () => {
    const first = await obtain(server, app, onArchive);
    const second = await refresh(server, app, first['refresh_token']);
    clock.advance(29);
    for (let times = 0; times < 2; times += 1) {
      const again = await refresh(server, app, first['refresh_token']);
      expect(again.status).to.equal(200);
      expect(again.body).to.deep.equal(second.body);
      expect(again.headers.get('cache-control')).to.equal('no-store');
    }
    expect(await isActive(server, app, second.body['access_token'])).to.equal(true);
    expect((await refresh(server, app, second.body['refresh_token'])).status).to.equal(200);
    expect(await replaysOf(app)).to.deep.equal([]);
  });

  it('gives one pair of tokens to many requests at the same time, and the family goes on', async () => {
    const { refresh_token: token } = await obtain(server, app, onArchive);
    const answers = await Promise.all(Array.from({ length: callers }, () => refresh(server, app, token)));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: callers }, () => 200));
    const [one, ...others] = answers.map(({ body }) => body);
    for (const other of others) {
      expect(other).to.deep.equal(one);
    }
    expect(await stored('RefreshToken'), 'families').to.equal(1);
    expect(await stored('AccessToken'), 'the first access token, and the refreshed one').to.equal(2);
    expect((await refresh(server, app, one?.['refresh_token'])).status).to.equal(200);
  });

  it('counts scopes in another order, and another spelling of the API, as the same request', async () => {
    const { refresh_token: token } = await obtain(server, app, onArchive);
    const first = await refresh(server, app, token, { scope: 'archive:read archive:write', resource: archive });
    const again = await refresh(server, app, token, {
      scope: 'archive:write  archive:read',
      resource: 'HTTPS://ARCHIVE.example/api',
    });
    expect(again.body).to.deep.equal(first.body);
  });

  it('gives tokens for two APIs that are asked for at the same time, with the same successor (RFC 8707 §2.2)', async () => {
    const { body } = await redeem(server, app, await authorize(server, app, onBoth), { resource: archive });
    const token = body['refresh_token'];
    const [ofPhotos, ofArchive, ofUserinfo] = await Promise.all(
      [photos, archive, server.issuer].map((resource) => refresh(server, app, token, { resource })),
    );
    expect([ofPhotos, ofArchive, ofUserinfo].map((answer) => answer?.status)).to.deep.equal([200, 200, 200]);
    expect(ofPhotos?.body['scope']).to.equal('photos:read');
    expect(ofArchive?.body['scope']).to.equal('archive:read');
    expect(ofPhotos?.body['access_token']).to.not.equal(ofArchive?.body['access_token']);
    expect(await isActive(server, app, ofArchive?.body['access_token'])).to.equal(true);
    expect((await userinfo(server, ofUserinfo?.body['access_token'])).status).to.equal(200);
    const successors = new Set([ofPhotos, ofArchive, ofUserinfo].map((answer) => answer?.body['refresh_token']));
    expect([...successors]).to.have.length(1);
    expect((await refresh(server, app, [...successors][0], { resource: archive })).status).to.equal(200);
  });

  it('gives a narrower access token, with the same successor, to a request for less (RFC 6749 §6)', async () => {
    const first = await obtain(server, app, onArchive);
    const second = await refresh(server, app, first['refresh_token']);
    const narrow = await refresh(server, app, first['refresh_token'], { scope: 'archive:read' });
    expect(narrow.body).to.include({ scope: 'archive:read', refresh_token: second.body['refresh_token'] });
    const wide = await refresh(server, app, first['refresh_token'], { scope: 'archive:read photos:read' });
    expect(wide.body).to.include({ error: 'invalid_scope' });
    expect((await refresh(server, app, second.body['refresh_token'])).body['scope']).to.equal(
      'archive:read archive:write',
    );
  });

  it('ends the family after the time for a retry, which is audited (RFC 9700 §4.14.2, B13)', async () => {
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    clock.advance(31);
    expectRefused(await refresh(server, app, first['refresh_token']));
    expect(await replaysOf(app)).to.deep.equal([
      { outcome: 'failure', accountId, kind: 'refresh_token', reason: 'used again' },
    ]);
    await expectEnded(first, second);
  });

  it('ends the family when its successor was used, also within the time for a retry (RFC 9700 §4.14.2, B13)', async () => {
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    const third = (await refresh(server, app, second['refresh_token'])).body;
    expectRefused(await refresh(server, app, first['refresh_token']));
    expect(await replaysOf(app)).to.have.length(1);
    await expectEnded(first, second, third);
  });

  it('ends the family whichever generation it is', async () => {
    const generations = [await obtain(server, app, onArchive)];
    for (let generation = 1; generation < 6; generation += 1) {
      generations.push((await refresh(server, app, generations.at(-1)?.['refresh_token'])).body);
    }
    expectRefused(await refresh(server, app, generations[2]?.['refresh_token']));
    await expectEnded(...generations);
  });

  it('ends the family when another client presents it after it was used (RFC 9700 §4.14.2, B13)', async () => {
    const stranger = await registerApp(server, { name: 'Stranger' });
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    expectRefused(await refresh(server, stranger, first['refresh_token']));
    expect(await replaysOf(app)).to.deep.equal([
      { outcome: 'failure', accountId, kind: 'refresh_token', reason: 'used by another client' },
    ]);
    await expectEnded(first, second);
  });

  it('is refused to another client before it was used, and stays valid for its own (RFC 6749 §10.4, B17)', async () => {
    const stranger = await registerApp(server, { name: 'Stranger' });
    const first = await obtain(server, app, onArchive);
    expectRefused(await refresh(server, stranger, first['refresh_token']));
    expect(await replaysOf(app), 'for the owner').to.deep.equal([
      { outcome: 'failure', accountId, kind: 'refresh_token', reason: 'presented by another client' },
    ]);
    expect(await replaysOf(stranger)).to.deep.equal([]);
    expect((await refresh(server, app, first['refresh_token'])).status).to.equal(200);
  });

  it('is reported to the user by a mail, once, in their language', async () => {
    await server.services.users.create(
      { email: 'grace@example.com', password, emailVerified: true, profile: { locale: 'de' } },
      { actor: 'system' },
    );
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, app, onArchive);
    const consent = await signIn(browser, await browser.visit(url), 'grace@example.com');
    const page = await browser.submit(consent, '/consent', { decision: 'allow' });
    const code = redirectedTo(page, app).searchParams.get('code') ?? '';
    const first = (await redeem(server, app, { code, verifier })).body;
    await refresh(server, app, first['refresh_token']);
    clock.advance(31);
    for (let times = 0; times < 2; times += 1) {
      expectRefused(await refresh(server, app, first['refresh_token']));
    }
    const mails = await server.services.outbox.list({ limit: 50, kind: 'mail' });
    const messages = await Promise.all(mails.map(({ id }) => server.services.outbox.show(id)));
    const ended = messages.filter((message) => JSON.stringify(message).includes('grace@example.com'));
    expect(ended).to.have.length(1);
    expect(JSON.stringify(ended)).to.include('Eine App hat keinen Zugriff mehr auf Ihr Konto');
    expect(JSON.stringify(ended)).to.include('Prints');
  });

  it('gets no second response from a client whose time for retries is 0, and ends the family', async () => {
    app = await registerApp(server, { refreshRetryWindow: 0 });
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    expectRefused(await refresh(server, app, first['refresh_token']));
    await expectEnded(first, second);
  });

  it('gets the same response within the time that its client has', async () => {
    app = await registerApp(server, { refreshRetryWindow: 60 });
    const first = await obtain(server, app, onArchive);
    const second = await refresh(server, app, first['refresh_token']);
    clock.advance(59);
    expect((await refresh(server, app, first['refresh_token'])).body).to.deep.equal(second.body);
    await server.services.clients.update(app.clientId, { refreshRetryWindow: 10 }, { actor: 'system' });
    expectRefused(await refresh(server, app, first['refresh_token']));
  });

  describe('at the same time as another request, which wins', () => {
    /** A refresh that has read the token and waits before its write. */
    async function waitingRefresh(token: unknown) {
      const { reached, release } = failing.holdBulkWrite();
      const answer = refresh(server, app, token);
      await reached;
      return async (): Promise<Answer> => {
        release();
        return answer;
      };
    }

    it('gets the same response, however late it is answered', async () => {
      const first = await obtain(server, app, onArchive);
      const finish = await waitingRefresh(first['refresh_token']);
      const winner = await refresh(server, app, first['refresh_token']);
      clock.advance(40);
      expect((await finish()).body).to.deep.equal(winner.body);
    });

    it('is refused if the client has no time for retries, and ends nothing', async () => {
      app = await registerApp(server, { refreshRetryWindow: 0 });
      const first = await obtain(server, app, onArchive);
      const finish = await waitingRefresh(first['refresh_token']);
      const winner = await refresh(server, app, first['refresh_token']);
      expectRefused(await finish());
      expect(await replaysOf(app)).to.deep.equal([]);
      expect((await refresh(server, app, winner.body['refresh_token'])).status).to.equal(200);
    });

    it('is refused if the successor was used meanwhile, and ends nothing', async () => {
      const first = await obtain(server, app, onArchive);
      const finish = await waitingRefresh(first['refresh_token']);
      const winner = await refresh(server, app, first['refresh_token']);
      const next = await refresh(server, app, winner.body['refresh_token']);
      expectRefused(await finish());
      expect(await replaysOf(app)).to.deep.equal([]);
      expect((await refresh(server, app, next.body['refresh_token'])).status).to.equal(200);
    });
  });

  it('is expired when its family is, although the time for a retry has not passed (decision 7)', async () => {
    const idle = await start({
      clock,
      environment: { LIFETIME_REFRESH_IDLE: '60s', LIFETIME_REFRESH_ABSOLUTE: '100s' },
    });
    await seedApis(idle);
    await createUser(idle);
    const client = await registerApp(idle);
    const request = { ...onArchive, scope: `${onArchive.scope} offline_access` };
    const unused = await obtain(idle, client, request);
    const first = await obtain(idle, client, request);
    clock.advance(50);
    const second = await refresh(idle, client, first['refresh_token']);
    expect(second.status).to.equal(200);
    clock.advance(11);
    expectRefused(await refresh(idle, client, unused['refresh_token']));
    clock.advance(15);
    const third = await refresh(idle, client, second.body['refresh_token']);
    expect(third.status).to.equal(200);
    // 101 seconds after the first token of the family, 25 after its newest one.
    clock.advance(25);
    for (const token of [second.body['refresh_token'], third.body['refresh_token']]) {
      expectRefused(await refresh(idle, client, token));
    }
    await idle.stop();
  });

  it('ends nothing on the other devices of the user', async () => {
    const elsewhere = await obtain(server, app, onArchive, openBrowser());
    const first = await obtain(server, app, onArchive, openBrowser());
    await refresh(server, app, first['refresh_token']);
    clock.advance(31);
    expectRefused(await refresh(server, app, first['refresh_token']));
    expect(await isActive(server, app, elsewhere['access_token'])).to.equal(true);
    expect((await refresh(server, app, elsewhere['refresh_token'])).status).to.equal(200);
  });

  it('ends nothing when a part of a token or a made-up token is presented', async () => {
    const first = await obtain(server, app, onArchive);
    const second = String((await refresh(server, app, first['refresh_token'])).body['refresh_token']);
    for (const value of [second.slice(0, -1), `${second}x`, `${second}.x`, second.slice(44), `.${second}`, '.']) {
      expectRefused(await refresh(server, app, value));
    }
    expect((await refresh(server, app, second)).status).to.equal(200);
  });

  it('gives nothing when the family was ended within the time for a retry (RFC 7009 §2.1)', async () => {
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    await callAs(server, app, '/revoke', { token: String(second['refresh_token']) });
    expectRefused(await refresh(server, app, first['refresh_token']));
    expect(await replaysOf(app)).to.deep.equal([]);
  });

  it('ends the family when the app revokes a token that was replaced (RFC 7009 §2.1)', async () => {
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    expect((await callAs(server, app, '/revoke', { token: String(first['refresh_token']) })).status).to.equal(200);
    await expectEnded(first, second);
  });

  it('is inactive at introspection as soon as it was used, and its successor is active (RFC 7662 §2.2)', async () => {
    const first = await obtain(server, app, onArchive);
    expect(await isActive(server, app, first['refresh_token'])).to.equal(true);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    expect(await isActive(server, app, first['refresh_token'])).to.equal(false);
    expect(await isActive(server, app, second['refresh_token'])).to.equal(true);
  });

  it('has a response in the database that only its holder can read', async () => {
    const first = await obtain(server, app, onArchive);
    const second = (await refresh(server, app, first['refresh_token'])).body;
    const document = await payloads.findOne({ _id: documentId(String(first['refresh_token'])) });
    const everything = JSON.stringify(document);
    for (const value of [first['refresh_token'], second['refresh_token'], second['access_token']]) {
      expect(everything).to.not.include(String(value));
    }
    expect(() => secrets.unseal(document?.sealedResponse ?? '', document?._id ?? '')).to.throw();
  });

  describe('and was stored by an earlier version, in which each token had its own document', () => {
    /** Turns the family of this token into the documents that an earlier version would have stored. */
    async function makeOld(token: unknown, more: Partial<OidcPayloadDocument> = {}): Promise<void> {
      const _id = documentId(String(token));
      const { grant, ...payload } = JSON.parse((await payloads.findOne({ _id }))?.payload ?? '') as Record<
        string,
        unknown
      >;
      expect(grant, 'the copy of the grant').to.be.an('object');
      const { modifiedCount } = await payloads.updateOne(
        { _id },
        {
          $set: { payload: secrets.seal(JSON.stringify({ ...payload, nonce: 'n' }), _id), sealed: true, ...more },
          $unset: { familyId: true, sessionReadAt: true, sessionEndsAt: true },
        },
      );
      expect(modifiedCount).to.equal(1);
    }

    it('goes on', async () => {
      const first = await obtain(server, app, onArchive);
      await makeOld(first['refresh_token']);
      const second = await refresh(server, app, first['refresh_token']);
      expect(second.status).to.equal(200);
      expect((await refresh(server, app, first['refresh_token'])).body).to.deep.equal(second.body);
      expect((await refresh(server, app, second.body['refresh_token'])).status).to.equal(200);
    });

    it('gives tokens anew if it was consumed and its successor never stored, because nobody has that', async () => {
      const first = await obtain(server, app, onArchive);
      const consumedAt = new Date(clock.now().getTime() - 3_600_000);
      await makeOld(first['refresh_token'], { consumedAt, successorId: documentId('never stored') });
      const second = await refresh(server, app, first['refresh_token']);
      expect(second.status).to.equal(200);
      expect(await isActive(server, app, second.body['access_token'])).to.equal(true);
      expect((await refresh(server, app, second.body['refresh_token'])).status).to.equal(200);
    });

    it('is refused if it has a successor, and ends the family after the time for a retry', async () => {
      const [first, successor] = [await obtain(server, app, onArchive), await obtain(server, app, onArchive)];
      const successorId = documentId(String(successor['refresh_token']));
      await makeOld(first['refresh_token'], { consumedAt: clock.now(), successorId });
      expectRefused(await refresh(server, app, first['refresh_token']));
      expect(await replaysOf(app)).to.deep.equal([]);
      clock.advance(31);
      expectRefused(await refresh(server, app, first['refresh_token']));
      expect(await replaysOf(app)).to.have.length(1);
    });
  });
});
