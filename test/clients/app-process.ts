/** Runs an app of `javascript/` or `python/` in a process of its own, as its developer would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface AppSettings {
  /** The program that runs it. */
  readonly interpreter: string;
  /** Its file, from this folder. */
  readonly file: string;
  readonly port: number;
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  /** Variables of its environment, besides. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface AppProcess {
  readonly origin: string;
  /** What it printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts an app, and waits until it answers. @throws when it ends before, with what it printed */
export async function startApp({
  interpreter,
  file,
  port,
  issuer,
  clientId,
  clientSecret,
  environment = {},
}: AppSettings): Promise<AppProcess> {
  const origin = `http://localhost:${port}`;
  const child = spawn(interpreter, [join(import.meta.dirname, file)], {
    cwd: join(import.meta.dirname, file, '..'),
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      ISSUER: issuer,
      CLIENT_ID: clientId,
      ...environment,
      ...(clientSecret === undefined ? {} : { CLIENT_SECRET: clientSecret }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  }
  const closed = once(child, 'close');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  for (;;) {
    const answer = await fetch(origin, { redirect: 'manual' }).catch(() => undefined);
    if (answer !== undefined) {
      break;
    }
    if (hasEnded()) {
      await closed;
      throw new Error(`${file} ended before it answered: ${log}`);
    }
    await delay(100);
  }
  return {
    origin,
    log: () => log,
    stop: async () => {
      if (!hasEnded()) {
        child.kill('SIGKILL');
      }
      await closed;
    },
  };
}
