/** The JWT bearer grant (RFC 7523): assertions of workloads and of clients that hold a key. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  decodeJwt,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { epochSeconds, systemClock } from '../../src/clock.ts';
import {
  archive,
  audited,
  callAs,
  introspect,
  photos,
  postForm,
  registerApp,
  seedApis,
  type Answer,
  type AppClient,
} from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { openWorkloadIssuer, type WorkloadIssuer } from '../support/workload-issuer.ts';

const by = { actor: 'system' } as const;
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const subject = 'repo:octo/app:ref:refs/heads/main';

onEachDatabase('the JWT bearer grant', (start) => {
  let server: TestServer;
  let issuer: WorkloadIssuer;
  let other: WorkloadIssuer;
  const opened: WorkloadIssuer[] = [];
  let ci: AppClient;
  let photosApi: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    [issuer, other] = [await openWorkloadIssuer(), await openWorkloadIssuer()];
    opened.push(issuer, other);
    ci = await registerApp(server, { type: 'machine', id: 'build', name: 'CI', authMethod: 'none', apis: [photos] });
    photosApi = await registerApp(server, { type: 'machine', name: 'Photos', apis: [photos] });
    await server.services.workloadIssuers.create(
      { issuer: issuer.issuer, clientId: ci.clientId, subjects: ['repo:octo/app:ref:refs/heads/*'] },
      by,
    );
  });
  after(() => Promise.all(opened.map((one) => one.close())));

  function claimsFor(more: JWTPayload = {}): JWTPayload {
    const now = epochSeconds(systemClock);
    return {
      iss: issuer.issuer,
      sub: subject,
      aud: server.issuer,
      iat: now,
      exp: now + 600,
      jti: randomUUID(),
      ...more,
    };
  }

  function present(assertion: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return postForm(`${server.issuer}/token`, { grant_type: grantType, assertion, ...more });
  }

  async function presentAs(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<Answer> {
    return present(await issuer.sign(claims, header), { client_id: ci.clientId });
  }

  function expectRejected({ status, body }: Answer, reason: string): void {
    const { error, error_description: description, access_token: token } = body;
    expect({ status, error, token }, String(description)).to.deep.equal({
      status: 400,
      error: 'invalid_grant',
      token: undefined,
    });
    expect(description).to.contain(reason);
  }

  describe('gives a workload', () => {
    it('the token of the client that it may act as (RFC 7523 §2.1)', async () => {
      const { status, body } = await presentAs(claimsFor());
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(body).to.include({ token_type: 'Bearer', expires_in: 300 });
      expect(decodeJwt(String(body['access_token']))).to.include({ sub: 'build', client_id: 'build', aud: photos });
      const { body: described } = await introspect(server, photosApi, body['access_token']);
      expect(described).to.include({ active: true, sub: 'build' });
    });

    it('the requested scopes, and an error for those that the client cannot have', async () => {
      const assertion = await issuer.sign(claimsFor());
      const { body } = await present(assertion, { client_id: 'build', scope: 'photos:read', resource: photos });
      expect(body['scope']).to.equal('photos:read');
      const { body: refused } = await present(assertion, { client_id: 'build', scope: 'archive:read' });
      expect(refused['error']).to.equal('invalid_scope');
    });

    it('a token as often as it presents its assertion, as the workloads of a cluster do', async () => {
      const assertion = await issuer.sign(claimsFor());
      for (let turn = 0; turn < 3; turn += 1) {
        expect((await present(assertion, { client_id: 'build' })).status).to.equal(200);
      }
    });

    it('one token for each assertion where the operator says so, however many requests present it', async () => {
      const once = await registerApp(server, { type: 'machine', name: 'Once', authMethod: 'none', apis: [photos] });
      await server.services.workloadIssuers.create(
        { issuer: issuer.issuer, clientId: once.clientId, subjects: [subject], singleUse: true },
        by,
      );
      const assertion = await issuer.sign(claimsFor());
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => present(assertion, { client_id: once.clientId })),
      );
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      expectRejected(await present(assertion, { client_id: once.clientId }), 'used before');
      const { jti: _jti, ...without } = claimsFor();
      expectRejected(await present(await issuer.sign(without), { client_id: once.clientId }), 'jti');
    });

    it('an audit event that names its issuer and subject', async () => {
      const claims = claimsFor();
      await presentAs(claims);
      const [event] = await server.services.audit.list({ limit: 1, type: 'assertion.accepted' });
      expect(event).to.deep.include({ outcome: 'success', clientId: 'build' });
      expect(event?.detail).to.deep.equal({ issuer: issuer.issuer, subject, jti: claims.jti });
    });

    it('a token for the audience that the operator has set, and for no other one', async () => {
      const own = await registerApp(server, { type: 'machine', name: 'Aud', authMethod: 'none', apis: [photos] });
      const { clientId } = own;
      await server.services.workloadIssuers.create(
        { issuer: issuer.issuer, clientId, subjects: [subject], audience: 'sts.example' },
        by,
      );
      const withAudience = async (aud: string | string[]): Promise<Answer> =>
        present(await issuer.sign(claimsFor({ aud })), { client_id: clientId });
      expect((await withAudience(['sts.example'])).status).to.equal(200);
      expectRejected(await withAudience(server.issuer), 'aud');
    });

    it('a token with the keys that the operator has given, although the issuer does not answer', async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'given' }] });
      const unreachable = 'https://issuer.invalid';
      const { clientId } = await registerApp(server, {
        type: 'machine',
        name: 'G',
        authMethod: 'none',
        apis: [photos],
      });
      await server.services.workloadIssuers.create({ issuer: unreachable, clientId, subjects: [subject], jwks }, by);
      const assertion = await new SignJWT(claimsFor({ iss: unreachable }))
        .setProtectedHeader({ alg: 'ES256', kid: 'given' })
        .sign(privateKey);
      expect((await present(assertion, { client_id: clientId })).status).to.equal(200);
    });
  });

  it('finds the key of a token among keys of its issuer that cannot be used', async () => {
    const { clientId } = await registerApp(server, { type: 'machine', name: 'B', authMethod: 'none', apis: [photos] });
    const broken = await openWorkloadIssuer();
    opened.push(broken);
    await server.services.workloadIssuers.create({ issuer: broken.issuer, clientId, subjects: [subject] }, by);
    const { keys } = (await (await fetch(`${broken.issuer}/keys`)).json()) as { readonly keys: readonly JWK[] };
    const unusable = { ...keys[0], x: 'AA', y: 'AA' };
    broken.change({ keySet: JSON.stringify({ keys: [unusable, ...keys] }) });
    for (const [signer, status] of [
      [broken, 200],
      [other, 400],
    ] as const) {
      const assertion = await signer.sign(claimsFor({ iss: broken.issuer }));
      expect((await present(assertion, { client_id: clientId })).status).to.equal(status);
    }
  });

  describe('rejects an assertion', () => {
    it('with a wrong claim, and says which one', async () => {
      const now = epochSeconds(systemClock);
      for (const [change, reason] of [
        [{ sub: 'repo:octo/app:ref:refs/tags/v1' }, 'accepts no subject repo:octo/app:ref:refs/tags/v1'],
        [{ sub: `${subject}:x` }, 'accepts no subject'],
        [{ sub: '' }, 'accepts no subject'],
        [{ sub: undefined }, 'iss and sub'],
        [{ iss: undefined }, 'iss and sub'],
        [{ iss: other.issuer }, `trusts no issuer ${other.issuer}`],
        [{ iss: `${issuer.issuer}/` }, 'trusts no issuer'],
        [{ aud: undefined }, 'aud'],
        [{ aud: 'https://other.example' }, 'aud'],
        [{ aud: [server.issuer, 'https://other.example'] }, 'aud'],
        [{ aud: [] }, 'aud'],
        [{ exp: now - 11 }, 'expired'],
        [{ exp: undefined }, 'expire within'],
        [{ exp: now + 24 * 3600 + 60 }, 'expire within'],
        [{ exp: 'soon' }, 'expire within'],
        [{ iat: now + 60 }, 'not valid yet'],
        [{ nbf: now + 60 }, 'not valid yet'],
        [{ nbf: 'now' }, 'not valid yet'],
      ] as const) {
        expectRejected(await presentAs(claimsFor(change as unknown as JWTPayload)), reason);
      }
      expect((await presentAs(claimsFor({ aud: `${server.issuer}/token` }))).status, 'the control').to.equal(200);
    });

    it('with another type or algorithm, or without a valid signature of its issuer', async () => {
      const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const valid = await issuer.sign(claimsFor());
      const [, payload = '', signature = ''] = valid.split('.');
      const hmac = await new SignJWT(claimsFor()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32, 1));
      for (const [assertion, reason] of [
        [await issuer.sign(claimsFor(), { typ: 'at+jwt' }), 'typ'],
        [await issuer.sign(claimsFor(), { typ: 'secevent+jwt' }), 'typ'],
        [`${encode({ alg: 'ES256', typ: 7 })}.${payload}.${signature}`, 'typ'],
        [`${encode({ alg: 'ES256', typ: ['JWT'] })}.${payload}.${signature}`, 'typ'],
        [`${encode({ alg: 7 })}.${payload}.${signature}`, 'alg'],
        [`${encode({ alg: 'ES256', kid: 7 })}.${payload}.${signature}`, 'not signed'],
        [`${encode({ alg: 'ES256', crit: 7 })}.${payload}.${signature}`, 'not signed'],
        [hmac, 'alg'],
        [`${encode({ alg: 'none' })}.${payload}.`, 'alg'],
        [await other.sign(claimsFor()), 'not signed'],
        [await issuer.sign(claimsFor(), { kid: 'unknown' }), 'not signed'],
        [`${valid.slice(0, -4)}AAAA`, 'not signed'],
        [`${encode({ alg: 'ES256', jwk: { kty: 'EC' } })}.${payload}.${signature}`, 'not signed'],
        ['x', 'not a signed JWT'],
        ['..', 'not a signed JWT'],
        [`${valid}${'A'.repeat(17_000)}`, 'characters'],
      ] as const) {
        expectRejected(await present(assertion, { client_id: 'build' }), reason);
      }
      expect((await present(await issuer.sign(claimsFor(), { typ: 'JWT' }), { client_id: 'build' })).status).to.equal(
        200,
      );
    });

    it('for a client that is not named, does not exist, or does not trust this issuer', async () => {
      const assertion = await issuer.sign(claimsFor());
      const stranger = await registerApp(server, { type: 'machine', name: 'S', authMethod: 'none', apis: [photos] });
      expectRejected(await present(assertion), 'client_id');
      expectRejected(await present(assertion, { client_id: 'unknown' }), 'client_id');
      expectRejected(await present(assertion, { client_id: photosApi.clientId }), 'client_id');
      expectRejected(await present(assertion, { client_id: stranger.clientId }), 'trusts no issuer');
      const { status, body } = await present('', { client_id: 'build' });
      expect({ status, error: body['error'] }).to.deep.equal({ status: 400, error: 'invalid_request' });
    });

    it('with 503 while its issuer does not answer and no keys are known: that says nothing about the assertion', async () => {
      const { clientId } = await registerApp(server, {
        type: 'machine',
        name: 'D',
        authMethod: 'none',
        apis: [photos],
      });
      const down = await openWorkloadIssuer();
      await server.services.workloadIssuers.create({ issuer: down.issuer, clientId, subjects: [subject] }, by);
      down.answerWith(500);
      const assertion = await down.sign(claimsFor({ iss: down.issuer }));
      const { status, body } = await present(assertion, { client_id: clientId });
      expect({ status, error: body['error'] }).to.deep.equal({ status: 503, error: 'temporarily_unavailable' });
      await down.close();
    });

    it('after the issuer was deleted, and with the client all its issuers are gone', async () => {
      const make = () =>
        registerApp(server, { type: 'machine', id: 'gone', name: 'Gone', authMethod: 'none', apis: [photos] });
      const trust = () =>
        server.services.workloadIssuers.create({ issuer: issuer.issuer, clientId: 'gone', subjects: [subject] }, by);
      const assertion = await issuer.sign(claimsFor());
      await make();
      await trust();
      expect((await present(assertion, { client_id: 'gone' })).status).to.equal(200);
      await server.services.workloadIssuers.remove('gone', issuer.issuer, by);
      expectRejected(await present(assertion, { client_id: 'gone' }), 'trusts no issuer');
      await trust();
      await server.services.clients.remove('gone', by);
      await make();
      expectRejected(await present(assertion, { client_id: 'gone' }), 'trusts no issuer');
    });
  });

  it('follows a rotation of the keys of the issuer', async () => {
    const { clientId } = await registerApp(server, { type: 'machine', name: 'R', authMethod: 'none', apis: [photos] });
    const rotating = await openWorkloadIssuer();
    await server.services.workloadIssuers.create({ issuer: rotating.issuer, clientId, subjects: [subject] }, by);
    await rotating.rotate();
    const assertion = await rotating.sign(claimsFor({ iss: rotating.issuer }));
    expect((await present(assertion, { client_id: clientId })).status).to.equal(200);
    await rotating.close();
    expect((await present(assertion, { client_id: clientId })).status, 'the last known keys').to.equal(200);
  });

  describe('a client without a secret', () => {
    it('gets no token by its id alone, and neither introspects nor is believed otherwise', async () => {
      for (const fields of [
        { grant_type: 'client_credentials' },
        { grant_type: grantType },
        { grant_type: 'refresh_token', refresh_token: 'x' },
      ] as Record<string, string>[]) {
        const { status, body } = await callAs(server, ci, '/token', fields);
        expect({ status, token: body['access_token'] }, fields['grant_type']).to.deep.equal({
          status: 400,
          token: undefined,
        });
      }
      const { body } = await presentAs(claimsFor());
      expect((await introspect(server, ci, body['access_token'])).body).to.deep.equal({ active: false });
    });

    it('does not authenticate with an assertion of another issuer (RFC 7523 §2.2)', async () => {
      const clientAssertion = { client_id: 'build', client_assertion_type: assertionType };
      const { status } = await postForm(`${server.issuer}/token`, {
        grant_type: 'client_credentials',
        ...clientAssertion,
        client_assertion: await issuer.sign(claimsFor()),
      });
      expect(status).to.be.within(400, 401);
    });
  });

  describe('of a client that holds a key', () => {
    interface Signer {
      readonly clientId: string;
      readonly sign: (claims: JWTPayload) => Promise<string>;
    }
    let signer: Signer;

    async function registerSigner(
      more: Pick<NonNullable<Parameters<typeof registerApp>[1]>, 'assertionAudience'> = {},
    ): Promise<Signer> {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const { clientId } = await registerApp(server, {
        type: 'machine',
        name: 'Signer',
        authMethod: 'private_key_jwt',
        jwks: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'own', alg: 'ES256' }] }),
        jwtBearer: true,
        apis: [photos, archive],
        ...more,
      });
      return {
        clientId,
        sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'own' }).sign(privateKey),
      };
    }

    before(async () => {
      signer = await registerSigner();
    });

    function ownClaims(more: JWTPayload = {}, { clientId } = signer): JWTPayload {
      const now = epochSeconds(systemClock);
      return { iss: clientId, sub: clientId, aud: server.issuer, iat: now, exp: now + 60, jti: randomUUID(), ...more };
    }

    it('gives it a token for what it has signed itself; client_id is not needed', async () => {
      const { status, body } = await present(await signer.sign(ownClaims()), {
        scope: 'photos:read',
        resource: photos,
      });
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(decodeJwt(String(body['access_token']))).to.include({ sub: signer.clientId, scope: 'photos:read' });
      expect(await audited(server, { clientId: signer.clientId })).not.to.include('assertion.accepted');
    });

    it('gives one token for each assertion, which does not authenticate the client afterwards either', async () => {
      const assertion = await signer.sign(ownClaims());
      const answers = await Promise.all(Array.from({ length: 10 }, () => present(assertion, { resource: photos })));
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      const { status } = await postForm(`${server.issuer}/token`, {
        grant_type: 'client_credentials',
        resource: photos,
        client_assertion_type: assertionType,
        client_assertion: assertion,
      });
      expect(status).to.equal(401);
    });

    it('rejects wrong claims, a foreign key, and more than five minutes', async () => {
      const now = epochSeconds(systemClock);
      for (const [change, reason] of [
        [{ sub: 'build' }, 'sub'],
        [{ aud: 'https://other.example' }, 'aud'],
        [{ aud: [server.issuer, 'x'] }, 'aud'],
        [{ exp: now + 400 }, 'expire within 300'],
        [{ exp: now - 20 }, 'expired'],
        [{ jti: undefined }, 'jti'],
      ] as const) {
        expectRejected(await present(await signer.sign(ownClaims(change as unknown as JWTPayload))), reason);
      }
      expectRejected(await present(await issuer.sign(ownClaims())), 'registered key');
    });

    it('accepts as aud what it accepts of a client_assertion: the issuer, and where the operator says so the token endpoint', async () => {
      const lenient = await registerSigner({ assertionAudience: 'token-endpoint' });
      const tokenEndpoint = `${server.issuer}/token`;
      const withAudience = async (of: Signer, aud: string | string[]): Promise<Answer> =>
        present(await of.sign(ownClaims({ aud }, of)), { resource: photos });
      for (const [of, aud] of [
        [signer, tokenEndpoint],
        [signer, [server.issuer]],
        [signer, `${server.issuer}/`],
        [lenient, [tokenEndpoint]],
        [lenient, [server.issuer, tokenEndpoint]],
        [lenient, `${server.issuer}/introspect`],
      ] as const) {
        expectRejected(await withAudience(of, aud as string | string[]), `its aud must be ${server.issuer}`);
      }
      for (const [of, aud] of [
        [signer, server.issuer],
        [lenient, server.issuer],
        [lenient, tokenEndpoint],
      ] as const) {
        expect((await withAudience(of, aud)).status, aud).to.equal(200);
      }
    });

    it('accepts client authentication beside the assertion, which must be right then (RFC 7521 §4.1)', async () => {
      const both = async (iss = signer.clientId): Promise<Answer> =>
        present(await signer.sign(ownClaims()), {
          resource: photos,
          client_assertion_type: assertionType,
          client_assertion: await signer.sign(ownClaims({ iss, sub: iss })),
        });
      expect((await both()).status).to.equal(200);
      expect((await both('build')).status).to.equal(401);
    });

    it('is only for clients whose operator has allowed it', async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const { clientId } = await registerApp(server, {
        type: 'machine',
        name: 'Not allowed',
        authMethod: 'private_key_jwt',
        jwks: JSON.stringify({ keys: [await exportJWK(publicKey)] }),
        apis: [photos],
      });
      const claims = { ...ownClaims(), iss: clientId, sub: clientId };
      const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
      expectRejected(await present(assertion), 'client_id');
    });
  });

  it('is advertised (RFC 8414 §2)', async () => {
    const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`);
    expect(((await response.json()) as Record<string, unknown>)['grant_types_supported']).to.include(grantType);
  });
});
