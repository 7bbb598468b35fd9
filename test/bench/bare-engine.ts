/**
 * The bare engine: oidc-provider with its in-memory adapter, the same features and configuration as Gatehouse in the
 * benchmark, and a minimal login page. Clients are stored in the adapter, because Gatehouse can create and change them
 * while it runs. It verifies a password with argon2, as Gatehouse does; everything else that Gatehouse adds (storage,
 * limits, headers, logs, metrics, audit, digests at rest) is absent.
 *
 * Its adapter is a cache of 1000 entries for all models together, so a session may be evicted after 1000 tokens. The
 * benchmark therefore signs in again before each round.
 *
 * The first argument contains the clients as JSON; the process prints the port that it listens on.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import argon2 from 'argon2';
import { errors, Provider, type Adapter, type Configuration } from 'oidc-provider';
import { generateSigningKey } from '../../src/crypto/signing-keys.ts';
import {
  accessTokenLifetime,
  apis,
  appScope,
  archive,
  hashing,
  issuer,
  password,
  redirectUri,
  type BenchClients,
} from './setup.ts';

/** Seconds. */
const year = 31_536_000;
const clients = JSON.parse(process.argv[2] ?? '') as BenchClients;
const keys = await Promise.all([generateSigningKey('ES256'), generateSigningKey('RS256')]);
const passwordHash = await argon2.hash(password, {
  type: argon2.argon2id,
  memoryCost: hashing.memoryKib,
  timeCost: hashing.passes,
  parallelism: hashing.parallelism,
});

const configuration: Configuration = {
  jwks: { keys: keys.map((key) => key.privateJwk) },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  cookies: { keys: ['a key of the benchmark'] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  findAccount: (_ctx, sub) => ({
    accountId: sub,
    claims: async () => ({ sub, email: sub, email_verified: true, name: 'Ada Lovelace' }),
  }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  ttl: {
    AccessToken: accessTokenLifetime,
    ClientCredentials: accessTokenLifetime,
    AuthorizationCode: 60,
    IdToken: 3600,
    Interaction: 900,
    Session: 3600,
    Grant: 86_400,
    RefreshToken: 86_400,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, _client, oneOf) => oneOf ?? [],
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource) => {
        const api = apis.find(({ identifier }) => identifier === resource);
        if (api === undefined) {
          throw new errors.InvalidTarget();
        }
        return {
          scope: api.scope,
          audience: api.identifier,
          accessTokenFormat: api.format,
          accessTokenTTL: accessTokenLifetime,
          ...(api.format === 'jwt' ? { jwt: { sign: { alg: 'ES256' } } } : {}),
        };
      },
    },
  },
};

const provider = new Provider(issuer, configuration);
provider.proxy = true;
const stored = Reflect.get(provider.Client, 'adapter') as Adapter;
await stored.upsert(
  clients.machine.id,
  {
    client_id: clients.machine.id,
    client_secret: clients.machine.secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  },
  year,
);
await stored.upsert(
  clients.app.id,
  {
    client_id: clients.app.id,
    client_secret: clients.app.secret,
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [redirectUri],
    response_types: ['code'],
  },
  year,
);
// Entries that are read regularly are not evicted from the cache.
setInterval(() => {
  void stored.find(clients.machine.id);
  void stored.find(clients.app.id);
}, 20).unref();
const answerByEngine = provider.callback();

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
  }
  return new URLSearchParams(text);
}

/** Signs the user in and grants everything that the app requests, as after an earlier consent. */
async function login(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params } = await provider.interactionDetails(request, response);
  const form = await formOf(request);
  if (prompt.name !== 'login' || !(await argon2.verify(passwordHash, form.get('password') ?? ''))) {
    response.writeHead(401).end();
    return;
  }
  const accountId = form.get('email') ?? '';
  const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) });
  grant.addOIDCScope('openid');
  grant.addResourceScope(archive.identifier, appScope);
  await provider.interactionFinished(request, response, {
    login: { accountId },
    consent: { grantId: await grant.save() },
  });
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/interaction/') !== true) {
    void answerByEngine(request, response);
  } else if (request.method === 'POST') {
    login(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  } else {
    const action = request.url;
    response
      .setHeader('content-type', 'text/html')
      .end(`<form method="post" action="${action}/login"><input name="email"><input name="password"></form>`);
  }
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.once('SIGTERM', () => process.exit(0));
