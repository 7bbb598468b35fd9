/**
 * JSON logs (short lines for a person at a terminal), one line an event, on standard error (so that `--json` commands print one document on standard output).
 *
 * What would let somebody in never reaches a line: fields with telling names are masked at any depth, and so are Bearer
 * values, credentials in addresses and telling query parameters inside any text, also an error's. A line cannot be split:
 * JSON writes CR and LF as escapes. What is *not* done: a bare token in the middle of a sentence is not recognised;
 * log a value as a field.
 */
import { LRUCache } from 'lru-cache';
import { pino } from 'pino';
import { toReadable } from './logging/readable.ts';

export type Logger = pino.Logger;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where lines go; standard error unless given. */
  readonly destination?: { write(line: string): unknown };
  /** Writes for a person at a terminal instead of JSON. */
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

const judgedNames = new LRUCache<string, boolean>({
  max: 1000,
  memoMethod: (name) => secretNames.has(name.replaceAll(/[-_]/g, '').toLowerCase()),
});

function isSecretName(name: string): boolean {
  return judgedNames.memo(name);
}

const secretParameter =
  /((?:^|[?&;\s"'])(?:[a-z_]*(?:token|secret|assertion|password|verifier)|code|id_token_hint|device_code|user_code|request_uri)=)[^&;\s"']+/gi;

function scrubText(text: string): string {
  if (!/[=@]|bearer|basic|dpop/i.test(text)) {
    return text;
  }
  return text
    .replaceAll(secretParameter, `$1${mask}`)
    .replaceAll(/\/\/[^/\s:@]{0,256}:\S{0,512}@/g, `//${mask}@`)
    .replaceAll(/\b(Bearer|Basic|DPoP|Token)\s+[\w.~+/=-]{16,}/gi, `$1 ${mask}`);
}

const deepest = 6;

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
  for (const [name, value] of Object.entries(fields)) {
    // Assigning it would change what the copy inherits from.
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
  if (depth > deepest) {
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

/** What is logged, with the error's message as the line's where there is no other; pino would take it as it is. */
function withMessage(values: readonly unknown[]): readonly unknown[] {
  const [first, message] = values;
  const error: unknown = typeof first === 'object' && first !== null && 'err' in first ? first.err : first;
  return message === undefined && error instanceof Error ? [first, error.message] : values;
}

let toStandardError: { write(line: string): void } | undefined;

/**
 * Standard error, one for the process. The lines of one turn of the event loop are written together when it ends, and
 * what is left when the process exits, however it comes to that: the last lines before a crash are the ones that
 * matter. Only a process that is killed from outside loses the lines of its last turn.
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
          setImmediate(flush);
        }
        lines += line;
      },
    };
  }
  return toStandardError;
}

/** Makes the logger; `logger.info({ clientId }, 'client created')`. Errors go under `err`. */
export function createLogger({ level, destination = standardError(), readable }: LoggerOptions): Logger {
  const logger = pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
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
  // pino formats a child's fields by nothing; its children inherit this method.
  const child: typeof logger.child = Reflect.get(logger, 'child');
  logger.child = function scrubbedChild(this: Logger, bindings: object, options?: object) {
    return Reflect.apply(child, this, [scrubFields(bindings, 0), options]);
  } as typeof child;
  return logger;
}

/** A logger whose lines all carry the id of the request that they belong to. */
export function requestLogger(logger: Logger, requestId: string): Logger {
  return logger.child({ requestId });
}
