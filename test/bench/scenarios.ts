/** The scenarios of the benchmark: each puts load on one server for some seconds and counts what was done. */
import autocannon from 'autocannon';
import { basic, obtainCode, redeem, refresh, signIn } from './flows.ts';
import { openHttpClient, proxyHeaders, type HttpClient } from './http-client.ts';
import { appScope, archive, photos, users } from './setup.ts';
import type { Target } from './targets.ts';

export interface Done {
  /** Requests, or whole flows. */
  readonly count: number;
  readonly seconds: number;
  /** Milliseconds; of single requests only. */
  readonly p99: number;
}

export interface Scenario {
  readonly name: string;
  /** What is counted, if not requests. */
  readonly unit?: string;
  /** The minimum of the ratio that the report compares, if there is a target. */
  readonly minRatio?: number;
  /** Signs in and gets tokens where needed. The returned load can run several times. */
  prepare(target: Target): Promise<Load>;
}

export interface Load {
  run(seconds: number): Promise<Done>;
  /** Makes one request or flow alone, to count its database operations. */
  once(): Promise<unknown>;
  close(): void;
}

/** The number of connections; each sends its next request as soon as it has the answer. */
const connections = 16;
/** The number of users who sign in at the same time. */
const loginConnections = 8;

interface Single {
  readonly path: string;
  readonly form?: string;
  readonly authorization?: string;
  /** Text that a correct answer contains, because a status of 200 alone does not prove success. */
  readonly expected: string;
}

export async function hammer(
  target: Target,
  { path, form, authorization, expected }: Single,
  options: Readonly<Record<string, unknown>>,
): Promise<Done> {
  const {
    duration,
    errors,
    non2xx,
    mismatches,
    '2xx': count,
    latency,
  } = await autocannon({
    url: `http://127.0.0.1:${target.port}${path}`,
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      ...proxyHeaders,
      ...(authorization === undefined ? {} : { authorization }),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form === undefined ? {} : { body: form }),
    connections,
    verifyBody: (body: string) => body.includes(expected),
    ...options,
  });
  if (non2xx > 0 || mismatches > 0 || errors > 0 || count === 0) {
    throw new Error(
      `${target.name}, ${path}: ${count} answers with 2xx, ${mismatches} of them wrong; ${non2xx} others, ${errors} errors`,
    );
  }
  return { count, seconds: duration, p99: latency.p99 };
}

export function single(
  name: string,
  minRatio: number | undefined,
  request: (target: Target) => Single | Promise<Single>,
): Scenario {
  return {
    name,
    ...(minRatio === undefined ? {} : { minRatio }),
    prepare: async (target) => {
      const what = await request(target);
      const client = openHttpClient(target.port);
      const { status, body } = await client.send(what.path, what);
      if (status !== 200 || !body.includes(what.expected)) {
        throw new Error(`${target.name}, ${what.path}: ${status} ${body.slice(0, 500)}`);
      }
      return {
        run: (duration) => hammer(target, what, { duration }),
        once: () => client.send(what.path, what),
        close: () => client.close(),
      };
    },
  };
}

/** A flow that several users repeat in parallel, each one flow after the other. */
function flow<State>(scenario: {
  readonly name: string;
  readonly unit: string;
  readonly minRatio?: number;
  readonly workers: number;
  readonly begin: (client: HttpClient, target: Target, email: string) => Promise<State>;
  readonly step: (client: HttpClient, target: Target, state: State, email: string) => Promise<State>;
}): Scenario {
  const { workers, begin, step, ...named } = scenario;
  return {
    ...named,
    prepare: async (target) => {
      const workersWithClients = users
        .slice(0, workers)
        .map(({ email }) => ({ email, client: openHttpClient(target.port) }));
      const states = await Promise.all(workersWithClients.map(({ client, email }) => begin(client, target, email)));
      const advance = async (number: number): Promise<void> => {
        const { client, email } = workersWithClients[number] as (typeof workersWithClients)[number];
        states[number] = await step(client, target, states[number] as State, email);
      };
      return {
        run: async (seconds) => {
          const began = performance.now();
          const until = began + seconds * 1000;
          let count = 0;
          await Promise.all(
            workersWithClients.map(async (_worker, number) => {
              while (performance.now() < until) {
                await advance(number);
                count += 1;
              }
            }),
          );
          return { count, seconds: (performance.now() - began) / 1000, p99: Number.NaN };
        },
        once: () => advance(0),
        close: () => workersWithClients.forEach(({ client }) => client.close()),
      };
    },
  };
}

