/**
 * Logs: one JSON line for each event (short readable lines on a terminal), on standard error, so that `--json` commands
 * print only one document on standard output.
 *
 * Credentials are masked: fields with the names of secrets at any depth, and Bearer values, credentials in addresses
 * and secret query parameters inside any text, also of errors. A value cannot split a line, because JSON escapes CR and
 * LF. A personal access token and a client secret are recognised anywhere. What is *not* done: another token in the
 * middle of a sentence is not recognised, so log values as fields.
 */
import { LRUCache } from 'lru-cache';
import { pino } from 'pino';
import { toReadable } from './logging/readable.ts';

export type Logger = pino.Logger;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines are written; default: standard error. */
  readonly destination?: { write(line: string): unknown };
  /** Writes short lines for a terminal instead of JSON. */
  readonly readable?: { readonly colors: boolean };
}

const mask = '[redacted]';

/** Names of fields whose values are credentials, compared without case, `-` and `_`. */
const secretNames = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'dpop',
  'password',
  'newpassword',
  'currentpassword',
  'passwordhash',
  'secret',
  'secrets',
  'clientsecret',
  'clientassertion',
  'privatejwk',
  'sealedprivatejwk',
  'token',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'idtokenhint',
  'logouttoken',
  'initialaccesstoken',
  'registrationaccesstoken',
  'metricstoken',
  'csrf',
  'csrftoken',
  'code',
  'codeverifier',
  'devicecode',
  'usercode',
  'requesturi',
  'smtpurl',
  'databaseurl',
  'link',
  'setuplink',
]);

const checkedNames = new LRUCache<string, boolean>({
  max: 1000,
  memoMethod: (name) => secretNames.has(name.replaceAll(/[-_]/g, '').toLowerCase()),
});

function isSecretName(name: string): boolean {
  return checkedNames.memo(name);
}

const secretParameter =
  /((?:^|[?&;\s"'])(?:[a-z_]*(?:token|secret|assertion|password|verifier)|code|id_token_hint|device_code|user_code|request_uri)=)[^&;\s"']+/gi;

/** What every text with a credential contains. Most texts contain none of it, and are not searched further. */
const hint = /[=@]|gth_|\b(?:Bearer|Basic|DPoP|Token)\s+[\w.~+/=-]{16}/i;

function scrubText(text: string): string {
  if (!hint.test(text)) {
    return text;
  }
  return text
    .replaceAll(/gth_(?:pat|cs)_[\w-]+/g, mask)
    .replaceAll(secretParameter, `$1${mask}`)
    .replaceAll(/\/\/[^/\s:@]{0,256}:\S{0,512}@/g, `//${mask}@`)
    .replaceAll(/\b(Bearer|Basic|DPoP|Token)\s+[\w.~+/=-]{16,}/gi, `$1 ${mask}`);
}

const maxDepth = 6;

function scrubError(error: Error, depth: number): Record<string, unknown> {
  const own = Object.fromEntries(
    Object.entries(error).map(([name, value]) => [
      name,
      name !== 'code' && isSecretName(name) ? mask : scrub(value, depth + 1),
    ]),
  );
  return {
    type: error.name,
    ...own,
    message: scrubText(error.message),
    stack: error.stack === undefined ? undefined : scrubText(error.stack),
    ...(error.cause === undefined ? {} : { cause: scrub(error.cause, depth + 1) }),
  };
}

function scrubFields(fields: object, depth: number): Record<string, unknown> {
  const scrubbed: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    // Assigning it would change the prototype of the copy.
    if (name !== '__proto__') {
      scrubbed[name] = isSecretName(name) && value !== undefined && value !== null ? mask : scrub(value, depth + 1);
    }
  }
  return scrubbed;
}

/** A copy of a value without credentials. */
function scrub(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    return scrubText(value);
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) {
    return typeof value === 'bigint' ? String(value) : value;
  }
  if (depth > maxDepth) {
    return '[deeper]';
  }
  if (value instanceof Error) {
    return scrubError(value, depth);
  }
  if (ArrayBuffer.isView(value)) {
    return `[${value.byteLength} bytes]`;
  }
  return Array.isArray(value) ? value.map((entry) => scrub(entry, depth + 1)) : scrubFields(value, depth);
}

/** Adds the error's message as the message of the line if there is none. Pino would add it without masking. */
function withMessage(values: readonly unknown[]): readonly unknown[] {
  const [first, message] = values;
  const error: unknown = typeof first === 'object' && first !== null && 'err' in first ? first.err : first;
  return message === undefined && error instanceof Error ? [first, error.message] : values;
}

const { epochTime, isoTime } = pino.stdTimeFunctions;

/** Creates a function that does what `isoTime` does. It makes one text for all lines of a millisecond. */
function createTimeField(): () => string {
  let millisecond = '';
  let field = '';
  return () => {
    const now = epochTime();
    if (now !== millisecond) {
      millisecond = now;
      field = isoTime();
    }
    return field;
  };
}

/** Milliseconds for which lines are collected, to be written together: a write costs as much as several lines. */
const flushMs = 10;

let toStandardError: { write(line: string): void } | undefined;

/**
 * Standard error, shared by the whole process. Remaining lines are written when the process exits, also after a crash,
 * because the last lines matter most. Only a process that is killed loses those of its last {@link flushMs}.
 */
function standardError(): { write(line: string): void } {
  if (toStandardError === undefined) {
    const stream = pino.destination({ dest: 2, sync: true });
    let lines = '';
    const flush = (): void => {
      const written = lines;
      lines = '';
      if (written !== '') {
        stream.write(written);
      }
    };
    process.on('exit', flush);
    toStandardError = {
      write: (line) => {
        if (lines === '') {
          setTimeout(flush, flushMs);
        }
        lines += line;
      },
    };
  }
  return toStandardError;
}

/** Creates a logger: `logger.info({ clientId }, 'client created')`. Errors are logged as `err`. */
export function createLogger({ level, destination = standardError(), readable }: LoggerOptions): Logger {
  const logger = pino(
    {
      level,
      timestamp: createTimeField(),
      serializers: { err: (error: unknown) => error },
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrubFields(fields, 0),
        bindings: (fields) => scrubFields(fields, 0),
      },
      hooks: {
        logMethod(values, method) {
          Reflect.apply(
            method,
            this,
            withMessage(values).map((value) => (typeof value === 'string' ? scrubText(value) : value)),
          );
        },
      },
    },
    readable === undefined
      ? destination
      : { write: (line: string) => void destination.write(toReadable(line, readable.colors)) },
  );
  // Pino does not apply the formatters to a child's fields. Children of the child inherit this method.
  const child: typeof logger.child = Reflect.get(logger, 'child');
  logger.child = function scrubbedChild(this: Logger, bindings: object, options?: object) {
    return Reflect.apply(child, this, [scrubFields(bindings, 0), options]);
  } as typeof child;
  return logger;
}

/** A logger whose lines all contain the id of the request. */
export function requestLogger(logger: Logger, requestId: string): Logger {
  return logger.child({ requestId });
}
