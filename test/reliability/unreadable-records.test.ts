/**
 * A record whose secret was removed from `SECRET` cannot be used by anybody. It is refused like one that does not
 * exist, and is in nobody's way.
 */
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { createSecrets } from '../../src/crypto/secrets.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  obtain,
  redeem,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const onArchive = { scope: 'openid archive:read', resource: archive };
const removed = createSecrets([randomBytes(32)]);

onEachDatabase('a record that was encrypted with a removed secret', (start) => {
  let server: TestServer;
  let app: AppClient;
  let accountId: string;
  let database: Database;
  let payloads: Collection<OidcPayloadDocument>;

  before(async () => {
    server = await start();
    await seedApis(server);
    accountId = await createUser(server);
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    payloads = database.collection(oidcPayloads);
  });
  beforeEach(async () => {
    app = await registerApp(server);
  });
  after(() => database?.close());

  /** Encrypts every sealed record of a model with a secret that the server does not have. */
  async function makeUnreadable(model: string): Promise<void> {
    const documents = await payloads.find({ model }).toArray();
    expect(documents).not.to.deep.equal([]);
    for (const { _id } of documents) {
      await payloads.updateOne({ _id }, { $set: { payload: removed.seal('{}', _id) } });
    }
  }

  it('is an unknown code: invalid_grant (RFC 6749 §5.2)', async () => {
    const code = await authorize(server, app, onArchive);
    await makeUnreadable('AuthorizationCode');
    const { status, body } = await redeem(server, app, code);
    expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_grant' });
  });

  it('is an unknown pushed request (RFC 9126 §4)', async () => {
    const { url } = authorizationUrl(server, app, onArchive);
    const parameters = Object.fromEntries(new URL(url).searchParams);
    const pushed = await callAs(server, app, '/par', parameters);
    await makeUnreadable('PushedAuthorizationRequest');
    const request = new URL(`${server.issuer}/authorize`);
    request.search = new URLSearchParams({
      client_id: app.clientId,
      request_uri: String(pushed.body['request_uri']),
    }).toString();
    expect((await openBrowser().visit(request.href)).status).to.equal(400);
  });

  it('is an unknown login session: the user signs in again, and an operator can disable the user', async () => {
    const browser = openBrowser();
    await obtain(server, app, onArchive, browser);
    await makeUnreadable('Session');
    expect(asks(await browser.visit(authorizationUrl(server, app, onArchive).url))).to.equal('sign-in');
    expect(await server.services.sessions.listByUser(accountId)).to.deep.equal([]);
    await server.services.users.disable(accountId, { actor: 'system' });
    expect(await payloads.countDocuments({ accountId, model: 'Session' })).to.equal(0);
  });
});
