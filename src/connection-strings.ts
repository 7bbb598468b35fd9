/**
 * The addresses that carry a password, `DATABASE_URL` on MongoDB and `SMTP_URL`: read in one place, so that what is
 * checked, what is masked and what is connected to cannot differ.
 *
 * A user name or password with a character that separates parts of an address must be percent-encoded (RFC 3986 §2.1,
 * §3.2.1). Otherwise a parser takes a piece of the password for a host, connects there, and names it in the log. So both
 * kinds are refused with that reason before anything parses them. No fault that is returned here quotes the address.
 */
import { createRequire } from 'node:module';
import type * as ConnectionStringLibrary from 'mongodb-connection-string-url';

/** What is wrong, as the end of "expected …". */
export interface AddressFault {
  readonly fault: string;
}

export interface MongodbAddress {
  /** `host` or `host:port` each; the name of the SRV record for `mongodb+srv:`. */
  readonly hosts: readonly string[];
  /** The database that the path names, if it names one. */
  readonly database: string | undefined;
  /** Options by their names in lower case. */
  readonly options: ReadonlyMap<string, string>;
}

export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  /** Whether TLS begins with the connection (`smtps:`). */
  readonly secure: boolean;
  readonly username: string;
  readonly password: string;
}

const encoding =
  'a user name and password in which each of : / ? # [ ] @ and % is percent-encoded (%3A %2F %3F %23 %5B %5D %40 %25)';

/** The text between `scheme://` and the last `@`: all that can be a user name and password, however it was written. */
function userInformation(address: string): string {
  const begin = address.indexOf('://') + 3;
  return address.slice(begin, Math.max(begin, address.lastIndexOf('@')));
}

function isPercentEncoded(text: string): boolean {
  if (/[/?#[\]@\s]/.test(text) || text.split(':').length > 2) {
    return false;
  }
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const requireModule = createRequire(import.meta.url);

/** The driver's own parser, loaded where there is something to parse: it costs a start on SQLite tens of milliseconds. */
function parseConnectionString(text: string): ConnectionStringLibrary.ConnectionString | undefined {
  const library = requireModule('mongodb-connection-string-url') as typeof ConnectionStringLibrary;
  try {
    return new library.ConnectionString(text);
  } catch {
    return undefined;
  }
}

/** MongoDB's own databases: accounts, what is not replicated, and what the server keeps for itself. */
const reservedDatabases = new Set(['admin', 'local', 'config']);
/** Bytes (https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions). */
const maxDatabaseNameBytes = 63;

function databaseFault(name: string): string | undefined {
  if (reservedDatabases.has(name)) {
    return `a database of its own (${name} is MongoDB's; where accounts are kept is said by authSource)`;
  }
  return /[\s/\\."$*<>:|?\0]/.test(name) || Buffer.byteLength(name) > maxDatabaseNameBytes
    ? `the name of a database of at most ${maxDatabaseNameBytes} bytes, without space and any of / \\ . " $ * < > : | ?`
    : undefined;
}

interface OptionRule {
  readonly names: readonly string[];
  readonly isSafe: (value: string) => boolean;
  readonly expected: string;
}

/** Options that would let an acknowledged write be lost, a revoked token be read, or a server be impersonated. */
const optionRules: readonly OptionRule[] = [
  {
    names: ['readpreference'],
    isSafe: (value) => value === 'primary',
    expected: 'no readPreference other than primary: a secondary may not know yet that a token was revoked',
  },
  {
    names: ['readconcernlevel'],
    isSafe: (value) => value === 'local',
    expected: "no readConcernLevel other than local, which is the primary's newest state",
  },
  {
    names: ['w'],
    isSafe: (value) => value === 'majority',
    expected: 'no write concern (w) other than majority: an acknowledged revocation could be lost',
  },
  {
    names: ['journal', 'j', 'fsync'],
    isSafe: (value) => value === 'true',
    expected: 'journalled writes (without journal=false): an acknowledged revocation could be lost',
  },
  {
    names: ['tlsinsecure', 'tlsallowinvalidcertificates', 'tlsallowinvalidhostnames'],
    isSafe: (value) => value === 'false',
    expected:
      'a server whose certificate is checked (without tlsInsecure and tlsAllowInvalid…): tlsCAFile names the authority that signed it',
  },
  {
    names: ['loadbalanced'],
    isSafe: (value) => value === 'false',
    expected: 'no loadBalanced=true: the server must know which member is the primary',
  },
];

function optionFault(options: Iterable<readonly [string, string]>): string | undefined {
  for (const [name, value] of options) {
    const rule = optionRules.find(({ names }) => names.includes(name));
    if (rule !== undefined && !rule.isSafe(value)) {
      return rule.expected;
    }
  }
  return undefined;
}

/**
 * Reads a MongoDB connection string, and refuses what is unsafe in it. Whether each option is one that the driver knows
 * is not checked here.
 */
export function readMongodbAddress(text: string): MongodbAddress | AddressFault {
  if (!isPercentEncoded(userInformation(text))) {
    return { fault: encoding };
  }
  const parsed = parseConnectionString(text);
  if (parsed === undefined) {
    return { fault: 'an address such as mongodb://db1,db2,db3/gatehouse?replicaSet=rs0' };
  }
  const options = [...parsed.searchParams].map(([name, value]) => [name.toLowerCase(), value] as const);
  const path = decodedPath(parsed.pathname);
  const fault = (path === undefined ? undefined : databaseFault(path)) ?? optionFault(options);
  return fault === undefined ? { hosts: parsed.hosts, database: path, options: new Map(options) } : { fault };
}

function decodedPath(pathname: string): string | undefined {
  const name = pathname.slice(1);
  try {
    return name === '' ? undefined : decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Reads the address of a mail server: host, port, user name and password, and nothing else. */
export function readSmtpAddress(text: string): SmtpAddress | AddressFault {
  if (!isPercentEncoded(userInformation(text))) {
    return { fault: encoding };
  }
  const url = /^smtps?:\/\//.test(text) ? URL.parse(text) : null;
  if (url === null || url.hostname === '') {
    return { fault: 'an address such as smtps://user:password@mail.example.com' };
  }
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    return { fault: 'an address that ends with the host or its port, without a path or options' };
  }
  if (url.username === '' && url.password !== '') {
    return { fault: 'a user name before the password' };
  }
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

/**
 * An address as it may be shown: without user name, password and the values of options. Nothing is shown of one that
 * cannot be read. The path of `sqlite:` is shown as it is.
 */
export function maskAddress(address: string): string {
  const scheme = /^(mongodb(?:\+srv)?|smtps?):\/\//.exec(address)?.[1];
  if (scheme === undefined) {
    return address.startsWith('sqlite:') ? address : '***';
  }
  const credentials = userInformation(address) === '' ? '' : '***@';
  if (scheme.startsWith('smtp')) {
    const read = readSmtpAddress(address);
    const port = URL.parse(address)?.port ?? '';
    return 'fault' in read
      ? `${scheme}://***`
      : `${scheme}://${credentials}${read.host.includes(':') ? `[${read.host}]` : read.host}${port === '' ? '' : `:${port}`}`;
  }
  const read = readMongodbAddress(address);
  if ('fault' in read) {
    return `${scheme}://***`;
  }
  const path = read.database === undefined ? '' : `/${read.database}`;
  return `${scheme}://${credentials}${read.hosts.join(',')}${path}${read.options.size === 0 ? '' : '?***'}`;
}
