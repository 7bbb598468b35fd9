/**
 * An honest caller repeats a request that got 503, with the same token, assertion, password or code. It gets what it
 * asked for, whichever statement failed, and whether it was applied or not: token exchange (RFC 8693), assertions
 * (RFC 7523) and the authorization challenge endpoint.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { epochSeconds, systemClock } from '../../src/clock.ts';
import { totpCode } from '../../src/crypto/totp.ts';
import { oidcPayloads, type OidcPayloadDocument } from '../../src/storage/collections.ts';
import type { Collection, Database } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open.ts';
import {
  archive,
  callAs,
  createUser,
  obtain,
  password,
  photos,
  postForm,
  registerApp,
  seedApis,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { createFailingDatabase, type FailingDatabase, type FaultKind } from '../support/failing-database.ts';
import { mailsOf } from '../support/mails.ts';
import { addApp } from '../support/second-factors.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const email = 'ada@example.com';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** An upper bound for the statements of a request, so that the test ends. */
const maxStatements = 40;
const kinds = { before: 'before it is applied', after: 'after it was applied', half: 'in the middle of a bulk write' };

/** A request that is ready to be sent, and what must be true when it has succeeded. */
interface Prepared {
  readonly send: () => Promise<Answer>;
  readonly check?: (body: Answer['body']) => Promise<void>;
}

