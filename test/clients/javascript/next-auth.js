/** An app that signs users in by next-auth 4: its handler for API routes, in Express instead of Next.js. */
import cookieParser from 'cookie-parser';
import express from 'express';
import nextAuth from 'next-auth';
import { getServerSession } from 'next-auth/next';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
process.env.NEXTAUTH_URL = `http://localhost:${PORT}`;

const options = {
  providers: [
    {
      id: 'gatehouse',
      name: 'Gatehouse',
      type: 'oauth',
      wellKnown: `${ISSUER}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid profile email' } },
      idToken: true,
      checks: ['pkce', 'state'],
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      profile: ({ sub, name, email }) => ({ id: sub, name, email }),
    },
  ],
  secret: 'only for tests',
};

const app = express();
app.use(cookieParser(), express.urlencoded({ extended: false }));

app.all('/api/auth/*nextauth', (request, response) => {
  // Next.js puts the path of [...nextauth] into the query.
  const query = { ...request.query, nextauth: request.params.nextauth };
  Object.defineProperty(request, 'query', { value: query });
  return nextAuth.default(request, response, options);
});
app.get('/', async (request, response) => {
  const session = await getServerSession(request, response, options);
  response.json(session?.user ?? {});
});
app.get('/login', (request, response) => response.redirect('/api/auth/signin?callbackUrl=/'));

app.listen(PORT, 'localhost');
