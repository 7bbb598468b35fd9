/** How long the server takes to start, and what memory it has when nobody asks anything of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMiB } from './process-usage.ts';
import { median } from './rounds.ts';

export interface StartMeasured {
  /** From the start of the process to the line that says ready, in milliseconds. */
  readonly readyMs: number;
  /** MiB, some seconds after that. */
  readonly idleMiB: number;
}

/** Seconds until what starting needed is given back. */
const settled = 3;
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The server among the processes that were started: npm runs it beneath a shell. */
async function serverPid(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).trim();
  return children === '' ? pid : serverPid(Number(children.split(' ')[0]));
}

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
    child.once('exit', () => reject(new Error(`${command.join(' ')} ended: ${text}`)));
  });
  const readyMs = performance.now() - began;
  await sleep(settled * 1000);
  const pid = await serverPid(child.pid ?? 0);
  const idleMiB = await residentMiB(pid);
  const exited = once(child, 'exit');
  process.kill(pid, 'SIGTERM');
  await exited;
  return { readyMs, idleMiB };
}

async function repeat(times: number, run: () => Promise<StartMeasured>): Promise<StartMeasured> {
  // The first one makes the database and fills the compile cache.
  await run();
  const taken: StartMeasured[] = [];
  for (let number = 0; number < times; number += 1) {
    taken.push(await run());
  }
  return { readyMs: median(taken.map(({ readyMs }) => readyMs)), idleMiB: median(taken.map(({ idleMiB }) => idleMiB)) };
}

/** The built package in production, on an SQLite file that is there. */
export async function measurePackageStart(
  folder: string,
  launcher: string,
  environment: Readonly<Record<string, string>>,
  times: number,
): Promise<StartMeasured> {
  return repeat(times, () => start([process.execPath, launcher, 'serve', '--json'], folder, environment));
}

/** `npm start` in the clone: TypeScript as it is, development, with npm's own time. */
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
    throw new Error('npm start kept its data elsewhere');
  }
  return measured;
}
