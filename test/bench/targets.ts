/** Starts the servers that are measured, each in its own process. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openHttpClient } from './http-client.ts';
import { seed } from './seed.ts';
import { hashing, issuer, type BenchClients } from './setup.ts';

export interface Target {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** The first process of its database, if that is not in the process of the server. */
  readonly databasePid?: number;
  readonly clients: BenchClients;
  /** What it is asked differently, if anything. */
  readonly dialect?: Dialect;
  /** Paths of the endpoints, from discovery. */
  readonly endpoints: Readonly<Record<'authorization' | 'token' | 'introspection' | 'userinfo' | 'jwks', string>>;
  stop(): Promise<void>;
}

/** How the requests of a flow to another product differ. */
export interface Dialect {
  /** The scope of an authorization request of the app. */
  readonly scope: string;
  /** The field of the sign-in form for the name of the user. */
  readonly userField: string;
}

export const metricsToken = randomBytes(32).toString('base64url');

/**
 * The settings of a production instance behind a proxy. The request limits are off, because one client at one address
 * makes all requests.
 */
export function productionEnvironment(databaseUrl: string, port: number): Readonly<Record<string, string>> {
  return {
    NODE_ENV: 'production',
    ISSUER: issuer,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    SECRET: randomBytes(32).toString('base64url'),
    // The client plays the proxy. Without this, all addresses that it reports would be one, with one throttle.
    TRUSTED_PROXIES: '127.0.0.1',
    METRICS_TOKEN: metricsToken,
    SHUTDOWN_NOTICE: '0s',
    LIMIT_PAGES_PER_ADDRESS: '0',
    LIMIT_ENDPOINTS_PER_ADDRESS: '0',
    LIMIT_ENDPOINTS_PER_CLIENT: '0',
    LIMIT_INTERACTIONS_PER_ADDRESS: '0',
    PASSWORD_HASH_MEMORY_KIB: String(hashing.memoryKib),
    PASSWORD_HASH_PASSES: String(hashing.passes),
    PASSWORD_HASH_PARALLELISM: String(hashing.parallelism),
    PASSWORD_HASH_CONCURRENCY: String(hashing.concurrency),
  };
}

/** Stops a child process. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) {
    throw new TypeError('the standard output of the process is not read');
  }
  const line = once(createInterface(child.stdout), 'line').then(([text]) => String(text));
  return Promise.race([
    line,
    once(child, 'exit').then(() => Promise.reject(new Error('a server exited during its start'))),
  ]);
}

/** @param issuerPath the path of the issuer, if it has one */
export async function endpointsOf(port: number, issuerPath = ''): Promise<Target['endpoints']> {
  const client = openHttpClient(port);
  const { body } = await client.send(`${issuerPath}/.well-known/openid-configuration`);
  client.close();
  const found = JSON.parse(body) as Readonly<Record<string, string>>;
  const path = (name: string): string => new URL(found[name] ?? '').pathname;
  return {
    authorization: path('authorization_endpoint'),
    token: path('token_endpoint'),
    introspection: path('introspection_endpoint'),
    userinfo: path('userinfo_endpoint'),
    jwks: path('jwks_uri'),
  };
}

export async function startBareEngine(extraFlags: readonly string[] = []): Promise<Target> {
  const secret = (): string => randomBytes(32).toString('base64url');
  const clients: BenchClients = { machine: { id: 'machine', secret: secret() }, app: { id: 'app', secret: secret() } };
  const script = fileURLToPath(new URL('bare-engine.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    [...extraFlags, '--disable-warning=ExperimentalWarning', script, JSON.stringify(clients)],
    {
      env: { NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const port = Number(await firstLine(child));
  return {
    name: 'the bare engine',
    port,
    pid: child.pid ?? 0,
    clients,
    endpoints: await endpointsOf(port),
    stop: () => stopProcess(child),
  };
}

/**
 * Seeds a database and starts the built package on it.
 * @param options.launcher `gatehouse.js` of the installed package
 * @param options.folder for its log, and its working directory
 */
export async function startGatehouse(options: {
  readonly name: string;
  readonly launcher: string;
  readonly folder: string;
  readonly databaseUrl: string;
  readonly port: number;
  readonly flags?: readonly string[];
  /** Settings that replace those of {@link productionEnvironment}. */
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<Target> {
  const { name, launcher, folder, databaseUrl, port } = options;
  const environment = { ...productionEnvironment(databaseUrl, port), ...options.settings };
  const clients = await seed(environment, folder);
  // Logs go to a file, as in production, so that writing them is part of the measurement.
  const log = openSync(join(folder, `${port}.log`), 'a');
  const child = spawn(process.execPath, [...(options.flags ?? []), launcher, 'serve', '--json'], {
    cwd: folder,
    env: { ...environment },
    stdio: ['ignore', 'pipe', log],
  });
  await firstLine(child);
  return {
    name,
    port,
    pid: child.pid ?? 0,
    clients,
    endpoints: await endpointsOf(port),
    stop: () => stopProcess(child),
  };
}
