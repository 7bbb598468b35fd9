/**
 * The output and the exit code of a command. For people: text on standard output, errors on standard error. With
 * `--json`: exactly one JSON document on standard output, whether the command succeeded or not.
 */
import { ConfigurationError, GatehouseError, StorageRejectedError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

/** What a command returns: the same content for people and for programs. */
export interface Result {
  readonly text: string;
  readonly json: unknown;
}

/** The exit codes. Those above 63 are from sysexits.h. */
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
  4   conflict with existing data
  69  the database cannot be reached
  74  the disk failed while writing to the database; start again
  78  the configuration is invalid, or the database rejects it (or Node.js is too old)`;

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
  /** The step in which the start of a server failed. */
  readonly during?: string;
  /** The technical details, for a user at a terminal; not in the JSON. */
  readonly detail?: string;
}

/** An explanation of an error of `listen`. */
function listenFailure(error: Error): Failure | undefined {
  const code = 'code' in error ? error.code : undefined;
  const messages: Readonly<Record<string, string>> = {
    EADDRINUSE: 'Another process already listens on this address. Stop it, or set PORT to another port.',
    EACCES: 'This process may not listen on this port. Set PORT to one above 1023.',
    EADDRNOTAVAIL: 'This machine has no such address to listen on. Correct HOST.',
  };
  const isListen = 'syscall' in error && error.syscall === 'listen';
  const message = typeof code === 'string' ? messages[code] : undefined;
  return isListen && message !== undefined
    ? { exitCode: exitCodes.failure, code: 'cannot_listen', message, detail: error.message }
    : undefined;
}

/** The server did not start. The reason is the `cause`. */
export class StartError extends Error {
  /** The step that failed, such as `preparing the database`. */
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`The server did not start. It failed while ${step}.`, { cause });
    this.name = 'StartError';
    this.step = step;
  }
}

/** If a step of the start fails, the user's input is not wrong, so the exit codes of wrong input are not used. */
function startFailure({ step, cause }: StartError): Failure {
  const { field: _field, ...failure } = failureOf(cause);
  const ofCommands: readonly number[] = [exitCodes.usage, exitCodes.notFound, exitCodes.conflict];
  return {
    ...failure,
    exitCode: ofCommands.includes(failure.exitCode) ? exitCodes.failure : failure.exitCode,
    during: step,
  };
}

/** The output and exit code of a command that threw `error`. */
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
  const all = during === undefined ? lines : [`The server did not start. It failed while ${during}.`, ...lines];
  return all.map((line) => `${printable(line)}\n`).join('');
}

/** Replaces control characters, so that stored text cannot move the cursor or change colours. Newlines are kept. */
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

/** Named values below each other, for people. Further lines of a value are indented below its first line. */
export function list(fields: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  const indented = (value: string): string => printable(value).replaceAll('\n', `\n${' '.repeat(width + 2)}`);
  return entries.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${indented(value)}`).join('\n');
}
