/** The command line: nouns and verbs, parsing, printing, exit codes. */
import { Command as Parser, CommanderError, Option } from 'commander';
import type { Command, CommandOption, GivenOptions, Invocation } from './command.ts';
import { toOptionError } from './field-options.ts';
import type { Failure } from './output.ts';
import { exitCodeHelp, exitCodes, failureOf, failureToJson, failureToText, toJson } from './output.ts';
import { openInvocation } from './invocation.ts';
import type { Terminal } from './terminal.ts';

export interface Noun {
  readonly noun: string;
  readonly summary: string;
  /** Loads the noun's commands. Only the noun that is used is loaded, so that each command starts fast. */
  readonly load: () => Promise<{ readonly commands: readonly Command[] }>;
}

/** All nouns, in the order of the help. A new noun needs a line here and a file in `commands/`. */
export const nouns: readonly Noun[] = [
  { noun: 'serve', summary: 'Serve until SIGTERM or SIGINT', load: () => import('./commands/serve.ts') },
  {
    noun: 'setup-link',
    summary: 'Print the link that creates the first administrator',
    load: () => import('./commands/setup-link.ts'),
  },
  {
    noun: 'client',
    summary: 'Manage clients: the apps that may request tokens',
    load: () => import('./commands/client.ts'),
  },
  { noun: 'user', summary: 'Manage users: the people who sign in', load: () => import('./commands/user.ts') },
  {
    noun: 'api',
    summary: 'Manage APIs: the resource servers that accept tokens',
    load: () => import('./commands/api.ts'),
  },
  {
    noun: 'token',
    summary: 'Manage personal access tokens, for scripts of users',
    load: () => import('./commands/token.ts'),
  },
  {
    noun: 'issuer',
    summary: 'Let workloads of clusters and CI act as machine clients',
    load: () => import('./commands/issuer.ts'),
  },
  {
    noun: 'upstream',
    summary: 'Let users sign in with other identity providers',
    load: () => import('./commands/upstream.ts'),
  },
  { noun: 'key', summary: 'List and rotate the signing keys', load: () => import('./commands/key.ts') },
  { noun: 'session', summary: 'List and end login sessions', load: () => import('./commands/session.ts') },
  {
    noun: 'audit',
    summary: 'Read the audit: what happened, to whom, by whom',
    load: () => import('./commands/audit.ts'),
  },
  { noun: 'storage', summary: 'Check the database', load: () => import('./commands/storage.ts') },
  {
    noun: 'test-server',
    summary: 'Serve for tests: in memory, controlled by HTTP',
    load: () => import('./commands/test-server.ts'),
  },
  {
    noun: 'config',
    summary: 'Check and show the configuration, generate a secret',
    load: () => import('./commands/config.ts'),
  },
];

function longName(flags: string): string {
  return /--([a-z][a-z-]*)/.exec(flags)?.[1] ?? flags;
}

function addOption(parser: Parser, { flags, description, required, repeatable, choices }: CommandOption): void {
  const option = new Option(flags, description);
  if (choices !== undefined) {
    option.choices(choices);
  }
  if (repeatable === true) {
    const parse = option.parseArg;
    option.argParser<string[]>((value, previous) => {
      parse?.(value, undefined);
      return [...(Array.isArray(previous) ? previous : []), value];
    });
  }
  parser.addOption(option.makeOptionMandatory(required ?? false));
}

function givenOptions(values: Readonly<Record<string, unknown>>, declared: readonly CommandOption[]): GivenOptions {
  const read = (name: string): unknown => {
    if (!declared.some(({ flags }) => longName(flags) === name)) {
      throw new Error(`This command declares no option --${name}.`);
    }
    return values[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
  };
  return {
    text: (name) => {
      const value = read(name);
      return typeof value === 'string' ? value : undefined;
    },
    list: (name) => {
      const value = read(name);
      return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
    },
    flag: (name) => read(name) === true,
  };
}

/** Runs a command with parsed input and prints its result. */
async function runCommand(command: Command, invocation: Invocation, terminal: Terminal): Promise<void> {
  const result = await command.run(invocation);
  if (result !== undefined) {
    terminal.stdout.write(invocation.json ? toJson(result.json) : `${result.text}\n`);
  }
}

function addCommand(parent: Parser, command: Command, terminal: Terminal): void {
  const parser = command.verb === '' ? parent : parent.command(command.verb);
  parser.summary(command.summary).description(command.summary).allowExcessArguments(false);
  for (const { name, description } of command.arguments ?? []) {
    parser.argument(name, description);
  }
  const declared = command.options ?? [];
  for (const option of declared) {
    addOption(parser, option);
  }
  parser.option('--json', 'Print one JSON document');
  parser.addHelpText('after', `${command.help === undefined ? '' : `\n${command.help}\n`}${exitCodeHelp}`);
  parser.action(async () => {
    const values: Readonly<Record<string, unknown>> = parser.opts();
    const invocation = openInvocation({
      terminal,
      args: parser.args,
      options: givenOptions(values, declared),
      json: values['json'] === true,
    });
    try {
      await runCommand(command, invocation, terminal);
    } catch (error) {
      throw toOptionError(
        error,
        declared.map(({ flags }) => longName(flags)),
      );
    }
  });
}

async function createParser(
  argv: readonly string[],
  terminal: Terminal,
  available: readonly Noun[],
  onProblem: (text: string) => void,
): Promise<Parser> {
  const program = new Parser('gatehouse')
    .description('An OAuth 2 and OpenID Connect authorization server.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        terminal.stdout.write(text);
      },
      writeErr: onProblem,
    })
    .showHelpAfterError('(add --help for the usage)')
    .option('--version', 'Print the version')
    .addHelpText('after', exitCodeHelp);
  const requested = argv.find((argument) => !argument.startsWith('-'));
  const isHelp = requested === 'help';
  for (const { noun, summary, load } of available) {
    const parser = program.command(noun).summary(summary).description(summary);
    if (noun === requested || (isHelp && argv.includes(noun))) {
      for (const command of (await load()).commands) {
        addCommand(parser, command, terminal);
      }
    }
  }
  return program;
}

async function version(): Promise<string> {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  return manifest.version;
}

/** Converts an error of commander about the arguments. */
function usageFailure(error: CommanderError, printed: string): Failure {
  const message = printed.trim() === '' ? error.message : printed.trim();
  return { exitCode: exitCodes.usage, code: 'usage', message: message.replace(/^error: /, '') };
}

/**
 * Runs one command.
 *
 * @param argv the arguments after the program's name.
 * @param available the nouns that can be used.
 * @returns the exit code (see `exitCodes`), after all output was printed. Never throws.
 */
export async function runProgram(
  argv: readonly string[],
  terminal: Terminal,
  available: readonly Noun[] = nouns,
): Promise<number> {
  const json = argv.includes('--json');
  let printed = '';
  try {
    if (argv[0] === '--version') {
      const current = await version();
      terminal.stdout.write(json ? toJson({ version: current }) : `${current}\n`);
      return exitCodes.success;
    }
    const program = await createParser(argv, terminal, available, (text) => {
      printed += text;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exitCodes.success;
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.helpDisplayed') {
      return exitCodes.success;
    }
    const failure = error instanceof CommanderError ? usageFailure(error, printed) : failureOf(error);
    if (json) {
      terminal.stdout.write(failureToJson(failure));
    } else {
      terminal.stderr.write(failureToText(failure));
    }
    return failure.exitCode;
  }
}
