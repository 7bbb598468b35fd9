import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock } from '../../src/clock.ts';
import {
  archive,
  callAs,
  createUser,
  introspect,
  obtain,
  photos,
  refresh,
  registerApp,
  seedApis,
} from '../support/app.ts';
import { onEachDatabase } from '../support/server.ts';

const passwordContext = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';

onEachDatabase('access tokens', (start) => {
  it('say when and how the user signed in, also after a refresh (RFC 9068 §2.2.1, RFC 9470 §6.2)', async () => {
    const clock = manualClock();
    const server = await start({ clock });
    await seedApis(server);
    const accountId = await createUser(server);
    const app = await registerApp(server);
    const about = { auth_time: Math.floor(clock.now().getTime() / 1000), acr: passwordContext };
    const ofJwt = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    const ofOpaque = await obtain(server, app, { scope: 'openid archive:read', resource: archive });
    clock.advance(60);
    const refreshedJwt = (await refresh(server, app, ofJwt['refresh_token'])).body;
    const refreshedOpaque = (await refresh(server, app, ofOpaque['refresh_token'])).body;
    for (const { access_token: token } of [ofJwt, refreshedJwt]) {
      const claims = decodeJwt(String(token));
      expect(claims).to.include({ ...about, sub: accountId, client_id: app.clientId, aud: photos, iss: server.issuer });
      expect(claims['amr']).to.deep.equal(['pwd']);
      expect(claims).to.include.keys('iat', 'exp', 'jti', 'scope');
      expect((await introspect(server, app, token)).body).to.include(about);
    }
    for (const { access_token: token } of [ofOpaque, refreshedOpaque]) {
      const { body } = await introspect(server, app, token);
      expect(body).to.include(about);
      expect(body['amr']).to.deep.equal(['pwd']);
    }
  });

  it('say the same after one or more token exchanges (RFC 9068 §2.2.1)', async () => {
    const server = await start();
    await seedApis(server);
    await createUser(server);
    const app = await registerApp(server);
    const exchanger = (from: string, to: string, scope: string) =>
      registerApp(server, { type: 'machine', apis: [from], mayExchange: [{ from, to, scopes: [scope] }] });
    const photosApi = await exchanger(photos, archive, 'archive:read');
    const archiveApi = await exchanger(archive, photos, 'photos:read');
    const exchange = async (client: typeof app, token: unknown): Promise<unknown> => {
      const { status, body } = await callAs(server, client, '/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: String(token),
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
      expect(status, JSON.stringify(body)).to.equal(200);
      return body['access_token'];
    };
    const { access_token: first } = await obtain(server, app, { scope: 'openid photos:read', resource: photos });
    const { auth_time, acr, amr } = decodeJwt(String(first));
    expect({ time: typeof auth_time, acr, amr }).to.deep.equal({ time: 'number', acr: passwordContext, amr: ['pwd'] });
    const opaque = await exchange(photosApi, first);
    const jwt = await exchange(archiveApi, opaque);
    expect((await introspect(server, archiveApi, opaque)).body).to.deep.include({ auth_time, acr, amr });
    expect((await introspect(server, photosApi, jwt)).body).to.deep.include({ auth_time, acr, amr });
    expect(decodeJwt(String(jwt))).to.deep.include({ auth_time, acr, amr });
  });
});
