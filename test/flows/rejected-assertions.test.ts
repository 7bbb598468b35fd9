/** Rejected assertions in the audit: for a token (RFC 7523 §2.1), and as client authentication (§2.2). */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { epochSeconds, systemClock } from '../../src/clock.ts';
import type { AuditEventDocument } from '../../src/storage/collections.ts';
import { photos, postForm, registerApp, seedApis, type Answer } from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const issuer = 'https://ci.example';

onEachDatabase('a rejected assertion', (start) => {
  let server: TestServer;
  let workload: string;
  let signer: string;
  let key: Parameters<SignJWT['sign']>[0];
  let turn = 0;

  before(async () => {
    server = await start({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    await seedApis(server);
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    key = privateKey;
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] });
    const machine = { type: 'machine', name: 'Machine', apis: [photos] } as const;
    workload = (await registerApp(server, { ...machine, authMethod: 'none' })).clientId;
    signer = (await registerApp(server, { ...machine, authMethod: 'private_key_jwt', jwks, jwtBearer: true })).clientId;
    await server.services.workloadIssuers.create({ issuer, clientId: workload, subjects: ['main'], jwks }, by);
  });

  function sign(claims: JWTPayload): Promise<string> {
    const now = epochSeconds(systemClock);
    return new SignJWT({ aud: server.issuer, iat: now, exp: now + 60, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(key);
  }

  function freshAddress(): string {
    turn += 1;
    return `198.51.${turn}.1`;
  }

  function post(fields: Readonly<Record<string, string>>, from = freshAddress()): Promise<Answer> {
    return postForm(`${server.issuer}/token`, fields, { 'x-forwarded-for': from });
  }

  function present(assertion: string, clientId: string, from = freshAddress()): Promise<Answer> {
    return post({ grant_type: grantType, assertion, client_id: clientId }, from);
  }

  function authenticate(assertion: string): Promise<Answer> {
    return post({
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: assertion,
    });
  }

  function events(type: string): Promise<readonly AuditEventDocument[]> {
    return server.services.audit.list({ limit: 200, type });
  }

  it('of a workload is an event with the client, the claimed issuer and the reason, and without the assertion', async () => {
    const assertion = await sign({ iss: issuer, sub: 'branch' });
    const { status, body } = await present(assertion, workload);
    expect([status, body['error']]).to.deep.equal([400, 'invalid_grant']);
    const [event] = await events('assertion.rejected');
    expect(event).to.include({ outcome: 'failure', clientId: workload, address: `198.51.${turn}.1` });
    expect(event?.detail).to.deep.equal({
      issuer,
      reason: 'this client accepts no subject branch of this issuer',
    });
    expect(JSON.stringify(event)).not.to.include(assertion.split('.')[2]);
  });

  it('of a client for itself is an event, when it is used again', async () => {
    const assertion = await sign({ iss: signer, sub: signer });
    expect((await present(assertion, signer)).status).to.equal(200);
    expect((await present(assertion, signer)).status).to.equal(400);
    const [event] = await events('assertion.rejected');
    expect(event).to.deep.include({ clientId: signer, detail: { issuer: signer, reason: 'it was used before (jti)' } });
  });

  it('for a client that does not exist is an event without a client', async () => {
    await present(await sign({ iss: issuer, sub: 'main' }), 'unknown');
    const [event] = await events('assertion.rejected');
    expect(event).not.to.have.property('clientId');
    expect(event?.detail?.['reason']).to.contain('client_id');
  });

  it('as client authentication is an event with the reason (RFC 7523 §2.2)', async () => {
    const assertion = await sign({ iss: signer, sub: signer });
    expect((await authenticate(assertion)).status).to.equal(200);
    for (const [rejected, reason] of [
      [assertion, 'client assertion tokens must only be used once'],
      [await sign({ iss: signer, sub: signer, aud: [server.issuer] }), 'aud'],
      [`${assertion.slice(0, -8)}AAAAAAAA`, 'signature'],
    ] as const) {
      expect((await authenticate(rejected)).status).to.equal(401);
      const [event] = await events('client.authentication_failed');
      expect(event?.detail?.['reason']).to.contain(reason);
      expect(JSON.stringify(event)).not.to.include(rejected.split('.')[2]);
    }
  });

  it('as client authentication is an event also if its sub is no text', async () => {
    for (const sub of [7, true, ['x'], { a: 1 }]) {
      const { status, body } = await authenticate(await sign({ iss: signer, sub } as unknown as JWTPayload));
      expect({ status, error: body['error'] }).to.deep.equal({ status: 401, error: 'invalid_client' });
      const [event] = await events('client.authentication_failed');
      expect(event?.address).to.equal(`198.51.${turn}.1`);
    }
  });

  it('is at most ten events a minute for one client and address', async () => {
    const ofClient = async (): Promise<number> =>
      (await events('assertion.rejected')).filter(({ clientId }) => clientId === workload).length;
    const before = await ofClient();
    const assertion = await sign({ iss: issuer, sub: 'branch' });
    const from = freshAddress();
    await Promise.all(Array.from({ length: 30 }, () => present(assertion, workload, from)));
    expect((await ofClient()) - before).to.equal(10);
    await present(assertion, workload);
    expect((await ofClient()) - before, 'from another address').to.equal(11);
  });
});