onEachDatabase('an honest retry without a browser', (start) => {
  let server: TestServer;
  let failing: FailingDatabase;
  let app: AppClient;
  let accountId: string;
  let database: Database;
  let payloads: Collection<OidcPayloadDocument>;

  before(async () => {
    failing = createFailingDatabase();
    server = await start({
      wrapDatabase: failing.wrap,
      environment: { REQUEST_DEADLINE: '1s', THROTTLE_ADDRESS_FREE: '100000' },
    });
    await seedApis(server);
    for (const api of [photos, archive]) {
      await server.services.apis.update(api, { personalTokens: true }, by);
    }
    accountId = await createUser(server);
    app = await registerApp(server);
    database = await openDatabase({ url: server.environment['DATABASE_URL'] ?? '', clock: systemClock });
    payloads = database.collection(oidcPayloads);
  });
  afterEach(() => failing.restore());
  after(() => database?.close());

  /** Lets each statement of a request fail, one after the other, and repeats the request as long as it gets 503. */
  async function failEachStatement(kind: FaultKind, prepare: () => Promise<Prepared>): Promise<void> {
    let failed = 0;
    for (let statement = 0; statement < maxStatements; statement += 1) {
      const { send, check } = await prepare();
      const context = `statement ${statement} fails ${kind}`;
      const hasHappened = failing.failStatement(statement, kind);
      let answer = await send();
      const isOver = !hasHappened();
      failing.restore();
      failed += answer.status === 503 ? 1 : 0;
      for (let times = 0; answer.status === 503; times += 1) {
        expect(answer.headers.get('retry-after'), context).to.match(/^\d+$/);
        expect(times, `${context}: repeats`).to.be.lessThan(5);
        await sleep(20);
        answer = await send();
      }
      expect(answer.status, `${context}: ${JSON.stringify(answer.body)}`).to.equal(200);
      await check?.(answer.body);
      if (isOver) {
        expect(failed, 'statements that failed').to.be.greaterThan(1);
        return;
      }
    }
    throw new Error('the request has more statements than expected');
  }

  /** Checks that the client has one record of this model: the failed request has left nothing. */
  async function expectStored({ clientId }: AppClient, model: string): Promise<void> {
    expect(await payloads.countDocuments({ clientId, model }), `stored ${model}`).to.equal(1);
  }

  function machine(more: Partial<Parameters<typeof registerApp>[1]> = {}): Promise<AppClient> {
    return registerApp(server, { type: 'machine', name: 'Machine', ...more });
  }

  function exchange(client: AppClient, token: unknown, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return callAs(server, client, '/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: String(token),
      subject_token_type: accessTokenType,
      ...more,
    });
  }

  /** A client that signs its own assertions. */
  async function signer(): Promise<{ readonly client: AppClient; readonly assertion: string; readonly jwks: string }> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'own', alg: 'ES256' }] });
    const client = await machine({ authMethod: 'private_key_jwt', jwks, jwtBearer: true });
    const now = epochSeconds(systemClock);
    const { clientId } = client;
    const assertion = await new SignJWT({
      iss: clientId,
      sub: clientId,
      aud: server.issuer,
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
    })
      .setProtectedHeader({ alg: 'ES256', kid: 'own' })
      .sign(privateKey);
    return { client, assertion, jwks };
  }

  const verifier = randomBytes(32).toString('base64url');

  /** A native app, and its request to the authorization challenge endpoint. */
  async function challenge(
    fields: Readonly<Record<string, string>>,
    username: string,
    userId: string,
  ): Promise<Prepared> {
    const native = await registerApp(server, {
      type: 'native',
      redirectUris: ['com.example.app:/callback'],
      firstParty: true,
      challengeEndpoint: true,
    });
    const countSessions = (): Promise<number> => payloads.countDocuments({ accountId: userId, model: 'Session' });
    const before = await countSessions();
    return {
      send: () =>
        callAs(server, native, '/authorize-challenge', {
          response_type: 'code',
          scope: 'openid offline_access photos:read',
          resource: photos,
          code_challenge: createHash('sha256').update(verifier).digest('base64url'),
          code_challenge_method: 'S256',
          username,
          password,
          ...fields,
        }),
      check: async (body) => {
        await expectStored(native, 'AuthorizationCode');
        expect((await countSessions()) - before, 'new login sessions').to.equal(1);
        const { status, body: tokens } = await callAs(server, native, '/token', {
          grant_type: 'authorization_code',
          code: String(body['authorization_code']),
          code_verifier: verifier,
        });
        expect(status, JSON.stringify(tokens)).to.equal(200);
      },
    };
  }

  /** The same, with a check that its second factor does not work again. */
  function usedOnce(prepared: Prepared): Prepared {
    return {
      send: prepared.send,
      check: async (...checked) => {
        await prepared.check?.(...checked);
        expect((await prepared.send()).body, 'a second use').to.include({ otp_required: true });
      },
    };
  }

  for (const [kind, when] of Object.entries(kinds) as [FaultKind, string][]) {
    describe(`gets what it asked for when a statement fails ${when}:`, function declare() {
      this.timeout(120_000);

      it('a JWT exchanged for an opaque token (RFC 8693)', async () => {
        const { access_token: token } = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
        await failEachStatement(kind, async () => {
          const client = await machine({ mayExchange: [{ from: photos, to: archive, scopes: ['archive:read'] }] });
          return {
            send: () => exchange(client, token),
            check: async () => {
              await expectStored(client, 'AccessToken');
              const events = await server.services.audit.list({ limit: 5, clientId: client.clientId });
              expect(events.map(({ type }) => type)).to.include('token.exchanged');
            },
          };
        });
      });

      it('an opaque token exchanged for a JWT', async () => {
        const { access_token: token } = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
        await failEachStatement(kind, async () => {
          const client = await machine({ mayExchange: [{ from: archive, to: photos, scopes: ['photos:read'] }] });
          return { send: () => exchange(client, token) };
        });
      });

      it('a personal access token exchanged for a JWT from a new address, which is recorded, and mailed once', async () => {
        const access = [{ api: archive, scopes: ['archive:read'] }];
        const client = await machine({ mayExchange: [{ from: archive, to: photos, scopes: ['photos:read'] }] });
        await failEachStatement(kind, async () => {
          const name = randomUUID();
          const { value, token } = await server.services.personalAccessTokens.create(
            accountId,
            { name, access, expiresIn: 7 * 86_400 },
            by,
          );
          expect((await exchange(client, value, { client_ip: '192.0.2.1' })).status).to.equal(200);
          return {
            send: () => exchange(client, value, { client_ip: '198.51.100.7' }),
            check: async () => {
              const events = await server.services.audit.list({
                limit: 200,
                type: 'personal_access_token.new_address',
              });
              const blocks = events
                .filter(({ detail }) => detail?.['id'] === token.id)
                .map(({ detail }) => detail?.['block']);
              expect(new Set(blocks)).to.have.length(2);
              const mails = (await mailsOf(server)).filter(({ text }) => text.includes(name));
              expect(mails, 'mails').to.have.length(1);
            },
          };
        });
      });

      it('an assertion of a client for a JWT (RFC 7523 §2.1)', async () => {
        await failEachStatement(kind, async () => {
          const { assertion } = await signer();
          const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
          return { send: () => postForm(`${server.issuer}/token`, { ...grant, resource: photos }) };
        });
      });

      it('an assertion of a workload that works once, for an opaque token', async () => {
        await failEachStatement(kind, async () => {
          const { publicKey, privateKey } = await generateKeyPair('ES256');
          const client = await machine({ authMethod: 'none', apis: [archive] });
          const issuer = 'https://ci.example';
          const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'ci' }] });
          await server.services.workloadIssuers.create(
            { issuer, clientId: client.clientId, subjects: ['build'], singleUse: true, jwks },
            by,
          );
          const now = epochSeconds(systemClock);
          const assertion = await new SignJWT({
            iss: issuer,
            sub: 'build',
            aud: server.issuer,
            iat: now,
            exp: now + 600,
            jti: randomUUID(),
          })
            .setProtectedHeader({ alg: 'ES256', kid: 'ci' })
            .sign(privateKey);
          const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
          return {
            send: () => callAs(server, client, '/token', grant),
            check: async () => {
              await expectStored(client, 'ClientCredentials');
              const { status, body } = await callAs(server, client, '/token', grant);
              expect([status, body['error']], 'a second use').to.deep.equal([400, 'invalid_grant']);
            },
          };
        });
      });

      it('a client that authenticates with an assertion (RFC 7523 §2.2)', async () => {
        await failEachStatement(kind, async () => {
          const { client, assertion } = await signer();
          const fields = {
            grant_type: 'client_credentials',
            resource: archive,
            client_assertion_type: assertionType,
            client_assertion: assertion,
          };
          return {
            send: () => postForm(`${server.issuer}/token`, fields),
            check: async () => {
              await expectStored(client, 'ClientCredentials');
              expect((await postForm(`${server.issuer}/token`, fields)).status, 'a second use').to.equal(401);
            },
          };
        });
      });

      it('a password for a code at the authorization challenge endpoint', () =>
        failEachStatement(kind, () => challenge({}, email, accountId)));

      it('a password and a code of an app, which works once', async () => {
        await failEachStatement(kind, async () => {
          const username = `${randomUUID()}@example.com`;
          const userId = await createUser(server, username);
          const { seed } = await addApp(server, userId, systemClock);
          return usedOnce(await challenge({ otp: totpCode(seed, systemClock.now()) }, username, userId));
        });
      });

      it('a password and a recovery code, which works once', async () => {
        await failEachStatement(kind, async () => {
          const username = `${randomUUID()}@example.com`;
          const userId = await createUser(server, username);
          const { recoveryCodes } = await addApp(server, userId, systemClock);
          return usedOnce(await challenge({ otp: recoveryCodes[0] ?? '' }, username, userId));
        });
      });
    });
  }

  for (const kind of ['before', 'after'] as const) {
    it(`gives nothing back of a use that succeeded, when a repeat of it fails ${kind} a statement is applied`, async () => {
      const { assertion } = await signer();
      const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, resource: photos };
      const username = `${randomUUID()}@example.com`;
      const userId = await createUser(server, username);
      const { seed } = await addApp(server, userId, systemClock);
      const { send } = await challenge({ otp: totpCode(seed, systemClock.now()) }, username, userId);
      for (const present of [() => postForm(`${server.issuer}/token`, grant), send]) {
        expect((await present()).status).to.equal(200);
        for (let statement = 0; statement < maxStatements; statement += 1) {
          const hasHappened = failing.failStatement(statement, kind);
          expect((await present()).status).not.to.equal(200);
          const isOver = !hasHappened();
          failing.restore();
          expect((await present()).status, `after statement ${statement}`).to.be.oneOf([400, 403, 429]);
          if (isOver) {
            break;
          }
        }
      }
    });
  }
});
