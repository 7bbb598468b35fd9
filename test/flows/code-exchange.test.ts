/** The exchange of an authorization code (RFC 6749 §4.1.3). Retries after an outage are in test/reliability. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { systemClock } from '../../src/clock.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { documentId } from '../../src/storage/repositories/oidc-payloads.ts';
import {
  archive,
  authorize,
  callAs,
  createUser,
  introspect,
  isActive,
  obtain,
  photos,
  redeem,
  refresh,
  registerApp,
  seedApis,
  type Answer,
  type AppClient,
  type Authorization,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const onArchive = { scope: 'openid archive:read', resource: archive };
const onBoth = { scope: 'openid archive:read photos:read', resource: [archive, photos] };

onEachDatabase('the exchange of a code', (start) => {
  let server: TestServer;
  let app: AppClient;
  let browser: Browser;
  let accountId: string;

  before(async () => {
    server = await start();
    await seedApis(server);
    accountId = await createUser(server);
  });
  beforeEach(async () => {
    app = await registerApp(server);
    browser = openBrowser();
  });

  function expectRefused({ status, body }: Answer): void {
    expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_grant' });
  }

  /** Exchanges the code after a request with a mistake. */
  async function expectUnharmed(authorization: Authorization, mistake: Answer, error: string): Promise<void> {
    expect(mistake.body).to.include({ error });
    expect((await redeem(server, app, authorization, { resource: archive })).status).to.equal(200);
  }

  it('can be repeated after a request for an API that was not allowed (RFC 8707 §2)', async () => {
    const authorization = await authorize(server, app, onArchive);
    await expectUnharmed(
      authorization,
      await redeem(server, app, authorization, { resource: photos }),
      'invalid_target',
    );
  });

  it('can be repeated after a request for an API that does not exist (RFC 8707 §2)', async () => {
    const authorization = await authorize(server, app, onArchive);
    const mistake = await redeem(server, app, authorization, { resource: 'https://nowhere.example/api' });
    await expectUnharmed(authorization, mistake, 'invalid_target');
  });

  it('can be repeated after a request that names no API although several were granted (RFC 8707 §2.2)', async () => {
    const authorization = await authorize(server, app, onBoth);
    await expectUnharmed(authorization, await redeem(server, app, authorization), 'invalid_target');
  });

  it('can be repeated after a request with a wrong verifier, redirect URI or client (B11)', async () => {
    const other = await registerApp(server);
    const authorization = await authorize(server, app, onArchive);
    for (const mistake of [
      await redeem(server, app, { ...authorization, verifier: 'x'.repeat(43) }),
      await redeem(server, app, authorization, { redirect_uri: 'http://127.0.0.1:9/other' }),
      await redeem(server, other, authorization),
    ]) {
      expectRefused(mistake);
    }
    await expectUnharmed(authorization, await redeem(server, app, { ...authorization, code: 'x' }), 'invalid_grant');
  });

  it('works once: a second use is refused, ends what was issued from the code, and is audited (RFC 6749 §4.1.2, B10)', async () => {
    const authorization = await authorize(server, app, onArchive);
    const first = (await redeem(server, app, authorization)).body;
    const second = (await refresh(server, app, first['refresh_token'])).body;
    expectRefused(await redeem(server, app, authorization));
    for (const tokens of [first, second]) {
      expect(await isActive(server, app, tokens['access_token'])).to.equal(false);
      expectRefused(await refresh(server, app, tokens['refresh_token']));
    }
    const events = (await server.services.audit.list({ limit: 50, clientId: app.clientId })).filter(
      ({ type }) => type === 'token.replayed',
    );
    expect(events.map(({ outcome, detail, accountId: of }) => ({ outcome, detail, of }))).to.deep.equal([
      { outcome: 'failure', detail: { kind: 'authorization_code' }, of: accountId },
    ]);
  });

  it('a second use ends the JWT access tokens that were issued from the code, too (RFC 6749 §4.1.2)', async () => {
    const authorization = await authorize(server, app, { ...onBoth, scope: `${onBoth.scope} offline_access` });
    const first = (await redeem(server, app, authorization, { resource: photos })).body;
    const second = (await refresh(server, app, first['refresh_token'], { resource: photos })).body;
    for (const { access_token: token } of [first, second]) {
      expect(String(token).split('.')).to.have.length(3);
      expect((await introspect(server, app, token)).body).to.include({ active: true });
    }
    expectRefused(await redeem(server, app, authorization, { resource: photos }));
    for (const { access_token: token } of [first, second]) {
      expect((await introspect(server, app, token)).body).to.deep.equal({ active: false });
    }
  });

  describe('a second use ends all that comes from the code:', () => {
    const request = { ...onBoth, scope: `${onBoth.scope} offline_access` };
    let authorization: Authorization;
    let first: Record<string, unknown>;

    beforeEach(async () => {
      authorization = await authorize(server, app, request, browser);
      first = (await redeem(server, app, authorization, { resource: photos })).body;
    });

    async function expectEnded(tokens: readonly unknown[], asks = app): Promise<void> {
      for (const token of tokens) {
        expect(await isActive(server, asks, token), 'before').to.equal(true);
      }
      expectRefused(await redeem(server, app, authorization, { resource: photos }));
      for (const token of tokens) {
        expect(await isActive(server, asks, token), 'after').to.equal(false);
      }
    }

    it('however many JWTs were issued', async () => {
      const tokens = [first['access_token']];
      let refreshToken = first['refresh_token'];
      for (let times = 0; times < 22; times += 1) {
        const { body } = await refresh(server, app, refreshToken, { resource: photos });
        tokens.push(body['access_token']);
        refreshToken = body['refresh_token'];
      }
      await expectEnded(tokens);
    });

    it('the JWTs of requests at the same time for different APIs and scopes', async () => {
      const answers = await Promise.all(
        ['openid photos:read', 'openid', 'photos:read', undefined].flatMap((scope) =>
          [photos, archive].map((resource) =>
            refresh(server, app, first['refresh_token'], { resource, ...(scope === undefined ? {} : { scope }) }),
          ),
        ),
      );
      const tokens = answers.flatMap(({ status, body }) => (status === 200 ? [body['access_token']] : []));
      expect(tokens.filter((token) => String(token).includes('.'))).to.have.length.greaterThan(2);
      await expectEnded(tokens);
    });

    /** An API that exchanges the first token for one of its own and one for the archive. */
    async function exchanged(): Promise<{ readonly api: AppClient; readonly tokens: readonly unknown[] }> {
      const api = await registerApp(server, {
        type: 'machine',
        apis: [photos, archive],
        mayExchange: [
          { from: photos, to: photos, scopes: ['photos:read'] },
          { from: photos, to: archive, scopes: ['archive:read'] },
        ],
      });
      const answers = await Promise.all(
        [photos, archive].map((resource) =>
          callAs(server, api, '/token', {
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            subject_token: String(first['access_token']),
            subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            resource,
          }),
        ),
      );
      return { api, tokens: answers.map(({ body }) => body['access_token']) };
    }

    it('a JWT and an opaque token that an API got for one of them (RFC 8693)', async () => {
      const { api, tokens } = await exchanged();
      await expectEnded(tokens, api);
    });

    it('stored tokens at once on another instance, too, also what an API got for one of them', async () => {
      const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
      const elsewhere = await start({ databaseUrl, environment: { SECRET } });
      const { api, tokens } = await exchanged();
      const { body } = await refresh(server, app, first['refresh_token'], { resource: archive });
      const stored = [
        [app, body['access_token']] as const,
        [app, body['refresh_token']] as const,
        [api, tokens[1]] as const,
      ];
      const activeElsewhere = () => Promise.all(stored.map(([asks, token]) => isActive(elsewhere, asks, token)));
      expect(await activeElsewhere(), 'before').to.deep.equal([true, true, true]);
      expectRefused(await redeem(server, app, authorization, { resource: photos }));
      expect(await activeElsewhere(), 'after').to.deep.equal([false, false, false]);
    });

    it('at every API that listens to the revocation feed, by one entry', async () => {
      const { code_id: code } = decodeJwt(String(first['access_token']));
      const before = await publishedEnds();
      expectRefused(await redeem(server, app, authorization, { resource: photos }));
      expect((await publishedEnds()).filter((hash) => !before.includes(hash))).to.deep.equal([
        createHash('sha256')
          .update(`code:${String(code)}`)
          .digest('base64url'),
      ]);
    });
  });

  /** The digests of what has ended. */
  async function publishedEnds(): Promise<readonly string[]> {
    const document = await (await fetch(`${server.issuer}/revocations`)).text();
    const { revocations } = decodeJwt<{ readonly revocations: readonly { readonly hash: string }[] }>(document);
    return revocations.map(({ hash }) => hash);
  }

  it('a second use ends nothing else: neither another sign-in of the app in the same browser, nor its grant', async () => {
    const before = await obtain(server, app, onArchive, browser);
    const authorization = await authorize(server, app, onArchive, browser);
    await redeem(server, app, authorization);
    const later = await obtain(server, app, onArchive, browser);
    expectRefused(await redeem(server, app, authorization));
    for (const tokens of [before, later]) {
      expect(await isActive(server, app, tokens['access_token'])).to.equal(true);
      expect((await refresh(server, app, tokens['refresh_token'])).status).to.equal(200);
    }
    expect(await obtain(server, app, onArchive, browser)).to.have.property('access_token');
  });

  it('gives nothing when the code was stored after the end of its login session, nor on another instance', async () => {
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const elsewhere = await start({ databaseUrl, environment: { SECRET } });
    const database = await openDatabase({ url: databaseUrl, clock: systemClock });
    const codes = database.collection(oidcPayloads);
    await obtain(server, app, onArchive, browser);
    const issued = [await authorize(server, app, onArchive, browser), await authorize(server, app, onArchive, browser)];
    const stored = await Promise.all(issued.map(({ code }) => codes.findOne({ _id: documentId(code) })));
    await browser.submit(await browser.visit(`${server.issuer}/account`), '/account/sign-out');
    for (const document of stored) {
      expect(document).not.to.equal(null);
      expect(await codes.findOne({ _id: String(document?._id) }), 'it was removed').to.equal(null);
      await codes.insertOne(document as OidcPayloadDocument);
    }
    const [here, there] = issued as [Authorization, Authorization];
    expectRefused(await redeem(server, app, here));
    // Another instance knows it from the log within a second.
    await sleep(1000);
    expectRefused(await redeem(elsewhere, app, there));
    await database.close();
  });

  it('gives tokens to one of two requests at the same time', async () => {
    const authorization = await authorize(server, app, onArchive);
    const answers = await Promise.all([1, 2].map(() => redeem(server, app, authorization)));
    const winner = answers.find(({ status }) => status === 200);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).to.deep.equal([200, 400]);
    expect(winner?.body).to.have.property('refresh_token');
  });
});
