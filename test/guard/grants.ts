/** Access tokens by the grants that need no browser, for the matrix of tokens and frameworks. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { archive, callAs, password, photos, postForm, registerApp } from '../support/app.ts';
import type { TestServer } from '../support/server.ts';
import { openWorkloadIssuer } from '../support/workload-issuer.ts';

const by = { actor: 'system' } as const;
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** An access token, the API that it is for, and the caller that the API learns. */
export interface GrantedToken {
  readonly token: string;
  readonly audience: string;
  readonly caller: { readonly sub: string; readonly client_id?: string; readonly isMachine: boolean };
}

function tokenOf({ status, body }: { readonly status: number; readonly body: Record<string, unknown> }): string {
  if (status !== 200) {
    throw new Error(`${status}: ${JSON.stringify(body)}`);
  }
  return String(body['access_token'] ?? body['authorization_code']);
}

async function byChallenge(server: TestServer, sub: string): Promise<GrantedToken> {
  const app = await registerApp(server, {
    type: 'native',
    name: 'Our app',
    redirectUris: ['com.example.app:/callback'],
    firstParty: true,
    challengeEndpoint: true,
  });
  const verifier = randomBytes(32).toString('base64url');
  const code = tokenOf(
    await callAs(server, app, '/authorize-challenge', {
      response_type: 'code',
      scope: 'openid photos:read',
      resource: photos,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      username: 'ada@example.com',
      password,
    }),
  );
  const token = tokenOf(
    await callAs(server, app, '/token', { grant_type: 'authorization_code', code, code_verifier: verifier }),
  );
  return { token, audience: photos, caller: { sub, client_id: app.clientId, isMachine: false } };
}

async function byAssertion(server: TestServer): Promise<GrantedToken> {
  const ci = await registerApp(server, { type: 'machine', name: 'CI', authMethod: 'none', apis: [photos] });
  const workloads = await openWorkloadIssuer();
  try {
    await server.services.workloadIssuers.create(
      { issuer: workloads.issuer, clientId: ci.clientId, subjects: ['build'] },
      by,
    );
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: workloads.issuer, sub: 'build', aud: server.issuer, iat: now, exp: now + 60 };
    const token = tokenOf(
      await postForm(`${server.issuer}/token`, {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        client_id: ci.clientId,
        scope: 'photos:read',
        assertion: await workloads.sign({ ...claims, jti: randomUUID() }),
      }),
    );
    return { token, audience: photos, caller: { sub: ci.clientId, client_id: ci.clientId, isMachine: true } };
  } finally {
    await workloads.close();
  }
}

/** Exchanges a token of the user, of one API, for one of another API. */
async function byExchange(
  server: TestServer,
  sub: string,
  subjectToken: string,
  [from, to, scope]: readonly [from: string, to: string, scope: string],
): Promise<GrantedToken> {
  const api = await registerApp(server, {
    type: 'machine',
    name: 'Exchanger',
    apis: [from],
    mayExchange: [{ from, to, scopes: [scope] }],
  });
  const token = tokenOf(
    await callAs(server, api, '/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subjectToken,
      subject_token_type: accessTokenType,
      resource: to,
      scope,
    }),
  );
  return { token, audience: to, caller: { sub, client_id: api.clientId, isMachine: false } };
}

/**
 * A token of each of these grants, by its description.
 * @param user the user, and tokens of theirs: a JWT of Photos, an opaque one of Archive
 */
export async function grantedTokens(
  server: TestServer,
  user: { readonly userId: string; readonly jwt: string; readonly opaque: string },
): Promise<Readonly<Record<string, GrantedToken>>> {
  const { userId, jwt, opaque } = user;
  const { value } = await server.services.personalAccessTokens.create(
    userId,
    { name: 'for exchange', access: [{ api: photos, scopes: ['photos:read'] }], expiresIn: 3600 },
    by,
  );
  return {
    'a JWT by sign-in without a browser': await byChallenge(server, userId),
    'a JWT of a workload (RFC 7523)': await byAssertion(server),
    'an opaque token exchanged for a JWT (RFC 8693)': await byExchange(server, userId, jwt, [
      photos,
      archive,
      'archive:read',
    ]),
    'a JWT exchanged for an opaque token (RFC 8693)': await byExchange(server, userId, opaque, [
      archive,
      photos,
      'photos:read',
    ]),
    'a JWT exchanged for a personal access token (RFC 8693)': await byExchange(server, userId, value, [
      photos,
      photos,
      'photos:read',
    ]),
  };
}
