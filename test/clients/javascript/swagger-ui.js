/** An API that checks its tokens by jose, and its documentation by Swagger UI, which calls it for the reader. */
import { join } from 'node:path';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { ISSUER, CLIENT_ID, PORT } = process.env;
const origin = `http://localhost:${PORT}`;

const openapi = {
  openapi: '3.1.0',
  info: { title: 'Photos', version: '1.0.0' },
  components: {
    securitySchemes: {
      gatehouse: {
        type: 'oauth2',
        flows: {
          authorizationCode: {
            authorizationUrl: `${ISSUER}/authorize`,
            tokenUrl: `${ISSUER}/token`,
            refreshUrl: `${ISSUER}/token`,
            scopes: { 'photos:read': 'See your photos' },
          },
        },
      },
    },
  },
  security: [{ gatehouse: [] }],
  paths: { '/photos': { get: { summary: 'Photos', responses: { 200: { description: 'Your photos' } } } } },
};

const initializer = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: 'openapi.json',
    dom_id: '#swagger-ui',
    oauth2RedirectUrl: '${origin}/docs/oauth2-redirect.html',
  });
  window.ui.initOAuth({
    clientId: '${CLIENT_ID}',
    usePkceWithAuthorizationCodeGrant: true,
    additionalQueryStringParams: { resource: '${origin}' },
  });
};`;

const keys = createRemoteJWKSet(new URL(`${ISSUER}/jwks`));
const app = express();

app.get('/photos', async (request, response) => {
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: ISSUER, audience: origin, typ: 'at+jwt' });
    response.json({ owner: payload.sub, scope: payload.scope });
  } catch (error) {
    response.status(401).json({ error: String(error) });
  }
});

app.get('/docs/openapi.json', (request, response) => response.json(openapi));
app.get('/docs/swagger-initializer.js', (request, response) => response.type('js').send(initializer));
app.use('/docs', express.static(join(import.meta.dirname, 'node_modules/swagger-ui-dist')));

app.listen(PORT, 'localhost');
