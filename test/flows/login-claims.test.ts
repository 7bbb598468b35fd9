import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock } from '../../src/clock.ts';
import { archive, createUser, introspect, obtain, photos, refresh, registerApp, seedApis } from '../support/app.ts';
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
});
