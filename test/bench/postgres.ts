/** Starts a PostgreSQL server with its default settings on a new, empty folder. */
import { execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/server.ts';
import { stopProcess } from './targets.ts';

const run = promisify(execFile);

export interface Postgres {
  readonly pid: number;
  readonly version: string;
  /** For Java's database driver. Every connection from this machine is accepted, without a password. */
  readonly jdbcUrl: string;
  readonly user: string;
  stop(): Promise<void>;
}

const user = 'bench';
/** PostgreSQL refuses to run as root; this is the user `nobody`. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Needs `initdb`, `postgres`, `psql` and `pg_isready` in the PATH. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-postgres-'));
  if (unprivileged.uid !== undefined) {
    await chown(folder, unprivileged.uid, unprivileged.gid);
  }
  const data = join(folder, 'data');
  const options = { ...unprivileged, cwd: folder };
  await run('initdb', ['-D', data, '-U', user, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'], options);
  const port = String(await freePort());
  const child = spawn(
    'postgres',
    ['-D', data, '-p', port, '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    { ...options, stdio: 'ignore' },
  );
  const stop = async (): Promise<void> => {
    await stopProcess(child, 'SIGINT');
    await rm(folder, { recursive: true, force: true });
  };
  const connection = ['-h', '127.0.0.1', '-p', port, '-U', user];
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await run('pg_isready', [...connection, '-q']);
        break;
      } catch (error) {
        if (attempt === 100 || child.exitCode !== null) {
          throw error;
        }
        await sleep(100);
      }
    }
    await run('psql', [...connection, '-d', 'postgres', '-q', '-c', 'CREATE DATABASE keycloak']);
    const { stdout } = await run('postgres', ['--version']);
    return {
      pid: child.pid ?? 0,
      version: stdout.replace('postgres (PostgreSQL)', '').trim(),
      jdbcUrl: `jdbc:postgresql://127.0.0.1:${port}/keycloak`,
      user,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
