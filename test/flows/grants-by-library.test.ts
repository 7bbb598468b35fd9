/** The grants for machines, as openid-client sends them. */
import { expect } from 'chai';
import { decodeJwt } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  discovery,
  genericGrantRequest,
  None,
  type ClientAuth,
  type Configuration,
} from 'openid-client';
import { epochSeconds, systemClock } from '../../src/clock.ts';
import { archive, createUser, obtain, photos, registerApp, seedApis, type AppClient } from '../support/app.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { openWorkloadIssuer } from '../support/workload-issuer.ts';

onEachDatabase('openid-client', (start) => {
  let server: TestServer;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
  });

  function configure({ clientId }: AppClient, authentication: ClientAuth): Promise<Configuration> {
    return discovery(new URL(server.issuer), clientId, undefined, authentication, { execute: [allowInsecureRequests] });
  }

  it('exchanges a token (RFC 8693)', async () => {
    const app = await registerApp(server);
    const mayExchange = [{ from: archive, to: photos, scopes: ['photos:read'] }];
    const api = await registerApp(server, { type: 'machine', name: 'Archive', apis: [archive], mayExchange });
    const { access_token: subject } = await obtain(server, app, { scope: 'archive:read', resource: archive });
    const configuration = await configure(api, ClientSecretBasic(api.secret ?? ''));
    const tokens = await genericGrantRequest(configuration, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: String(subject),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      resource: photos,
    });
    expect(tokens).to.include({ issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' });
    expect(decodeJwt(tokens.access_token)).to.deep.include({ aud: photos, act: { sub: api.clientId } });
  });

  it('presents the token of a workload (RFC 7523)', async () => {
    const issuer = await openWorkloadIssuer();
    try {
      const job = await registerApp(server, { type: 'machine', name: 'Job', authMethod: 'none', apis: [photos] });
      const { workloadIssuers } = server.services;
      const { clientId } = job;
      await workloadIssuers.create({ issuer: issuer.issuer, clientId, subjects: ['ci:job:*'] }, { actor: 'system' });
      const now = epochSeconds(systemClock);
      const assertion = await issuer.sign({
        iss: issuer.issuer,
        sub: 'ci:job:nightly',
        aud: server.issuer,
        iat: now,
        exp: now + 600,
      });
      const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      const tokens = await genericGrantRequest(await configure(job, None()), grantType, { assertion });
      expect(decodeJwt(tokens.access_token)).to.include({ sub: clientId, aud: photos });
    } finally {
      await issuer.close();
    }
  });
});
