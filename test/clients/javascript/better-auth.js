/** An app that signs users in by Better Auth and its plugin for any OpenID provider. */
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import { genericOAuth } from 'better-auth/plugins';
import express from 'express';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const origin = `http://localhost:${PORT}`;

const auth = betterAuth({
  baseURL: origin,
  secret: 'only for tests, but long enough for a key',
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  plugins: [
    genericOAuth({
      config: [
        {
          providerId: 'gatehouse',
          clientId: CLIENT_ID,
          clientSecret: CLIENT_SECRET,
          authentication: 'basic',
          discoveryUrl: `${ISSUER}/.well-known/openid-configuration`,
          scopes: ['openid', 'profile', 'email'],
          pkce: true,
        },
      ],
    }),
  ],
});

/** The account of the signed-in user at Gatehouse, for the endpoints that hand out its tokens. */
async function accountOf(request) {
  const headers = fromNodeHeaders(request.headers);
  const accounts = await auth.api.listUserAccounts({ headers });
  return { headers, body: { accountId: accounts.find(({ providerId }) => providerId === 'gatehouse').id } };
}

/** Passes on what an endpoint of Better Auth answered, as a redirect: what its client does in a browser. */
async function redirect(response, answer) {
  const { url } = await answer.json();
  answer.headers.getSetCookie().forEach((cookie) => response.append('set-cookie', cookie));
  response.redirect(url ?? '/');
}

const app = express();
app.all('/api/auth/*splat', toNodeHandler(auth));

app.get('/', async (request, response) => {
  const session = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
  response.json(session?.user ?? {});
});

app.get('/login', async (request, response) => {
  const body = { provider: 'gatehouse', callbackURL: '/' };
  await redirect(response, await auth.api.signInSocial({ body, asResponse: true }));
});

app.get('/userinfo', async (request, response) => {
  const { accessToken } = await auth.api.getAccessToken(await accountOf(request));
  const answer = await fetch(`${ISSUER}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
  response.json(await answer.json());
});

app.get('/refresh', async (request, response) => {
  await auth.api.refreshToken(await accountOf(request));
  response.redirect('/userinfo');
});

app.get('/logout', async (request, response) => {
  const headers = fromNodeHeaders(request.headers);
  await redirect(response, await auth.api.signOut({ body: { callbackURL: '/' }, headers, asResponse: true }));
});

app.listen(PORT, 'localhost');
