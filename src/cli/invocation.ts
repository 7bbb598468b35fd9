/** Gives a command its input, configuration and services. Each is loaded only when the command uses it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { ConfigurationError, InvalidInputError } from '../errors.ts';
import type { LogLevel } from '../logging.ts';
import type { GivenOptions, Invocation } from './command.ts';
import { logFormat } from './terminal-log.ts';
import type { Terminal } from './terminal.ts';

interface InvocationInput {
  readonly terminal: Terminal;
  readonly args: readonly string[];
  readonly options: GivenOptions;
  readonly json: boolean;
}

async function loadConfiguration(
  terminal: Terminal,
  overrides: Readonly<Record<string, string>> = {},
): Promise<Config> {
  const { loadConfig } = await import('../config/load.ts');
  const { workingDirectory, environment } = terminal;
  return loadConfig({ workingDirectory, overrides, ...(environment === undefined ? {} : { environment }) });
}

/**
 * Loads the configuration with the address of the development server that runs with this folder and database, so that
 * links point to it. `ISSUER` or `PORT` in the environment of this command have precedence.
 * @throws ConfigurationError when that server uses another database and `DATABASE_URL` is not set here. The command
 *   would otherwise create and change the default database, which that server does not read.
 */
async function loadConfigurationOfInstallation(terminal: Terminal): Promise<Config> {
  const config = await loadConfiguration(terminal);
  const { origins } = config;
  if (config.profile !== 'development') {
    return config;
  }
  const { findRunningServer, usesDatabase } = await import('../development/running-server.ts');
  const running = await findRunningServer(config.data.dir);
  if (running === undefined) {
    return config;
  }
  if (!usesDatabase(running, config.database.url)) {
    if (origins['DATABASE_URL'] === 'derived') {
      throw new ConfigurationError([
        `DATABASE_URL: received nothing, but the server that runs in this folder uses ${running.database}; expected the same here. Set DATABASE_URL.`,
      ]);
    }
    return config;
  }
  return origins['ISSUER'] === 'derived' && origins['PORT'] === 'default'
    ? loadConfiguration(terminal, { ISSUER: running.issuer })
    : config;
}

/** A command logs only warnings and errors. The `info` messages are about a running server. */
function commandLogLevel(level: LogLevel): LogLevel {
  return level === 'info' ? 'warn' : level;
}

async function readAll(stdin: Terminal['stdin']): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

async function readNamedFile({ workingDirectory }: Terminal, path: string, option: string): Promise<Buffer> {
  try {
    return await readFile(resolve(workingDirectory, path));
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'there is no such file'
        : 'it cannot be read';
    throw new InvalidInputError(`Expected the path of a file, not "${path}": ${reason}.`, option);
  }
}

/** Makes the invocation of one command. */
export function openInvocation({ terminal, args, options, json }: InvocationInput): Invocation {
  return {
    args,
    options,
    json,
    loadConfig: () => loadConfiguration(terminal),
    withServices: async (act, { prepare } = { prepare: true }) => {
      const [{ createServer }, { createLogger }, { ensureDevelopmentSecrets }, loaded] = await Promise.all([
        import('../server.ts'),
        import('../logging.ts'),
        import('../development/secrets.ts'),
        loadConfigurationOfInstallation(terminal),
      ]);
      const config = await ensureDevelopmentSecrets(loaded);
      const logger = createLogger({ level: commandLogLevel(config.log.level), ...logFormat(config) });
      const server = await createServer(config, { logger });
      try {
        if (prepare) {
          await server.prepare();
        }
        return await act(server.services, config);
      } finally {
        await server.close();
      }
    },
    readStandardInput: () => readAll(terminal.stdin),
    readFile: (path, option) => readNamedFile(terminal, path, option),
    print: (text) => {
      terminal.stdout.write(text);
    },
  };
}
