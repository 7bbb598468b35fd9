/**
 * What a command is. Each noun has a file in `commands/` that exports `commands`: a list of these. The frame
 * (`program.ts`) adds `--json` and `--help`, parses, prints the result and turns errors into exit codes; a command reads
 * its input, calls one service, and hands back what to print.
 */
import type { Config } from '../config/schema.ts';
import type { createServer } from '../server.ts';
import type { Result } from './output.ts';

/** What the server offers to commands: its services, the same that its pages call. */
export type Services = Awaited<ReturnType<typeof createServer>>['services'];

/** Who acts, for the audit trail. */
export const commandLine = { actor: 'command line' } as const;

export interface CommandOption {
  /** As commander writes it: `--name <name>`, `--password-stdin`. */
  readonly flags: string;
  readonly description: string;
  readonly required?: boolean;
  /** May be given several times; read with `options.list`. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
}

export interface CommandArgument {
  /** `<email>`, or `[email]` where it may be left out. */
  readonly name: string;
  readonly description: string;
}

/** The options given, by their long name without the dashes: `redirect-uri`. */
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
  /** The configuration as it is; makes nothing. @throws ConfigurationError */
  readonly loadConfig: () => Promise<Config>;
  /**
   * Opens the server's services on the configured database, beside a running server or not, and closes them again.
   * @param options.prepare whether the database is made what this version needs first, and `SECRET` tried: true unless given
   * @throws StorageUnavailableError; ConfigurationError when what is stored was sealed under another `SECRET`
   */
  readonly withServices: <T>(
    act: (services: Services, config: Config) => Promise<T>,
    options?: { readonly prepare: boolean },
  ) => Promise<T>;
  /** All of standard input without the last newline: for secrets, which do not belong on a command line. */
  readonly readStandardInput: () => Promise<string>;
  /**
   * A file that an option names, relative to the working directory.
   * @param option the option's long name, for the message. @throws InvalidInputError when it cannot be read
   */
  readonly readFile: (path: string, option: string) => Promise<Buffer>;
  /** Prints now, for a command that goes on running. */
  readonly print: (text: string) => void;
}

export interface Command {
  /** The verb; empty for a noun that is a command by itself (`serve`). */
  readonly verb: string;
  readonly summary: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** Lines below the help: examples. */
  readonly help?: string;
  /** @returns what to print, or nothing for a command that printed while it ran. */
  readonly run: (invocation: Invocation) => Promise<Result | undefined>;
}
