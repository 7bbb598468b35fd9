/** An app that signs users in by express-openid-connect. */
import express from 'express';
import { auth } from 'express-openid-connect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;

const app = express();
app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL: `http://localhost:${PORT}`,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: 'only for tests, but long enough for a key',
    authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    idTokenSigningAlg: 'RS256',
    authRequired: false,
    idpLogout: true,
  }),
);

app.get('/', (request, response) => response.json(request.oidc.user ?? {}));
app.get('/userinfo', async (request, response) => response.json(await request.oidc.fetchUserInfo()));
app.get('/refresh', async (request, response) => {
  await request.oidc.accessToken.refresh();
  response.json(await request.oidc.fetchUserInfo());
});

app.listen(PORT, 'localhost');
