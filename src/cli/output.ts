/**
 * What a command prints, and how it ends. For people: text on standard output, errors on standard error. With `--json`:
 * exactly one JSON document on standard output, whether the command succeeded or not.
 */
import { ConfigurationError, GatehouseError, StorageRejectedError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

/** What a command hands back: the same content for people and for programs. */
export interface Result {
  readonly text: string;
  readonly json: unknown;
}

/** How a process of ours ends; the numbers above 63 are those of sysexits.h. */
export const exitCodes = {
  success: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  storageUnavailable: 69,
  diskFailure: 74,
  configuration: 78,
} as const;

/** For `--help`. */
export const exitCodeHelp = `
Exit codes:
  0   done
  1   failed
  2   wrong usage or invalid input
  3   not found
  4   conflict with what is there
  69  the database cannot be reached
  74  the disk did not keep what was written to the database; start again
  78  the configuration is invalid, or the database refuses it (or Node.js is too old)`;

const exitCodeOf: Partial<Record<ErrorCode, number>> = {
  configuration_invalid: exitCodes.configuration,
  storage_unavailable: exitCodes.storageUnavailable,
  storage_rejected: exitCodes.configuration,
  invalid_input: exitCodes.usage,
  not_found: exitCodes.notFound,
  conflict: exitCodes.conflict,
  duplicate_key: exitCodes.conflict,
};

/** A failure as it is printed. */
export interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly problems?: readonly string[];
  /** What a server that did not start was doing. */
  readonly during?: string;
  /** For the person at the terminal, not for programs: what the log would have. */
  readonly detail?: string;
}

/** What could not be listened on, in words. */
function listenFailure(error: Error): Failure | undefined {
  const code = 'code' in error ? error.code : undefined;
  const messages: Readonly<Record<string, string>> = {
    EADDRINUSE: 'Another process listens on this address already. Stop it, or set PORT to another port.',
    EACCES: 'This process may not listen on this port. Set PORT to one above 1023.',
    EADDRNOTAVAIL: 'This machine has no such address to listen on. Correct HOST.',
  };
  const isListen = 'syscall' in error && error.syscall === 'listen';
  const message = typeof code === 'string' ? messages[code] : undefined;
  return isListen && message !== undefined
    ? { exitCode: exitCodes.failure, code: 'cannot_listen', message, detail: error.message }
    : undefined;
}

/** A server that did not start: why is the `cause`. */
export class StartError extends Error {
  /** What it was doing: `preparing the database`. */
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`The server did not start. It was ${step}.`, { cause });
    this.name = 'StartError';
    this.step = step;
  }
}

/** Nothing that was typed is wrong when a step of the start is refused, so that has the exit code of any other failure. */
function startFailure({ step, cause }: StartError): Failure {
  const { field: _field, ...failure } = failureOf(cause);
  const ofCommands: readonly number[] = [exitCodes.usage, exitCodes.notFound, exitCodes.conflict];
  return {
    ...failure,
    exitCode: ofCommands.includes(failure.exitCode) ? exitCodes.failure : failure.exitCode,
    during: step,
  };
}

/** How a command that threw `error` ends. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StartError) {
    return startFailure(error);
  }
  if (error instanceof GatehouseError) {
    return {
      exitCode: exitCodeOf[error.code] ?? exitCodes.failure,
      code: error.code,
      message: error.message,
      ...(error.field === undefined ? {} : { field: error.field }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      ...(error instanceof ConfigurationError ? { problems: error.problems } : {}),
      ...(error instanceof StorageRejectedError ? { problems: [error.reason] } : {}),
    };
  }
  if (!(error instanceof Error)) {
    return { exitCode: exitCodes.failure, code: 'failure', message: String(error) };
  }
  return (
    listenFailure(error) ?? {
      exitCode: exitCodes.failure,
      code: 'failure',
      message: error.message,
      ...(error.stack === undefined ? {} : { detail: error.stack }),
    }
  );
}

/** One JSON document, for programs. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A failure as a JSON document. */
export function failureToJson({ code, message, field, problems, during }: Failure): string {
  return toJson({ error: { code, message, field, problems, during } });
}

/** A failure for people. */
export function failureToText({ message, detail, during }: Failure): string {
  // A stack begins with its message.
  const lines = detail === undefined ? [message] : detail.includes(message) ? [detail] : [message, detail];
  const all = during === undefined ? lines : [`The server did not start. It was ${during}.`, ...lines];
  return all.map((line) => `${printable(line)}\n`).join('');
}

/** Text from elsewhere without control characters, so that a name cannot move the cursor or colour a terminal; newlines stay. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' ? character : '\uFFFD'));
}

/** Rows in columns, for people. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = [headings, ...rows].map((row) => row.map((cell) => printable(cell).replaceAll('\n', ' ')));
  const widths = headings.map((_, column) => Math.max(...clean.map((row) => (row[column] ?? '').length)));
  return clean
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Named values one below the other, for people. A value's further lines stand below its first. */
export function list(fields: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  const indented = (value: string): string => printable(value).replaceAll('\n', `\n${' '.repeat(width + 2)}`);
  return entries.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${indented(value)}`).join('\n');
}
