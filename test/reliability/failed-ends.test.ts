/**
 * An end that fails in the middle can be repeated: whichever statement failed, the repetition ends the rest. What was
 * announced is refused from then on, also if it was never removed.
 */
import { expect } from 'chai';
import { manualClock, systemClock, type ManualClock } from '../../src/clock.ts';
import { NotFoundError } from '../../src/errors.ts';
import { changes, oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { documentId } from '../../src/storage/repositories/oidc-payloads.ts';
import {
  archive,
  createUser,
  isActive,
  obtain,
  photos,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
/** An upper bound for the statements of an end, so that the test ends. */
const maxStatements = 60;
const onArchive = { scope: 'openid offline_access archive:read', resource: archive };
const inSession = { scope: 'openid archive:read', resource: archive };
const onPhotos = { scope: 'openid offline_access photos:read', resource: photos };
const day = 24 * 3600;

/** An end, and what must be true when it has succeeded. */
interface Prepared {
  readonly end: () => Promise<unknown>;
  readonly expectEnded: (context: string) => Promise<void>;
}

onEachDatabase('an end that fails in the middle', (start) => {
  let server: TestServer;
  let failing: FailingDatabase;
  let clock: ManualClock;
  let accountId: string;
  let database: Database;
  let payloads: Collection<OidcPayloadDocument>;

  before(async () => {
    failing = createFailingDatabase();
    clock = manualClock();
    server = await start({ clock, wrapDatabase: failing.wrap });
    await seedApis(server);
    accountId = await createUser(server);
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    payloads = database.collection(oidcPayloads);
  });
  afterEach(() => failing.restore());
  after(() => database?.close());

  async function expectNothingLeft(app: AppClient, context: string): Promise<void> {
    expect(await payloads.countDocuments({ clientId: app.clientId }), `${context}: documents`).to.equal(0);
  }

  async function expectInactive(app: AppClient, tokens: Record<string, unknown>, context: string): Promise<void> {
    for (const name of ['access_token', 'refresh_token']) {
      expect(await isActive(server, app, tokens[name]), `${context}: ${name}`).to.equal(false);
    }
  }

  /**
   * Lets each statement of an end fail, one after the other, and repeats the end. They fail before they are applied:
   * one that was applied, without an answer, leaves the same as a failure of the next one.
   */
  async function failEachStatement(prepare: () => Promise<Prepared>): Promise<void> {
    let failures = 0;
    for (let statement = 0; statement < maxStatements; statement += 1) {
      const { end, expectEnded } = await prepare();
      const hasHappened = failing.failStatement(statement, 'before');
      const succeeded = await end().then(
        () => true,
        () => false,
      );
      const isOver = !hasHappened();
      failing.restore();
      const context = `statement ${statement} fails`;
      if (!succeeded) {
        failures += 1;
        await end().catch((error: unknown) => {
          // What was removed before is reported as not found, after the rest was ended.
          expect(error, context).to.be.instanceOf(NotFoundError);
        });
      }
      await expectEnded(context);
      if (isOver) {
        expect(succeeded, context).to.equal(true);
        expect(failures, 'statements that failed').to.be.greaterThan(2);
        return;
      }
    }
    throw new Error('the end has more statements than expected');
  }

  const ends: Readonly<Record<string, () => Promise<Prepared>>> = {
    'the deletion of a client': async () => {
      const app = await registerApp(server);
      const observer = await registerApp(server);
      const tokens = await obtain(server, app, onArchive);
      const jwt = await obtain(server, app, onPhotos);
      return {
        end: () => server.services.clients.remove(app.clientId, by),
        expectEnded: async (context) => {
          await expectNothingLeft(app, context);
          await expectInactive(observer, tokens, context);
          await expectInactive(observer, jwt, context);
          expect(await server.services.clients.find(app.clientId), context).to.equal(null);
        },
      };
    },

    'the withdrawal of a consent': async () => {
      const app = await registerApp(server);
      const tokens = await obtain(server, app, onArchive);
      const jwt = await obtain(server, app, onPhotos);
      return {
        end: () => server.services.consents.withdraw(accountId, app.clientId, by),
        expectEnded: async (context) => {
          await expectNothingLeft(app, context);
          await expectInactive(app, tokens, context);
          await expectInactive(app, jwt, context);
          expect(await server.services.consents.find(accountId, app.clientId), context).to.equal(null);
        },
      };
    },

    'the end of a login session': async () => {
      const app = await registerApp(server, { firstParty: true, backchannelLogoutUri: 'http://127.0.0.1:9/logout' });
      // So that it is the newest session.
      clock.advance(1);
      const tokens = await obtain(server, app, inSession, openBrowser());
      const [session] = await server.services.sessions.listByUser(accountId);
      const notices = async (): Promise<number> =>
        (await server.services.outbox.list({ limit: 1000, kind: 'backchannel_logout' })).length;
      const noticesBefore = await notices();
      return {
        end: () => server.services.sessions.end(accountId, session?.uid ?? '', by),
        expectEnded: async (context) => {
          await expectNothingLeft(app, context);
          await expectInactive(app, tokens, context);
          expect(await server.services.sessions.find(session?.uid ?? ''), context).to.equal(null);
          expect((await notices()) - noticesBefore, `${context}: logout notices`).to.equal(1);
        },
      };
    },

    'the loss of an API of a client': async () => {
      const app = await registerApp(server);
      const tokens = await obtain(server, app, onArchive);
      return {
        end: () => server.services.clients.update(app.clientId, { apis: [photos] }, by),
        expectEnded: async (context) => {
          expect(await isActive(server, app, tokens['access_token']), context).to.equal(false);
          const { clientId } = app;
          expect(await payloads.countDocuments({ clientId, model: 'AccessToken' }), context).to.equal(0);
          expect((await refresh(server, app, tokens['refresh_token'])).status, context).to.equal(400);
        },
      };
    },

    'the loss of a scope of an API': async () => {
      const identifier = `https://vault.example/${Math.random()}`;
      const [read, write] = ['read', 'write'].map((value) => ({ value: `vault:${value}`, description: value }));
      const scopes = [read, write].filter((scope) => scope !== undefined);
      await server.services.apis.create({ identifier, name: 'Vault', tokenFormat: 'opaque', scopes }, by);
      const app = await registerApp(server, { apis: [identifier] });
      const tokens = await obtain(server, app, {
        scope: 'openid offline_access vault:read vault:write',
        resource: identifier,
      });
      return {
        end: () => server.services.apis.update(identifier, { scopes: scopes.slice(0, 1) }, by),
        expectEnded: async (context) => {
          expect(await isActive(server, app, tokens['access_token']), context).to.equal(false);
          const { clientId } = app;
          expect(await payloads.countDocuments({ clientId, model: 'AccessToken' }), context).to.equal(0);
        },
      };
    },

    'the deletion of an API': async () => {
      const identifier = `https://vault.example/${Math.random()}`;
      const scopes = [{ value: 'vault:read', description: 'Read' }];
      await server.services.apis.create({ identifier, name: 'Vault', tokenFormat: 'opaque', scopes }, by);
      const app = await registerApp(server, { apis: [identifier] });
      const tokens = await obtain(server, app, { scope: 'openid offline_access vault:read', resource: identifier });
      return {
        end: () => server.services.apis.remove(identifier, by),
        expectEnded: async (context) => {
          await expectNothingLeft(app, context);
          await expectInactive(app, tokens, context);
          expect(await server.services.apis.find(identifier), context).to.equal(null);
          expect((await server.services.clients.get(app.clientId)).apis, context).to.deep.equal([]);
        },
      };
    },
  };

  for (const [title, prepare] of Object.entries(ends)) {
    it(`is completed by a repetition: ${title}, whichever statement fails`, async function run() {
      this.timeout(120_000);
      await failEachStatement(prepare);
    });
  }

  /** Writes the announcement of an end, as an instance does that fails after it. */
  async function announceOnly(subject: string): Promise<void> {
    const at = clock.now();
    const expiresAt = new Date(at.getTime() + day * 1000);
    await database
      .collection(changes)
      .insertOne({ _id: `announced ${subject}`, at, kind: 'revocation', subject, expiresAt });
    clock.advance(2);
  }

  for (const [title, request, subjectOf] of [
    ['a grant', onArchive, ({ grantId = '' }: OidcPayloadDocument) => `grant:${grantId}`],
    ['a login session', inSession, ({ sessionUid = '' }: OidcPayloadDocument) => `session:${sessionUid}`],
  ] as const) {
    it(`removes at the next use what was announced but not removed, so that ${title} does not become valid again after a day`, async () => {
      const app = await registerApp(server, { firstParty: true });
      const { refresh_token: token } = await obtain(server, app, request);
      const family = await payloads.findOne({ _id: documentId(String(token)) });
      const subject = family === null ? '' : subjectOf(family);
      await announceOnly(subject);
      expect((await refresh(server, app, token)).body).to.include({ error: 'invalid_grant' });
      expect(await payloads.countDocuments({ clientId: app.clientId, model: 'RefreshToken' })).to.equal(0);
      expect(await payloads.countDocuments({ _id: `Session:${family?.sessionUid ?? ''}` })).to.equal(0);
    });
  }
});