/** An access token of the first user. With the scope `openid` alone it is for userinfo, not for an API. */
async function accessTokenOfUser(target: Target, scope?: string): Promise<string> {
  const client = openHttpClient(target.port);
  try {
    return (await redeem(client, target, await signIn(client, target, users[0]?.email ?? '', scope))).accessToken;
  } finally {
    client.close();
  }
}

/** The beginning of a JWT whose header begins with `{"alg":"ES256",`. */
const es256 = Buffer.from('{"alg":"ES256",').toString('base64url');

export const clientCredentialsJwt = ({ endpoints, clients, dialect }: Target): Single => ({
  path: endpoints.token,
  expected: `"access_token":"${es256}`,
  form: new URLSearchParams({
    grant_type: 'client_credentials',
    ...(dialect === undefined ? { resource: photos.identifier, scope: photos.scope } : {}),
  }).toString(),
  authorization: basic(clients.machine),
});

export const login = flow<unknown>({
  name: 'sign-in with a password, to the code',
  unit: 'sign-ins',
  workers: loginConnections,
  begin: async () => undefined,
  step: (client, target, _state, email) => signIn(client, target, email),
});

/** @param scope of the token; the API in it decides whether the token is opaque or a JWT */
export function introspection(name: string, scope: string, minRatio: number): Scenario {
  return single(name, minRatio, async (target) => ({
    path: target.endpoints.introspection,
    expected: '"active":true',
    form: new URLSearchParams({ token: await accessTokenOfUser(target, scope) }).toString(),
    authorization: basic(target.clients.machine),
  }));
}

/** Refreshes with rotation: each user has a family of refresh tokens. */
export function refreshes(name: string, scope: string, minRatio: number): Scenario {
  return flow({
    name,
    unit: 'refreshes',
    minRatio,
    workers: connections,
    begin: async (client, target, email) => redeem(client, target, await signIn(client, target, email, scope)),
    step: (client, target, state) => refresh(client, target, state),
  });
}

/** Authorization request and code exchange of users who are signed in. */
export function codeFlows(name: string, scope: string, minRatio: number): Scenario {
  return flow<unknown>({
    name,
    unit: 'flows',
    minRatio,
    workers: connections,
    begin: (client, target, email) => signIn(client, target, email, scope),
    step: async (client, target) => redeem(client, target, await obtainCode(client, target, scope)),
  });
}

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [
  single('JWKS', 0.8, ({ endpoints }) => ({ path: endpoints.jwks, expected: '"ES256"' })),
  single('discovery', 1, () => ({ path: '/.well-known/openid-configuration', expected: '"issuer"' })),
  single('client credentials, opaque', 0.6, ({ endpoints, clients }) => ({
    path: endpoints.token,
    expected: '"access_token"',
    form: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: archive.identifier,
      scope: archive.scope,
    }).toString(),
    authorization: basic(clients.machine),
  })),
  single('client credentials, JWT (ES256)', 0.6, clientCredentialsJwt),
  introspection("introspection of a user's opaque token", appScope, 0.9),
  single('userinfo', 0.7, async (target) => ({
    path: target.endpoints.userinfo,
    expected: '"sub"',
    authorization: `Bearer ${await accessTokenOfUser(target, 'openid')}`,
  })),
  refreshes('refresh, rotating, opaque and ID token', appScope, 0.5),
  codeFlows('whole code flow on a session', appScope, 0.55),
];
