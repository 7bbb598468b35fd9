/** Starts Keycloak in production mode on PostgreSQL, with the same clients and users as Gatehouse. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/server.ts';
import type { Postgres } from './postgres.ts';
import { serverPid } from './process-usage.ts';
import { accessTokenLifetime, issuer, password, redirectUri, users, type BenchClients } from './setup.ts';
import { endpointsOf, stopProcess, type Target } from './targets.ts';

const run = promisify(execFile);
const realm = 'bench';

/** Of Java, unless JAVA_OPTS_KC_HEAP is set. More than Keycloak's default of 512 MiB. */
export const heap = process.env['JAVA_OPTS_KC_HEAP'] ?? '-Xms1g -Xmx1g';

/** Seconds. */
const maxStart = 600;

export interface Keycloak {
  readonly target: Target;
  /** The Java process; that of the target is the shell that started it. */
  readonly javaPid: number;
  readonly version: string;
  readonly javaVersion: string;
}

/**
 * What Gatehouse does by default: ES256, PKCE, and refresh tokens that work once. Everything else has Keycloak's
 * defaults. The machine client may introspect the tokens of the app, because it is in their audience.
 */
function realmDocument({ machine, app }: BenchClients): unknown {
  const confidential = { protocol: 'openid-connect', publicClient: false, directAccessGrantsEnabled: false };
  return {
    realm,
    enabled: true,
    defaultSignatureAlgorithm: 'ES256',
    accessTokenLifespan: accessTokenLifetime,
    ssoSessionIdleTimeout: 3600,
    ssoSessionMaxLifespan: 86_400,
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    clients: [
      {
        ...confidential,
        clientId: machine.id,
        secret: machine.secret,
        serviceAccountsEnabled: true,
        standardFlowEnabled: false,
      },
      {
        ...confidential,
        clientId: app.id,
        secret: app.secret,
        standardFlowEnabled: true,
        redirectUris: [redirectUri],
        attributes: { 'pkce.code.challenge.method': 'S256' },
        protocolMappers: [
          {
            name: 'audience',
            protocol: 'openid-connect',
            protocolMapper: 'oidc-audience-mapper',
            config: { 'included.client.audience': machine.id, 'access.token.claim': 'true' },
          },
        ],
      },
    ],
    users: users.map(({ email }) => ({
      username: email,
      email,
      emailVerified: true,
      enabled: true,
      firstName: 'Ada',
      lastName: 'Lovelace',
      credentials: [{ type: 'password', value: password }],
    })),
  };
}

/** The environment without the settings of Keycloak that may be in it. */
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('KC_'));
  return { ...Object.fromEntries(inherited), JAVA_OPTS_KC_HEAP: heap };
}

/**
 * @param home the unpacked distribution; it is copied, not changed
 * @param folder for the copy and the log
 */
export async function startKeycloak(home: string, folder: string, postgres: Postgres): Promise<Keycloak> {
  const copy = join(folder, 'keycloak');
  await cp(home, copy, { recursive: true });
  const version = (await readFile(join(copy, 'version.txt'), 'utf8')).replace('Keycloak - Version', '').trim();
  const java = process.env['JAVA_HOME'] === undefined ? 'java' : join(process.env['JAVA_HOME'], 'bin', 'java');
  const javaVersion = (await run(java, ['-version'])).stderr.split('\n')[1]?.trim() ?? '';
  const secret = (): string => randomBytes(32).toString('base64url');
  const clients: BenchClients = { machine: { id: 'machine', secret: secret() }, app: { id: 'app', secret: secret() } };
  await mkdir(join(copy, 'data', 'import'), { recursive: true });
  await writeFile(join(copy, 'data', 'import', `${realm}.json`), JSON.stringify(realmDocument(clients)));

  const script = join(copy, 'bin', 'kc.sh');
  const env = environment();
  await run(script, ['build', '--db=postgres'], { env });
  const port = await freePort();
  const log = openSync(join(folder, 'keycloak.log'), 'a');
  const child = spawn(
    script,
    [
      'start',
      '--optimized',
      '--import-realm',
      // One server needs no cache that is shared with others.
      '--cache=local',
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      // Behind a proxy that terminates TLS, as Gatehouse.
      `--hostname=${issuer}`,
      '--proxy-headers=xforwarded',
      `--db-url=${postgres.jdbcUrl}`,
      `--db-username=${postgres.user}`,
      '--db-password=none',
    ],
    { env, stdio: ['ignore', log, log] },
  );
  const stop = (): Promise<void> => stopProcess(child);
  try {
    for (let second = 0; ; second += 1) {
      try {
        const endpoints = await endpointsOf(port, `/realms/${realm}`);
        const pid = child.pid ?? 0;
        const dialect = { scope: 'openid', userField: 'username' };
        return {
          target: { name: 'Keycloak', port, pid, databasePid: postgres.pid, clients, endpoints, dialect, stop },
          javaPid: await serverPid(pid),
          version,
          javaVersion,
        };
      } catch (error) {
        if (second === maxStart || child.exitCode !== null) {
          const lines = await readFile(join(folder, 'keycloak.log'), 'utf8');
          throw new Error(`Keycloak did not start: ${lines.slice(-2000)}`, { cause: error });
        }
        await sleep(1000);
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
}
