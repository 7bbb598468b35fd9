/** An app that signs users in by Auth.js (@auth/express). */
import { ExpressAuth, getSession } from '@auth/express';
import express from 'express';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;

const config = {
  providers: [
    {
      id: 'gatehouse',
      name: 'Gatehouse',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authorization: { params: { scope: 'openid profile email' } },
    },
  ],
  secret: 'only for tests, but long enough for a key',
  trustHost: true,
};

const app = express();
app.use('/auth', ExpressAuth(config));

app.get('/', async (request, response) => response.json((await getSession(request, config))?.user ?? {}));
app.get('/login', (request, response) => response.redirect('/auth/signin?callbackUrl=/'));

app.listen(PORT, 'localhost');
