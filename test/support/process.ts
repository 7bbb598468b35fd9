/**
 * Runs the real server in child processes, as an operator does: several on one database, stopped by signals. Tests seed
 * and read the database through the services in this process, as a command beside a running server does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/logging.ts';
import { createServer } from '../../src/server.ts';
import { freshMongodb, type TestDatabase } from './mongodb.ts';
import { freePort, type TestServer } from './server.ts';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'src/cli/gatehouse.js');

/** One server process. */
export interface Instance {
  /**
   * The address that it listens on. Only its probes answer there, unless this is the issuer's address: see
   * reverse-proxy.ts.
   */
  readonly origin: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Resolves when the process first reports that it is ready. @throws when it exits before that */
  readonly ready: Promise<void>;
  /** How the process ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Everything that it has written to standard error. */
  log(): string;
  /** Every line that it has written to standard output. */
  readonly lines: readonly string[];
}

export interface LaunchOptions {
  /** The port to listen on; by default the issuer's port, which the first instance of a deployment uses. */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** A script to run instead of `gatehouse serve --json`; it prints a line `{"ready":true}` when it serves. */
  readonly script?: string;
  /**
   * Starts the server as a user of a clone does: `npm start` or `npx gatehouse serve`, with the npm of this machine.
   */
  readonly by?: 'npm' | 'npx';
}

/** A folder, a database, a secret and an issuer that one or more instances share. */
export interface Deployment extends Pick<TestServer, 'issuer' | 'services' | 'environment'> {
  readonly folder: string;
  readonly issuerPort: number;
  /** Starts a process; does not wait until it is ready. */
  launch(options?: LaunchOptions): Instance;
  /** Starts a process and waits until it is ready. */
  start(options?: LaunchOptions): Promise<Instance>;
  /** Kills the processes that still run, and removes the folder. */
  remove(): Promise<void>;
}

interface LaunchCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly cwd?: string;
  readonly path?: string;
}

function commandOf({ by, script }: LaunchOptions): LaunchCommand {
  if (by !== undefined) {
    // `npx mocha` puts the Node 24 of this clone first in the PATH; a user's shell does not have it.
    const path = (process.env['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => !folder.includes('node_modules'))
      .join(delimiter);
    const parameters = by === 'npm' ? ['--silent', 'start', '--', '--json'] : ['gatehouse', 'serve', '--json'];
    return { command: by, arguments: parameters, cwd: root, path };
  }
  return {
    command: process.execPath,
    arguments: script === undefined ? [launcher, 'serve', '--json'] : ['--disable-warning=ExperimentalWarning', script],
  };
}

/** @param options.databaseUrl by default a new SQLite file. @param options.prepare false leaves the database empty */
export async function deploy(
  options: {
    readonly databaseUrl?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly prepare?: boolean;
  } = {},
): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-process-'));
  const issuerPort = await freePort();
  const issuer = `http://localhost:${issuerPort}`;
  const environment = {
    NODE_ENV: 'test',
    ISSUER: issuer,
    HOST: '127.0.0.1',
    PORT: String(issuerPort),
    DATA_DIR: folder,
    DATABASE_URL: options.databaseUrl ?? `sqlite:${join(folder, 'gatehouse.db')}`,
    SECRET: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'warn',
    PASSWORD_HASH_MEMORY_KIB: '1024',
    PASSWORD_HASH_PASSES: '1',
    ...options.environment,
  };
  const server = await createServer(loadConfig({ environment, workingDirectory: folder }), {
    logger: createLogger({ level: 'silent' }),
  });
  if (options.prepare !== false) {
    await server.prepare();
  }
  const instances: Instance[] = [];

  function launch(choice: LaunchOptions = {}): Instance {
    const port = choice.port ?? issuerPort;
    const { command, arguments: parameters, cwd = folder, path = process.env['PATH'] } = commandOf(choice);
    const child = spawn(command, parameters, {
      cwd,
      env: { PATH: path, ...environment, PORT: String(port), ...choice.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    const exited = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    const ready = new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        if (line.replaceAll(' ', '').includes('"ready":true')) {
          resolve();
        }
      });
      // Waits for the end of the streams, too, because standard error may contain the reason.
      void Promise.all([exited, once(child, 'close')]).then(([{ code, signal }]) =>
        reject(new Error(`the server ended with ${signal ?? code} before it was ready: ${log}`)),
      );
    });
    ready.catch(() => undefined);
    const instance: Instance = {
      origin: `http://localhost:${port}`,
      port,
      child,
      ready,
      exited,
      log: () => log,
      lines,
    };
    instances.push(instance);
    return instance;
  }

  return {
    issuer,
    issuerPort,
    folder,
    environment,
    services: server.services,
    launch,
    start: async (choice) => {
      const instance = launch(choice);
      await instance.ready;
      return instance;
    },
    remove: async () => {
      for (const { child, exited } of instances) {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill('SIGKILL');
          await exited;
        }
      }
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Declares the same tests for deployments on both databases: SQLite always, MongoDB where a server is available. The
 * deployments are removed after the last test.
 */
export function onEachDeployment(
  title: string,
  declare: (
    open: (options?: Omit<Parameters<typeof deploy>[0] & object, 'databaseUrl'>) => Promise<Deployment>,
    kind: 'SQLite' | 'MongoDB',
  ) => void,
): void {
  for (const kind of ['SQLite', 'MongoDB'] as const) {
    describe(`${title}, on ${kind}`, () => {
      const deployments: Deployment[] = [];
      const databases: TestDatabase[] = [];
      before(async function findMongodb() {
        this.timeout(120_000);
        if (kind === 'MongoDB' && (await freshMongodb()) === null) {
          this.skip();
        }
      });
      after(async () => {
        for (const deployment of deployments) {
          await deployment.remove();
        }
        for (const database of databases) {
          await database.drop();
        }
      });
      declare(async (options = {}) => {
        const mongodb = kind === 'MongoDB' ? await freshMongodb() : null;
        if (mongodb !== null) {
          databases.push(mongodb);
        }
        const deployment = await deploy({ ...options, ...(mongodb === null ? {} : { databaseUrl: mongodb.url }) });
        deployments.push(deployment);
        return deployment;
      }, kind);
    });
  }
}
