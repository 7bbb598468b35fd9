/**
 * Two server processes on one database. Many callers present each kind of single-use value to both of them at the same
 * time: it takes effect exactly once, and all other callers get a protocol error. A refresh token also takes effect
 * once, but all callers get its result.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { systemClock } from '../../src/clock.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database, Filter } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import { documentId } from '../../src/storage/repositories/oidc-payloads.ts';
import {
  archive,
  authorizationUrl,
  authorize,
  basic,
  createUser,
  isActive,
  obtain,
  password,
  postForm,
  registerApp,
  seedApis,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { addApp } from '../support/second-factors.ts';
import { startReverseProxy, type ReverseProxy } from '../support/reverse-proxy.ts';
import { onEachDeployment, type Deployment, type Instance } from '../support/process.ts';
import { freePort } from '../support/server.ts';

/** Callers at the same time. */
const callers = 20;
/** Callers that refresh at the same time: more, because all of them succeed. */
const refreshCallers = 50;
const rounds = 3;

interface Origin {
  readonly origin: string;
}

onEachDeployment('single use in two processes', function declare(open) {
  let deployment: Deployment;
  let instances: readonly Instance[];
  let origins: readonly Origin[];
  let reverseProxy: ReverseProxy;
  let database: Database;
  let payloads: Collection<OidcPayloadDocument>;
  let app: AppClient;

  before(async function start() {
    this.timeout(60_000);
    deployment = await open({ environment: { THROTTLE_ADDRESS_FREE: '100000' } });
    await seedApis(deployment);
    await createUser(deployment);
    app = await registerApp(deployment);
    const [first, second] = await Promise.all([deployment.start(), deployment.start({ port: await freePort() })]);
    reverseProxy = await startReverseProxy(second.port, new URL(deployment.issuer).host);
    instances = [first, second];
    origins = [first, reverseProxy];
    database = await openDatabase({ url: deployment.environment['DATABASE_URL'] ?? '', clock: systemClock });
    payloads = database.collection(oidcPayloads);
  });
  after(async () => {
    await database?.close();
    await reverseProxy?.stop();
  });

  /** The calls of all callers at the same time, alternating between the two processes. */
  function all<T>(call: (instance: Origin, caller: number) => Promise<T>, number = callers): Promise<T[]> {
    return Promise.all(
      Array.from({ length: number }, (_, caller) => {
        const instance = origins[caller % origins.length];
        if (instance === undefined) {
          throw new Error('the instances are started before the tests');
        }
        return call(instance, caller);
      }),
    );
  }

  function postAs(
    instance: Origin,
    client: AppClient,
    path: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    return postForm(`${instance.origin}${path}`, fields, basic(client));
  }

  function count(filter: Filter<OidcPayloadDocument>): Promise<number> {
    return payloads.countDocuments(filter);
  }

  async function grantOf(value: unknown): Promise<string> {
    return (await payloads.findOne({ _id: documentId(String(value)) }))?.grantId ?? 'none';
  }

  /** Returns the one answer with 200. Every other answer must be this refusal. */
  function expectOneSuccess(
    answers: readonly Answer[],
    refusal: { readonly status: number; readonly error: string },
  ): Answer {
    const winners = answers.filter(({ status }) => status === 200);
    expect(
      winners,
      `succeeded: ${JSON.stringify(answers.map(({ status, body }) => [status, body['error']]))}`,
    ).to.have.length(1);
    for (const { status, body } of answers) {
      if (status !== 200) {
        expect({ status, error: body['error'] }, JSON.stringify(body)).to.deep.equal(refusal);
      }
    }
    const [winner] = winners;
    if (winner === undefined) {
      throw new Error('no caller succeeded');
    }
    return winner;
  }

  for (let round = 1; round <= rounds; round += 1) {
    const nth = `round ${round}`;

    it(`an authorization code gives tokens once (RFC 6749 §4.1.2), ${nth}`, async () => {
      const { code, verifier } = await authorize(deployment, app, { scope: 'openid archive:read', resource: archive });
      const grantId = await grantOf(code);
      const answers = await all((instance) =>
        postAs(instance, app, '/token', {
          grant_type: 'authorization_code',
          code,
          code_verifier: verifier,
          redirect_uri: app.redirectUri,
        }),
      );
      const { body } = expectOneSuccess(answers, { status: 400, error: 'invalid_grant' });
      expect(body['access_token']).to.be.a('string');
      // None if a late repeat revoked the family, as it should; never two.
      expect(await count({ grantId, model: 'RefreshToken' })).to.be.at.most(1);
      expect(await count({ grantId, model: 'AccessToken' })).to.be.at.most(1);
    });

    it(`a refresh token has one successor, which all callers get (RFC 9700 §4.14.2), ${nth}`, async () => {
      const first = await obtain(deployment, app, { scope: 'openid archive:read', resource: archive });
      const grantId = await grantOf(first['refresh_token']);
      expect(grantId).not.to.equal('none');
      const answers = await all(
        (instance) =>
          postAs(instance, app, '/token', {
            grant_type: 'refresh_token',
            refresh_token: String(first['refresh_token']),
          }),
        refreshCallers,
      );
      expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: refreshCallers }, () => 200));
      const [body, ...others] = answers.map((answer) => answer.body);
      for (const other of others) {
        expect(other).to.deep.equal(body);
      }
      expect(await count({ grantId, model: 'RefreshToken' }), 'families').to.equal(1);
      expect(await count({ grantId, model: 'AccessToken' }), 'access tokens: the first and the refreshed one').to.equal(
        2,
      );
      expect(await isActive(deployment, app, body?.['access_token'])).to.equal(true);
      for (const instance of origins) {
        const next = await postAs({ origin: instance.origin }, app, '/token', {
          grant_type: 'refresh_token',
          refresh_token: String(body?.['refresh_token']),
        });
        expect(next.status, 'the successor after the race').to.equal(200);
      }
    });

    it(`a pushed authorization request gives one code (RFC 9126 §4), ${nth}`, async () => {
      const browser = openBrowser();
      await authorize(deployment, app, { scope: 'openid archive:read', resource: archive }, browser);
      const verifier = randomBytes(32).toString('base64url');
      const pushed = await postForm(
        `${deployment.issuer}/par`,
        {
          client_id: app.clientId,
          response_type: 'code',
          redirect_uri: app.redirectUri,
          scope: 'openid archive:read',
          resource: archive,
          code_challenge: createHash('sha256').update(verifier).digest('base64url'),
          code_challenge_method: 'S256',
        },
        basic(app),
      );
      expect(pushed.status, JSON.stringify(pushed.body)).to.equal(201);
      const query = new URLSearchParams({
        client_id: app.clientId,
        request_uri: String(pushed.body['request_uri']),
      }).toString();
      const before = await count({ clientId: app.clientId, model: 'AuthorizationCode' });
      const pages = await all((instance) => browser.copy().get(`${instance.origin}/authorize?${query}`));
      const codes = pages.filter((page) => codeOf(page) !== undefined);
      expect(codes, pages.map(({ status, location }) => `${status} ${location ?? ''}`).join('\n')).to.have.length(1);
      for (const page of pages) {
        if (codeOf(page) === undefined) {
          expect(page.status, page.html.slice(0, 500)).to.be.oneOf([303, 400]);
          if (page.location !== undefined) {
            expect(new URL(page.location).searchParams.get('error')).to.be.oneOf([
              'invalid_request_uri',
              'invalid_request',
            ]);
          }
        }
      }
      expect((await count({ clientId: app.clientId, model: 'AuthorizationCode' })) - before).to.equal(1);
    });

    it(`an assertion authenticates a client once (RFC 7523 §3, jti), ${nth}`, async () => {
      const { client, key } = await machine();
      const assertion = await new SignJWT({})
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(client.clientId)
        .setSubject(client.clientId)
        .setAudience(deployment.issuer)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(key);
      const answers = await all((instance) =>
        postForm(`${instance.origin}/token`, {
          grant_type: 'client_credentials',
          client_assertion: assertion,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }),
      );
      expectOneSuccess(answers, { status: 401, error: 'invalid_client' });
      expect(await count({ clientId: client.clientId, model: 'ClientCredentials' })).to.equal(1);
    });

    it(`a one-time link sets one password, ${nth}`, async () => {
      const user = await deployment.services.users.create({ email: `link-${round}@example.com` }, { actor: 'system' });
      const { token } = await deployment.services.users.createPasswordLink(user._id, 'set-password', {
        actor: 'system',
      });
      const form = await formOf(`/password/${token}`);
      const passwords = Array.from({ length: callers }, (_, caller) => `${password} ${caller}`);
      const answers = await all((instance, caller) =>
        openBrowser().post(`${instance.origin}/password/${token}`, {
          ...form,
          password: passwords[caller] ?? '',
          confirmation: passwords[caller] ?? '',
        }),
      );
      expect(
        answers.map(({ status }) => status).toSorted((one, other) => one - other),
        answers.find(({ status }) => status >= 500)?.html,
      ).to.deep.equal([303, ...Array.from({ length: callers - 1 }, () => 410)]);
      const winner = answers.findIndex(({ status }) => status === 303);
      const signedIn = await deployment.services.authentication.signIn({
        email: `link-${round}@example.com`,
        password: passwords[winner] ?? '',
      });
      expect(signedIn.outcome, 'the password of the caller that succeeded').to.equal('success');
      const changes = (await deployment.services.audit.list({ limit: 50, accountId: user._id })).filter(
        ({ type }) => type === 'password.changed',
      );
      expect(changes).to.have.length(1);
    });

    for (const kind of ['app', 'recovery code'] as const) {
      it(`a code of a second factor (${kind}) completes one login (RFC 6238 §5.2), ${nth}`, async () => {
        const username = `factor-${kind.replace(' ', '-')}-${round}@example.com`;
        const user = await createUser(deployment, username);
        const { seed, recoveryCodes } = await addApp(deployment, user, systemClock);
        const client = await registerApp(deployment, { type: 'native', firstParty: true, challengeEndpoint: true });
        const challenge = (instance: Origin, fields: Readonly<Record<string, string>>): Promise<Answer> =>
          postForm(`${instance.origin}/authorize-challenge`, { client_id: client.clientId, ...fields });
        const { body } = await challenge(instances[0] as Origin, {
          response_type: 'code',
          scope: 'openid',
          code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
          code_challenge_method: 'S256',
          username,
          password,
        });
        expect(body).to.include({ otp_required: true });
        const otp = kind === 'app' ? totpCode(seed, new Date()) : (recoveryCodes[0] ?? '');
        const answers = await all((instance) =>
          challenge(instance, { auth_session: String(body['auth_session']), otp }),
        );
        const statuses = answers.map(({ status }) => status);
        expect(
          statuses.filter((status) => status === 200),
          String(statuses),
        ).to.have.length(1);
        // After some wrong codes the others must wait.
        expect(
          statuses.every((status) => [200, 403, 429].includes(status)),
          String(statuses),
        ).to.equal(true);
      });
    }

    it(`a session keeps every app that signs in at the same moment, ${nth}`, async () => {
      const browser = openBrowser();
      await authorize(deployment, app, {}, browser);
      const apps = await Promise.all(
        Array.from({ length: callers }, (_, n) => registerApp(deployment, { name: `App ${n}`, firstParty: true })),
      );
      const codes = await all(async (instance, caller) => {
        const client = apps[caller] ?? app;
        const query = new URLSearchParams({
          client_id: client.clientId,
          response_type: 'code',
          redirect_uri: client.redirectUri,
          scope: 'openid',
          code_challenge: createHash('sha256').update('v').digest('base64url'),
          code_challenge_method: 'S256',
        }).toString();
        return browser.copy().get(`${instance.origin}/authorize?${query}`);
      });
      expect(
        codes.map((page) => (codeOf(page) === undefined ? `${page.status} ${page.location ?? ''}` : 'code')),
      ).to.deep.equal(apps.map(() => 'code'));
      const user = await deployment.services.users.findByEmail('ada@example.com');
      const sessions = await deployment.services.sessions.listByUser(user?._id ?? '');
      const known = sessions.map(({ authorizations }) => authorizations.map(({ clientId }) => clientId));
      const session = known.find((clients) => apps.some(({ clientId }) => clients.includes(clientId)));
      expect(session).to.include.members(apps.map(({ clientId }) => clientId));
    });

    it(`a logout ends the session although other tabs are being redirected (OpenID Connect RP-Initiated Logout §2), ${nth}`, async () => {
      const browser = openBrowser();
      const { code: before } = await authorize(deployment, app, {}, browser);
      const sessionUid = (await payloads.findOne({ _id: documentId(before) }))?.sessionUid ?? '';
      const tabs = await Promise.all(
        Array.from({ length: 6 }, async (_, n) => {
          const joining = await registerApp(deployment, { name: `Joining ${n}` });
          const tab = browser.copy();
          return { tab, joining, consent: await tab.visit(authorizationUrl(deployment, joining).url) };
        }),
      );
      const [, second] = origins;
      const asking = await browser.get(`${second?.origin ?? ''}/logout`);
      const [form] = asking.forms;
      const [, ...pages] = await Promise.all([
        browser.post(`${second?.origin ?? ''}/logout/confirm`, { ...form?.fields, logout: 'yes' }),
        ...tabs.map(({ tab, consent }) => tab.submit(consent, '/consent', { decision: 'allow' })),
      ]);
      expect(await deployment.services.sessions.find(sessionUid)).to.equal(null);
      expect(await count({ sessionUid, model: 'Session' })).to.equal(0);
      for (const [n, page] of pages.entries()) {
        // A tab was redirected before the logout, or gets an error because the login has ended.
        expect(page.status, page.html.slice(0, 500)).to.be.oneOf([303, 400, 409]);
        const silent = await tabs[n]?.tab.visit(
          authorizationUrl(deployment, app, { parameters: { prompt: 'none' } }).url,
        );
        expect(new URL(silent?.location ?? '').searchParams.get('error')).to.equal('login_required');
      }
    });
  }

  it('a set-up link makes one administrator', async () => {
    const token = await deployment.services.setup.setupLinkToken();
    const form = await formOf(`/setup/${token ?? ''}`);
    const answers = await all((instance, caller) =>
      openBrowser().post(`${instance.origin}/setup/${token ?? ''}`, {
        ...form,
        email: `administrator-${caller}@example.com`,
        password,
        confirmation: password,
      }),
    );
    expect(
      answers.map(({ status }) => status).toSorted((one, other) => one - other),
      answers.find(({ status }) => status >= 500)?.html,
    ).to.deep.equal([303, ...Array.from({ length: callers - 1 }, () => 410)]);
    const { users } = await deployment.services.users.list({ limit: 100 });
    expect(users.filter(({ role }) => role === 'administrator')).to.have.length(1);
    expect(await deployment.services.setup.setupLinkToken()).to.equal(undefined);
  });

  it('no process logged a failure', () => {
    for (const instance of instances) {
      const problems = instance
        .log()
        .split('\n')
        .filter((line) => line !== '' && !line.includes('MongoDB runs as a single server'));
      expect(problems).to.deep.equal([]);
    }
  });

  function codeOf(page: Page): string | undefined {
    return page.location === undefined ? undefined : (new URL(page.location).searchParams.get('code') ?? undefined);
  }

  async function formOf(path: string): Promise<Readonly<Record<string, string>>> {
    const page = await openBrowser().get(`${deployment.issuer}${path}`);
    return page.forms.find(({ method }) => method === 'post')?.fields ?? {};
  }

  async function machine(): Promise<{ readonly client: AppClient; readonly key: CryptoKey }> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({
      keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid: randomUUID() }],
    });
    return {
      client: await registerApp(deployment, { name: 'Nightly', type: 'machine', authMethod: 'private_key_jwt', jwks }),
      key: privateKey,
    };
  }
});
