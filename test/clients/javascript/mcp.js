/** An MCP server whose tool needs a token, and an MCP client of one user in the same process: both by the MCP SDK. */
import { auth, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import {
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { ISSUER, CLIENT_ID, PORT } = process.env;
const mcpUrl = new URL(`http://localhost:${PORT}/mcp`);
const app = express();
app.use(express.json());

// The server.

const metadata = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));

const bearerAuth = requireBearerAuth({
  verifier: {
    async verifyAccessToken(token) {
      const { payload } = await jwtVerify(token, keys, { issuer: ISSUER, audience: mcpUrl.href, typ: 'at+jwt' });
      const { client_id: clientId, scope, exp, sub } = payload;
      return { token, clientId, scopes: scope.split(' '), expiresAt: exp, extra: { sub } };
    },
  },
  requiredScopes: ['tools:use'],
  resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(mcpUrl),
});

app.use(mcpAuthMetadataRouter({ oauthMetadata: metadata, resourceServerUrl: mcpUrl, scopesSupported: ['tools:use'] }));

app.post('/mcp', bearerAuth, async (request, response) => {
  const server = new McpServer({ name: 'tools', version: '1.0.0' });
  server.registerTool('whoami', {}, ({ authInfo }) => ({
    content: [{ type: 'text', text: JSON.stringify({ sub: authInfo.extra.sub, scopes: authInfo.scopes }) }],
  }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  await server.connect(transport);
  await transport.handleRequest(request, response, request.body);
});

// The client.

const kept = {};
const provider = {
  redirectUrl: `http://127.0.0.1:${PORT}/callback`,
  clientMetadata: {
    client_name: 'App',
    redirect_uris: [`http://127.0.0.1:${PORT}/callback`],
    token_endpoint_auth_method: 'none',
  },
  clientInformation: () => ({ client_id: CLIENT_ID, issuer: ISSUER }),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  codeVerifier: () => kept.codeVerifier,
  saveCodeVerifier: (codeVerifier) => void (kept.codeVerifier = codeVerifier),
  redirectToAuthorization: (url) => void (kept.authorizationUrl = url),
};

async function whoami() {
  const client = new Client({ name: 'app', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(mcpUrl, { authProvider: provider }));
  const { content } = await client.callTool({ name: 'whoami' });
  await client.close();
  return JSON.parse(content[0].text);
}

app.get('/', async (request, response) => response.json(kept.tokens === undefined ? {} : await whoami()));

app.get('/login', async (request, response) => {
  delete kept.tokens;
  await whoami().catch((error) => {
    if (!(error instanceof UnauthorizedError)) {
      throw error;
    }
  });
  response.redirect(kept.authorizationUrl.href);
});

app.get('/callback', async (request, response) => {
  await new StreamableHTTPClientTransport(mcpUrl, { authProvider: provider }).finishAuth(request.query.code);
  response.redirect('/');
});

app.get('/refresh', async (request, response) => {
  await auth(provider, { serverUrl: mcpUrl });
  response.json(await whoami());
});

app.listen(PORT, 'localhost');
