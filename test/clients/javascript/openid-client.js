/** An app that signs users in by openid-client, in an Express session. */
import express from 'express';
import session from 'express-session';
import * as client from 'openid-client';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const origin = `http://localhost:${PORT}`;

const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, client.ClientSecretBasic(CLIENT_SECRET), {
  execute: [client.allowInsecureRequests],
});

const app = express();
app.use(session({ name: 'app', secret: 'only for tests', resave: false, saveUninitialized: false }));

app.get('/', (request, response) => response.json(request.session.user ?? {}));

app.get('/login', async (request, response) => {
  const codeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  request.session.pending = { codeVerifier, state, nonce };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: `${origin}/callback`,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  response.redirect(url.href);
});

app.get('/callback', async (request, response) => {
  const { codeVerifier, state, nonce } = request.session.pending;
  const tokens = await client.authorizationCodeGrant(config, new URL(request.originalUrl, origin), {
    pkceCodeVerifier: codeVerifier,
    expectedState: state,
    expectedNonce: nonce,
  });
  request.session.user = tokens.claims();
  request.session.tokens = tokens;
  response.redirect('/');
});

app.get('/userinfo', async (request, response) => {
  const { user, tokens } = request.session;
  response.json(await client.fetchUserInfo(config, tokens.access_token, user.sub));
});

app.get('/refresh', async (request, response) => {
  const { user, tokens } = request.session;
  request.session.tokens = { ...tokens, ...(await client.refreshTokenGrant(config, tokens.refresh_token)) };
  response.json(await client.fetchUserInfo(config, request.session.tokens.access_token, user.sub));
});

app.get('/logout', (request, response) => {
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: request.session.tokens.id_token,
    post_logout_redirect_uri: `${origin}/`,
  });
  request.session.destroy(() => response.redirect(url.href));
});

app.listen(PORT, 'localhost');
