/**
 * Reads the addresses that contain a password, `DATABASE_URL` for MongoDB and `SMTP_URL`. This is one file, so that
 * checking, masking and connecting read an address in the same way.
 *
 * Characters of a user name or password that separate parts of an address must be percent-encoded (RFC 3986 §2.1,
 * §3.2.1). Otherwise a parser reads a part of the password as a host, connects there, and logs it. So such addresses
 * are rejected with that reason before they are parsed. No fault that is returned here contains the address.
 */
import { createRequire } from 'node:module';
import type * as ConnectionStringLibrary from 'mongodb-connection-string-url';

/** What is expected instead, as the end of "expected …". */
export interface AddressFault {
  readonly fault: string;
}

export interface MongodbAddress {
  /** Each is `host` or `host:port`; for `mongodb+srv:` the name of the SRV record. */
  readonly hosts: readonly string[];
  /** The database named in the path, if there is one. */
  readonly database: string | undefined;
  /** Options by their names in lower case. */
  readonly options: ReadonlyMap<string, string>;
}

export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  /** Whether TLS is used from the start of the connection (`smtps:`). */
  readonly secure: boolean;
  readonly username: string;
  readonly password: string;
}

const encoding =
  'a user name and password in which each of : / ? # [ ] @ and % is percent-encoded (%3A %2F %3F %23 %5B %5D %40 %25)';

/**
 * The text between `scheme://` and the last `@`: it contains the user name and password even if they are not encoded.
 */
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

/** The driver's own parser. Loaded only when needed, because loading takes tens of milliseconds, also on SQLite. */
function parseConnectionString(text: string): ConnectionStringLibrary.ConnectionString | undefined {
  const library = requireModule('mongodb-connection-string-url') as typeof ConnectionStringLibrary;
  try {
    return new library.ConnectionString(text);
  } catch {
    return undefined;
  }
}

/** MongoDB's own databases: for users, for unreplicated data, and for the server's configuration. */
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

/** Options that could lose an acknowledged write, show a revoked token as valid, or allow a false server. */
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
 * Reads a MongoDB connection string, and rejects unsafe options. Whether the driver knows each option is not checked
 * here.
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

/** Reads the address of a mail server: only host, port, user name and password are allowed. */
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
 * An address without user name, password and options, for display. Of an address that cannot be read only the scheme is
 * shown. The path of `sqlite:` is shown unchanged.
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
