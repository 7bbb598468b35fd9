/**
 * A temporary installation for tests of commands: a folder, a database, a secret, and an address that a server can use.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { createLogger } from '../../src/logging.ts';
import { createServer } from '../../src/server.ts';
import { freshMongodb } from '../support/mongodb.ts';
import { run, type Outcome } from './terminal.ts';

type Services = Awaited<ReturnType<typeof createServer>>['services'];

export interface Installation {
  readonly issuer: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a command in this process, on this installation. */
  gatehouse(argv: readonly string[], input?: string): Promise<Outcome>;
  /** Runs a command with `--json`. @returns its exit code and its document */
  json(
    argv: readonly string[],
    input?: string,
  ): Promise<{ readonly exitCode: number; readonly document: Readonly<Record<string, unknown>> }>;
  /** Reads or changes the stored data through the services. */
  withServices<T>(act: (services: Services) => Promise<T>): Promise<T>;
  /** Writes a file. @returns its path */
  file(name: string, content: string | Buffer): Promise<string>;
  remove(): Promise<void>;
}

export const password = 'correct horse battery staple';

/** @param databaseUrl by default a new SQLite file */
async function openInstallation(databaseUrl?: string, port = 3000): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-cli-'));
  const environment = {
    NODE_ENV: 'test',
    ISSUER: `http://localhost:${port}`,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl ?? `sqlite:${join(folder, 'gatehouse.db')}`,
    SECRET: randomBytes(32).toString('base64url'),
    LOG_LEVEL: 'silent',
    PASSWORD_HASH_MEMORY_KIB: '1024',
    PASSWORD_HASH_PASSES: '1',
  };
  const gatehouse: Installation['gatehouse'] = (argv, input = '') =>
    run(argv, { environment, input, workingDirectory: folder });
  return {
    issuer: environment.ISSUER,
    environment,
    gatehouse,
    json: async (argv, input) => {
      const { exitCode, stdout, stderr } = await gatehouse([...argv, '--json'], input);
      if (stderr !== '') {
        throw new Error(`expected no standard error with --json, got: ${stderr}`);
      }
      return { exitCode, document: JSON.parse(stdout) as Record<string, unknown> };
    },
    withServices: async (act) => {
      const server = await createServer(loadConfig({ environment, workingDirectory: folder }), {
        logger: createLogger({ level: 'silent' }),
      });
      try {
        await server.prepare();
        return await act(server.services);
      } finally {
        await server.close();
      }
    },
    file: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Declares the same tests for an installation on each database: SQLite always, MongoDB where a server is available.
 * @param options.port returns the port of the issuer's address; by default 3000, where no server listens
 */
export function onEachDatabase(
  title: string,
  declare: (installation: () => Installation) => void,
  options: { readonly port?: () => Promise<number> } = {},
): void {
  for (const kind of ['SQLite', 'MongoDB']) {
    describe(`${title}, on ${kind}`, () => {
      let opened: Installation | undefined;
      let drop: (() => Promise<void>) | undefined;
      before(async function open() {
        this.timeout(120_000);
        const mongodb = kind === 'MongoDB' ? await freshMongodb() : undefined;
        if (mongodb === null) {
          this.skip();
        }
        drop = mongodb?.drop;
        opened = await openInstallation(mongodb?.url, await options.port?.());
      });
      after(async () => {
        await opened?.remove();
        await drop?.();
      });
      declare(() => {
        if (opened === undefined) {
          throw new Error('the installation is not open yet');
        }
        return opened;
      });
    });
  }
}
