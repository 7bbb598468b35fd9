/**
 * A new `SECRET` beside the old one changes nothing for users and apps. One that cannot unseal the stored values is
 * refused, and changes nothing.
 */
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { systemClock } from '../../src/clock.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { allCollections } from '../../src/storage/collections.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
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
} from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { onEachDeployment } from '../support/process.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const randomSecret = (): string => randomBytes(32).toString('base64url');

onEachDeployment('a new SECRET', (open) => {
  const servers: TestServer[] = [];
  after(async () => {
    for (const server of servers) {
      await server.stop();
    }
  });

  async function prepared() {
    const deployment = await open({ environment: { SECRET: randomSecret() } });
    const start = async (secret: string): Promise<TestServer> => {
      const server = await startTestServer({
        databaseUrl: deployment.environment['DATABASE_URL'] ?? '',
        port: deployment.issuerPort,
        environment: { SECRET: secret },
      });
      servers.push(server);
      return server;
    };
    return { deployment, old: deployment.environment['SECRET'] ?? '', start };
  }

  it('before the old one signs nobody out: every stored value can be unsealed, and the keys stay in use (E2)', async function rotate() {
    this.timeout(30_000);
    const { old, start } = await prepared();
    const before = await start(old);
    await seedApis(before);
    await createUser(before);
    const app = await registerApp(before);
    const browser = openBrowser();
    const waiting = openBrowser();
    const tokens = await obtain(before, app, { scope: 'openid archive:read', resource: archive }, browser);
    const jwt = (await obtain(before, app, { scope: 'openid photos:read', resource: photos }, browser))['access_token'];
    const code = await authorize(before, app, { scope: 'openid archive:read', resource: archive }, browser);
    const begun = authorizationUrl(before, app, { scope: 'openid archive:read', resource: archive });
    const loginPage: Page = await waiting.visit(begun.url);
    const mail = await before.services.mail.send({
      to: 'ada@example.com',
      name: 'mail/app-access-ended',
      locale: 'en',
      model: { email: 'ada@example.com', brand: 'Gatehouse', app: 'Prints' },
    });
    const kids = (await before.services.signingKeys.list()).map(({ kid }) => kid);
    await before.stop();

    const server = await start(`${randomSecret()},${old}`);
    expect(
      (await server.services.signingKeys.list()).map(({ kid }) => kid),
      'the same keys',
    ).to.deep.equal(kids);
    await jwtVerify(String(jwt), createRemoteJWKSet(new URL(`${server.issuer}/jwks`)), {
      issuer: server.issuer,
      audience: photos,
    });
    expect((await browser.get(`${server.issuer}/account`)).status, 'the session').to.equal(200);
    expect(await isActive(server, app, tokens['access_token'])).to.equal(true);
    expect((await refresh(server, app, tokens['refresh_token'])).status, 'the refresh token').to.equal(200);
    expect((await redeem(server, app, code)).status, 'the code').to.equal(200);
    // The page was created under the old secret, and works under the new one.
    const consent = await signIn(waiting, loginPage);
    expect(asks(consent)).to.equal('nothing');
    expect(redirectedTo(consent, app).searchParams.get('code')).to.be.a('string');
    const fresh = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    await jwtVerify(String(fresh['access_token']), createRemoteJWKSet(new URL(`${server.issuer}/jwks`)), {
      issuer: server.issuer,
    });
    expect((await server.services.outbox.list({ limit: 10, kind: 'mail' })).map(({ id }) => id)).to.include(mail);
    expect((await server.services.authentication.signIn({ email: 'ada@example.com', password })).outcome).to.equal(
      'success',
    );
  });

  it('without the old one is refused at the start, and nothing is overwritten (E2)', async function refuse() {
    this.timeout(30_000);
    const { deployment, old, start } = await prepared();
    const before = await start(old);
    await createUser(before);
    while ((await before.services.signingKeys.list()).length < 2) {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    await before.stop();
    const database = await openDatabase({ url: deployment.environment['DATABASE_URL'] ?? '', clock: systemClock });
    const everything = async (): Promise<string> =>
      JSON.stringify(
        await Promise.all(
          allCollections.map((definition) =>
            (database.collection as (one: unknown) => ReturnType<typeof database.collection>)(definition)
              .find({})
              .toArray(),
          ),
        ),
      );
    const content = await everything();
    let refused: unknown;
    await start(randomSecret()).catch((error: unknown) => {
      refused = error;
    });
    expect(refused).to.be.instanceOf(ConfigurationError);
    expect(String(refused)).to.include('SECRET');
    expect(await everything()).to.equal(content);
    await database.close();
    const again = await start(old);
    expect((await again.services.authentication.signIn({ email: 'ada@example.com', password })).outcome).to.equal(
      'success',
    );
  });
});
