/** An app that signs users in by oauth4webapi, in an Express session. */
import express from 'express';
import session from 'express-session';
import * as oauth from 'oauth4webapi';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const origin = `http://localhost:${PORT}`;
const insecure = { [oauth.allowInsecureRequests]: true };

const issuer = new URL(ISSUER);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
const client = { client_id: CLIENT_ID };
const clientAuth = oauth.ClientSecretBasic(CLIENT_SECRET);

async function userinfo({ access_token: accessToken }, sub) {
  const response = await oauth.userInfoRequest(as, client, accessToken, insecure);
  return oauth.processUserInfoResponse(as, client, sub, response);
}

const app = express();
app.use(session({ name: 'app', secret: 'only for tests', resave: false, saveUninitialized: false }));

app.get('/', (request, response) => response.json(request.session.user ?? {}));

app.get('/login', async (request, response) => {
  const codeVerifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  request.session.pending = { codeVerifier, state, nonce };
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: CLIENT_ID,
    redirect_uri: `${origin}/callback`,
    response_type: 'code',
    scope: 'openid profile email',
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }).toString();
  response.redirect(url.href);
});

app.get('/callback', async (request, response) => {
  const { codeVerifier, state, nonce } = request.session.pending;
  const parameters = oauth.validateAuthResponse(as, client, new URL(request.originalUrl, origin), state);
  const tokens = await oauth.processAuthorizationCodeResponse(
    as,
    client,
    await oauth.authorizationCodeGrantRequest(
      as,
      client,
      clientAuth,
      parameters,
      `${origin}/callback`,
      codeVerifier,
      insecure,
    ),
    { expectedNonce: nonce, requireIdToken: true },
  );
  request.session.user = oauth.getValidatedIdTokenClaims(tokens);
  request.session.tokens = tokens;
  response.redirect('/');
});

app.get('/userinfo', async (request, response) => {
  const { user, tokens } = request.session;
  response.json(await userinfo(tokens, user.sub));
});

app.get('/refresh', async (request, response) => {
  const { user, tokens } = request.session;
  const answer = await oauth.refreshTokenGrantRequest(as, client, clientAuth, tokens.refresh_token, insecure);
  request.session.tokens = { ...tokens, ...(await oauth.processRefreshTokenResponse(as, client, answer)) };
  response.json(await userinfo(request.session.tokens, user.sub));
});

app.get('/logout', (request, response) => {
  const url = new URL(as.end_session_endpoint);
  url.search = new URLSearchParams({
    id_token_hint: request.session.tokens.id_token,
    post_logout_redirect_uri: `${origin}/`,
  }).toString();
  request.session.destroy(() => response.redirect(url.href));
});

app.listen(PORT, 'localhost');
