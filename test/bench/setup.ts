/** The data that both servers are set up with: one machine client, one app, two APIs, and users. */

/** Requests go to a loopback port with this host name, as from a proxy that terminates TLS. */
export const issuer = 'https://login.bench.example';

/** An API with JWT access tokens (ES256), and one with opaque ones. */
export const photos = { identifier: 'https://photos.bench.example', scope: 'photos:read', format: 'jwt' } as const;
export const archive = {
  identifier: 'https://archive.bench.example',
  scope: 'archive:read',
  format: 'opaque',
} as const;
export const apis = [photos, archive] as const;

export const redirectUri = 'https://app.bench.example/callback';
/** The scope of each authorization request of the app. */
export const appScope = `openid ${archive.scope}`;

/** Seconds. The defaults of the servers differ, and a token that expires during a run would count as an error. */
export const accessTokenLifetime = 300;

/** The argon2id parameters of OWASP's Password Storage Cheat Sheet, which are Gatehouse's defaults. */
export const hashing = { memoryKib: 19_456, passes: 2, parallelism: 1, concurrency: 2 } as const;

export const password = 'correct horse battery staple';

export interface BenchUser {
  readonly email: string;
}

/** At least as many users as sign in at the same time, so that no two sign-ins of one user wait for each other. */
export const users: readonly BenchUser[] = Array.from({ length: 128 }, (_, number) => ({
  email: `user-${number}@bench.example`,
}));

/** A client that is registered with both servers. */
export interface BenchClient {
  readonly id: string;
  readonly secret: string;
}

/** A user with an authenticator app. */
export interface FactorUser extends BenchUser {
  readonly seed: string;
}

/** Each signs in once in a run, because a code works once in 30 seconds. */
export const factorUserEmails: readonly string[] = Array.from(
  { length: 750 },
  (_, number) => `factor-${number}@bench.example`,
);

export interface BenchClients {
  readonly machine: BenchClient;
  readonly app: BenchClient;
  /** The bare engine has none. */
  readonly factorUsers?: readonly FactorUser[];
}
