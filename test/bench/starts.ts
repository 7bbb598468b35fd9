/** Measures how long the server takes to start, and its memory when it is idle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMiB, serverPid } from './process-usage.ts';
import { median } from './rounds.ts';

export interface StartMeasured {
  /** From the start of the process to its ready line, in milliseconds. */
  readonly readyMs: number;
  /** Resident memory some seconds later, in MiB. */
  readonly idleMiB: number;
}

/** Seconds until the memory that only the start needs is released. */
const settleSeconds = 3;
const root = fileURLToPath(new URL('../../', import.meta.url));

async function start(
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<StartMeasured> {
  const [program = '', ...flags] = command;
  const began = performance.now();
  const child = spawn(program, flags, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('"ready"') || text.includes('openid-configuration')) {
        resolve();
      }
    });
    child.once('exit', () => reject(new Error(`${command.join(' ')} exited: ${text}`)));
  });
  const readyMs = performance.now() - began;
  await sleep(settleSeconds * 1000);
  // npm runs the server as a child of a shell.
  const pid = await serverPid(child.pid ?? 0);
  const idleMiB = await residentMiB(pid);
  const exited = once(child, 'exit');
  process.kill(pid, 'SIGTERM');
  await exited;
  return { readyMs, idleMiB };
}

async function repeat(times: number, run: () => Promise<StartMeasured>): Promise<StartMeasured> {
  // The first start creates the database and fills the compile cache.
  await run();
  const measured: StartMeasured[] = [];
  for (let number = 0; number < times; number += 1) {
    measured.push(await run());
  }
  return {
    readyMs: median(measured.map(({ readyMs }) => readyMs)),
    idleMiB: median(measured.map(({ idleMiB }) => idleMiB)),
  };
}

/** Measures the start of the built package in production, on an existing SQLite file. */
export async function measurePackageStart(
  folder: string,
  launcher: string,
  environment: Readonly<Record<string, string>>,
  times: number,
): Promise<StartMeasured> {
  return repeat(times, () => start([process.execPath, launcher, 'serve', '--json'], folder, environment));
}

/** Measures `npm start` in the clone: TypeScript without a build, in development, including the time of npm. */
export async function measureNpmStart(folder: string, times: number): Promise<StartMeasured> {
  const data = await mkdtemp(join(folder, 'npm-start-'));
  const environment = {
    PORT: '0',
    ISSUER: 'http://localhost:1',
    DATA_DIR: data,
    LOG_LEVEL: 'error',
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
  };
  const measured = await repeat(times, () => start(['npm', 'start'], root, environment));
  if ((await readdir(data)).length === 0) {
    throw new Error('npm start did not use the given data folder');
  }
  return measured;
}
