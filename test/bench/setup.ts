/** What both servers are set up with: one machine client, one app, two APIs, and people. Data alone. */

/** Requests go to a loopback port under this name, as a proxy that ends TLS would send them. */
export const issuer = 'https://login.bench.example';

/** An API that takes JWT access tokens (ES256), and one that takes opaque ones. */
export const photos = { identifier: 'https://photos.bench.example', scope: 'photos:read', format: 'jwt' } as const;
export const archive = {
  identifier: 'https://archive.bench.example',
  scope: 'archive:read',
  format: 'opaque',
} as const;
export const apis = [photos, archive] as const;

export const redirectUri = 'https://app.bench.example/callback';
/** What the app asks for each time. */
export const appScope = `openid ${archive.scope}`;

/** Seconds; the servers' own default lifetimes differ, and what expires during a run would be measured as an error. */
export const accessTokenLifetime = 300;

/** OWASP's password storage sheet, and Gatehouse's defaults. */
export const hashing = { memoryKib: 19_456, passes: 2, parallelism: 1, concurrency: 2 } as const;

export const password = 'correct horse battery staple';

export interface Person {
  readonly email: string;
}

/** As many as sign in at the same time, so that nobody's logins wait for each other. */
export const people: readonly Person[] = Array.from({ length: 32 }, (_, number) => ({
  email: `person-${number}@bench.example`,
}));

/** A client as both servers know it. */
export interface BenchClient {
  readonly id: string;
  readonly secret: string;
}

export interface BenchClients {
  readonly machine: BenchClient;
  readonly app: BenchClient;
}
