/**
 * The type of a command. Each noun has a file in `commands/` that exports a list of them, `commands`. A command reads
 * its input, calls a service, and returns what to print. `program.ts` adds `--json` and `--help`, parses, prints the
 * result and turns errors into exit codes.
 */
import type { Config } from '../config/config.ts';
import type { createServer } from '../server.ts';
import type { Result } from './output.ts';

/** The services of the server, the same that its pages call. */
export type Services = Awaited<ReturnType<typeof createServer>>['services'];

/** The actor of all commands, for the audit. */
export const commandLine = { actor: 'command line' } as const;

export interface CommandOption {
  /** In commander's syntax: `--name <name>`, `--password-stdin`. */
  readonly flags: string;
  readonly description: string;
  readonly required?: boolean;
  /** May be given several times; read with `options.list`. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
}

export interface CommandArgument {
  /** `<email>`, or `[email]` if it is optional. */
  readonly name: string;
  readonly description: string;
}

/** The given options, by their long name without the dashes: `redirect-uri`. */
export interface GivenOptions {
  /** The value, or undefined when the option was not given. */
  readonly text: (name: string) => string | undefined;
  /** The values of a repeatable option, in order. */
  readonly list: (name: string) => readonly string[];
  /** Whether a flag was given. */
  readonly flag: (name: string) => boolean;
}

export interface Invocation {
  /** Positional arguments, in order. */
  readonly args: readonly string[];
  readonly options: GivenOptions;
  readonly json: boolean;
  /** Reads the configuration. Creates no secrets or files. @throws ConfigurationError */
  readonly loadConfig: () => Promise<Config>;
  /**
   * Opens the server's services on the configured database, and closes them afterwards. A server may be running.
   * @param options.prepare whether to migrate the database and check `SECRET` first; true by default
   * @throws StorageUnavailableError; ConfigurationError when stored data was encrypted with another `SECRET`
   */
  readonly withServices: <T>(
    act: (services: Services, config: Config) => Promise<T>,
    options?: { readonly prepare: boolean },
  ) => Promise<T>;
  /** Reads all of standard input, without the last newline. For secrets, which other users could see in an argument. */
  readonly readStandardInput: () => Promise<string>;
  /**
   * Reads a file.
   * @param path relative to the working directory
   * @param option the option's long name, for the message
   * @throws InvalidInputError when it cannot be read
   */
  readonly readFile: (path: string, option: string) => Promise<Buffer>;
  /** Prints immediately, for a command that continues to run. */
  readonly print: (text: string) => void;
}

export interface Command {
  /** The verb; empty if the noun is itself the command (`serve`). */
  readonly verb: string;
  readonly summary: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** More lines for the help, such as examples. */
  readonly help?: string;
  /** @returns what to print, or undefined if the command has printed while it ran */
  readonly run: (invocation: Invocation) => Promise<Result | undefined>;
}
