import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
} from 'jose';
import { epochSeconds, manualClock } from '../../src/clock.ts';
import {
  basic,
  callAs,
  createUser,
  isActive,
  obtain,
  photos,
  refresh,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

/** One of several instances behind one issuer: requests go to its own port, under the issuer's host. */
interface Instance {
  jwks(): Promise<JSONWebKeySet>;
  /** Ids of the published keys of an algorithm. */
  published(alg?: string): Promise<readonly string[]>;
  /** A JWT for the Photos API. */
  token(app: AppClient): Promise<string>;
}

function instanceAt(server: TestServer): Instance {
  const port = Number(server.environment['PORT']);
  const { host } = new URL(server.issuer);

  /** Sends a request. `fetch` cannot be used, because it always sends the host that it connects to. */
  async function send(
    path: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Record<string, unknown>> {
    const clientRequest = request({
      host: '127.0.0.1',
      port,
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: { host, ...headers },
    });
    clientRequest.end(body);
    const [response] = (await once(clientRequest, 'response')) as [IncomingMessage];
    return JSON.parse(await text(response)) as Record<string, unknown>;
  }

  const jwks = async (): Promise<JSONWebKeySet> => (await send('/jwks')) as unknown as JSONWebKeySet;
  return {
    jwks,
    published: async (alg = 'ES256') =>
      (await jwks()).keys.filter((key) => key.alg === alg).map(({ kid }) => kid ?? ''),
    token: async (app) => {
      const fields = new URLSearchParams({ grant_type: 'client_credentials', resource: photos, scope: 'photos:read' });
      const answer = await send('/token', fields.toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        ...basic(app),
      });
      return String(answer['access_token']);
    },
  };
}

const kidOf = (token: string): string => decodeProtectedHeader(token).kid ?? '';

onEachDatabase('signing keys', (start) => {
  describe('of one server', () => {
    let server: TestServer;

    before(async () => {
      server = await start({ environment: { KEYS_CACHE_MAX_AGE: '120s' } });
      await seedApis(server);
      await createUser(server);
    });

    it('sign ID tokens with ES256, or with RS256 for a client that is configured so (decision 5)', async () => {
      const instance = instanceAt(server);
      await eventually(async () => expect(await instance.published('RS256')).to.have.length(1));
      for (const alg of ['ES256', 'RS256']) {
        const app = await registerApp(server, { firstParty: true, idTokenAlg: alg });
        const tokens = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
        const { protectedHeader, payload } = await jwtVerify(
          String(tokens['id_token']),
          createLocalJWKSet(await instance.jwks()),
          { issuer: server.issuer, audience: app.clientId },
        );
        expect(protectedHeader.alg).to.equal(alg);
        expect(Number(payload.exp) - Number(payload.iat)).to.equal(3600);
        expect(decodeProtectedHeader(String(tokens['access_token'])).alg).to.equal('ES256');
        expect((await refresh(server, app, tokens['refresh_token'])).body['id_token']).to.satisfy(
          (token: string) => decodeProtectedHeader(token).alg === alg,
        );
      }
    });

    it('are published without their private parts, and RSA keys have 3072 bits (decision 5, RFC 7517 §9.2)', async () => {
      const instance = instanceAt(server);
      const { keys } = await eventually(async () => {
        const found = await instance.jwks();
        expect(found.keys).to.have.length(2);
        return found;
      });
      for (const key of keys) {
        expect(key).to.not.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi', 'k');
        expect(key).to.include({ use: 'sig' }).and.include.keys('kid', 'alg');
      }
      expect(Buffer.from(keys.find(({ alg }) => alg === 'RS256')?.n ?? '', 'base64url')).to.have.length(384);
      expect(new Set(keys.map(({ kid }) => kid)).size).to.equal(2);
    });

    it('may be cached for the configured time only, also when the answer comes from memory', async () => {
      const documents = ['/jwks', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];
      for (const path of [...documents, ...documents]) {
        const { headers, status } = await fetch(`${server.issuer}${path}`, {
          headers: { origin: 'https://anywhere.example' },
        });
        expect(status).to.equal(200);
        expect(headers.get('cache-control')).to.equal('public, max-age=120');
        expect(headers.get('access-control-allow-origin')).to.equal('*');
        expect(headers.get('vary')).to.equal('Origin');
        expect(headers.get('content-type')).to.match(/^application\/(?:jwk-set\+)?json; charset=utf-8$/);
        expect(headers.get('access-control-allow-credentials')).to.equal(null);
        expect(headers.get('set-cookie')).to.equal(null);
      }
    });
  });

  it('rotate on two servers without a restart: a new key is published before it signs, and all tokens stay valid', async function rotateOnTwo() {
    this.timeout(30_000);
    const environment = { KEYS_PUBLISH_AHEAD: '2s', KEYS_CACHE_MAX_AGE: '1s' };
    const first = await start({ environment });
    const { ISSUER: issuer = '', SECRET: secret = '', DATABASE_URL: databaseUrl = '' } = first.environment;
    const second = await start({ databaseUrl, environment: { ...environment, ISSUER: issuer, SECRET: secret } });
    await seedApis(first);
    await createUser(first);
    const app = await registerApp(first, { firstParty: true });
    const job = await registerApp(first, { type: 'machine' });
    const instances = [instanceAt(first), instanceAt(second)];
    const login = await obtain(first, app);

    const before = await Promise.all(instances.map((instance) => instance.token(job)));
    const [oldKid = ''] = new Set(before.map(kidOf));
    expect(new Set(before.map(kidOf))).to.deep.equal(new Set([oldKid]));

    const [created, again] = await Promise.all(
      [first, second].map(({ services }) => services.signingKeys.rotate({ alg: 'ES256' }, by)),
    );
    expect(created?.kid).to.equal(again?.kid);
    const newKid = created?.kid ?? '';
    expect(newKid).to.not.equal(oldKid);

    for (const instance of instances) {
      await eventually(async () => expect(await instance.published()).to.have.members([oldKid, newKid]));
    }
    const kid = kidOf((await instances[1]?.token(job)) ?? '');
    if (Date.now() < Number(created?.signsFrom)) {
      expect(kid).to.equal(oldKid);
    }
    for (const instance of instances) {
      await eventually(async () => expect(kidOf(await instance.token(job))).to.equal(newKid));
    }
    expect(Date.now()).to.be.at.least(Number(created?.signsFrom));

    // With the keys of either server, the tokens of both can be verified, before and after.
    const signed = [...before, ...(await Promise.all(instances.map((instance) => instance.token(job))))];
    for (const instance of instances) {
      const keys = createLocalJWKSet(await instance.jwks());
      for (const token of signed) {
        await jwtVerify(token, keys, { issuer, audience: photos });
      }
    }
    expect((await refresh(first, app, login['refresh_token'])).status).to.equal(200);
  });

  it('stay published until everything that they signed has expired, and are then removed', async () => {
    const clock = manualClock();
    const server = await start({ clock });
    await seedApis(server);
    const job = await registerApp(server, { type: 'machine' });
    const instance = instanceAt(server);
    const { rotate } = server.services.signingKeys;
    const [one = ''] = await instance.published();
    const { kid: two } = await rotate({ alg: 'ES256' }, by);
    expect((await rotate({ alg: 'ES256' }, by)).kid, 'no second key is created while one waits to sign').to.equal(two);
    await eventually(async () => expect(await instance.published()).to.have.members([one, two]));
    expect(kidOf(await instance.token(job))).to.equal(one);

    clock.advance(601);
    const { kid: three } = await rotate({ alg: 'ES256' }, by);
    await eventually(async () => expect(await instance.published()).to.have.members([one, two, three]));
    expect(kidOf(await instance.token(job))).to.equal(two);

    // An ID token is valid for an hour, so the first key is needed for an hour (and the clock tolerance) after the
    // second key started to sign.
    clock.advance(3610);
    const { kid: four } = await rotate({ alg: 'ES256' }, by);
    await eventually(async () => expect(await instance.published()).to.have.members([two, three, four]));
    expect(kidOf(await instance.token(job))).to.equal(three);
    expect(
      (
        await callAs(server, job, '/token', {
          grant_type: 'client_credentials',
          resource: photos,
          scope: 'photos:read',
        })
      ).status,
    ).to.equal(200);
  });

  it('vouch for nothing after they were removed: a JWT that was accepted until then is refused', async () => {
    const clock = manualClock();
    const server = await start({ clock });
    await seedApis(server);
    const job = await registerApp(server, { type: 'machine' });
    const instance = instanceAt(server);
    const { rotate, current } = server.services.signingKeys;
    const issued = await instance.token(job);
    const [key] = await current();
    // No token is valid for as long as this one, which the server has not issued: only its key can end it.
    const token = await new SignJWT({ ...decodeJwt(issued), exp: epochSeconds(clock) + 86_400 })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: kidOf(issued) })
      .sign(await importJWK({ ...key }, 'ES256'));
    const isAccepted = () => isActive(server, job, token);
    expect(await isAccepted()).to.equal(true);

    await rotate({ alg: 'ES256' }, by);
    clock.advance(601);
    await rotate({ alg: 'ES256' }, by);
    await eventually(async () => expect(await instance.published()).to.have.length(3));
    expect(await isAccepted(), 'while its key is published').to.equal(true);
    clock.advance(3610);
    await rotate({ alg: 'ES256' }, by);
    await eventually(async () => expect(await instance.published()).to.not.include(kidOf(issued)));
    expect(await isAccepted()).to.equal(false);
  });

  it('are the same for servers that start on an empty database at the same time (E18)', async () => {
    const first = await start();
    const { ISSUER: issuer = '', SECRET: secret = '', DATABASE_URL: databaseUrl = '' } = first.environment;
    const others = await Promise.all(
      [1, 2].map(() => start({ databaseUrl, environment: { ISSUER: issuer, SECRET: secret } })),
    );
    const instances = [first, ...others].map(instanceAt);
    await eventually(async () => expect(await instances[0]?.published('RS256')).to.have.length(1));
    const sets = await eventually(async () => {
      const all = await Promise.all(
        instances.map(async (instance) =>
          (await instance.jwks()).keys
            .map(({ kid }) => String(kid))
            .toSorted((left, right) => left.localeCompare(right)),
        ),
      );
      all.forEach((kids) => expect(kids).to.deep.equal(all[0]));
      return all;
    });
    expect(sets[0]).to.have.length(2);
  });
});
