/**
 * The types of settings. Each has a zod schema for a raw value (a string from the environment or a file, or a YAML
 * scalar or list), and a phrase for what is expected, which is used in messages and in `config/default.yaml`.
 */
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { readMongodbAddress, readSmtpAddress } from '../connection-strings.ts';
import { parseSecrets } from './secret-list.ts';

/** The value of a setting in a YAML file or in the environment. */
export type Raw = string | number | boolean | null | readonly string[];

/** The type of a setting. */
export interface ValueType<T> {
  /** Turns a raw value into the setting's value. The message of an issue does not contain the value. */
  readonly schema: z.ZodType<T>;
  /** What is expected, as the end of "expected …". */
  readonly expected: string;
  /** Writes a value as it could be set; the entries of a list are separated by commas. */
  readonly format: (value: T) => string;
}

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Writes seconds in the largest unit that divides them evenly (`90d`, `10m`, `45s`). */
export function formatDuration(seconds: number): string {
  for (const unit of ['d', 'h', 'm']) {
    const size = secondsPerUnit[unit] ?? 1;
    if (seconds > 0 && seconds % size === 0) {
      return `${seconds / size}${unit}`;
    }
  }
  return `${seconds}s`;
}

/** @returns seconds, or undefined if the text is not a duration. */
function parseDuration(raw: string | number): number | undefined {
  const match = /^(\d+)([smhd]?)$/.exec(String(raw).trim());
  if (match?.[1] === undefined) {
    return undefined;
  }
  return Number(match[1]) * (secondsPerUnit[match[2] ?? ''] ?? 1);
}

/** A span of time: `30s`, `10m`, `1h`, `14d`, or a plain number of seconds. The value is seconds. */
export function duration(minimum: string, maximum: string): ValueType<number> {
  const minSeconds = parseDuration(minimum) ?? 0;
  const maxSeconds = parseDuration(maximum) ?? 0;
  const expected = `a duration from ${minimum} to ${maximum} (such as 30s, 10m, 1h or 14d; a plain number is seconds)`;
  const schema = z.union([z.string(), z.number()]).transform((raw, context) => {
    const seconds = parseDuration(raw);
    if (seconds === undefined || seconds < minSeconds || seconds > maxSeconds) {
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
    return seconds;
  });
  return { schema, expected, format: formatDuration };
}

/** A whole number within a range. */
export function integer({ minimum, maximum }: Range): ValueType<number> {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  const schema = z.union([z.string(), z.number()]).transform((raw, context) => {
    const value = /^\d{1,15}$/.test(String(raw).trim()) ? Number(raw) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    }
    return value;
  });
  return { schema, expected, format: String };
}

/** `true` or `false`. */
export const flag: ValueType<boolean> = {
  schema: z.union([z.boolean(), z.enum(['true', 'false']).transform((raw) => raw === 'true')]),
  expected: '`true` or `false`',
  format: String,
};

/** One of a few words. */
export function choice<const T extends string>(...words: readonly [T, ...T[]]): ValueType<T> {
  return { schema: z.enum(words), expected: `one of ${words.map((word) => `\`${word}\``).join(', ')}`, format: String };
}

/** One line of text, trimmed, without control characters. */
export function text(expected = 'a line of text', pattern = /^[^\p{Cc}]{1,1000}$/u): ValueType<string> {
  return { schema: z.string().trim().regex(pattern, expected), expected, format: String };
}

function isWebPage(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && /^[!-~]{1,1000}$/.test(value);
}

/** The https address of a web page. */
export const webPage: ValueType<string> = {
  schema: z.string().trim().refine(isWebPage, 'an https address such as https://example.com/page'),
  expected: 'an https address such as `https://example.com/page`',
  format: String,
};

/** Where users get help: a mail address, a telephone number (RFC 3966), or the https address of a page. */
export const contact: ValueType<string> = {
  schema: z
    .string()
    .trim()
    .refine(
      (raw) =>
        isWebPage(raw) ||
        /^tel:\+?\d[\d .()-]{2,30}$/.test(raw) ||
        (/^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/.test(raw) && raw.length <= 254),
      'a mail address, `tel:` and a number, or an https address',
    ),
  expected: 'a mail address, `tel:` and a number, or an https address',
  format: String,
};

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an address of this server can be reached only from this machine; http is allowed only for these. */
export function isLoopback(url: URL): boolean {
  return loopbackHosts.has(url.hostname);
}

function issuerFault(url: URL): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return 'an address that begins with https://';
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    return 'https: plain http is allowed only for localhost, 127.0.0.1 and [::1]';
  }
  if (url.username !== '' || url.password !== '') {
    return 'an address without a user name and password in it';
  }
  if (url.pathname !== '/') {
    return 'an address without a path, since the server needs its own host name';
  }
  return undefined;
}

/**
 * The public address of this server: an origin without a trailing slash, since `iss` is compared as a string and has no
 * query or fragment (OIDC Core §2). A path is rejected: `__Host-` cookies and the well-known addresses belong to a
 * whole host.
 */
export const issuer: ValueType<string> = {
  schema: z.string().transform((raw, context) => {
    const url = URL.parse(raw.trim());
    const fault =
      url === null
        ? 'an address such as https://login.example.com'
        : /[?#]/.test(raw)
          ? 'an address without a query or fragment'
          : issuerFault(url);
    if (url === null || fault !== undefined) {
      context.addIssue({ code: 'custom', message: fault ?? '' });
      return z.NEVER;
    }
    return url.origin;
  }),
  expected: 'an https address such as https://login.example.com, without path, query, fragment or credentials',
  format: String,
};

function mongodbFault(raw: string): string | undefined {
  const read = readMongodbAddress(raw);
  return 'fault' in read ? read.fault : undefined;
}

/** `sqlite:` and a file's path, or a MongoDB connection string whose options do not weaken acknowledged writes. */
export const databaseUrl: ValueType<string> = {
  schema: z.string().transform((raw, context) => {
    const value = raw.trim();
    if (/^sqlite:(?!:memory:).+$/.test(value)) {
      return value;
    }
    const other = value.startsWith('sqlite:')
      ? '`sqlite:` and the path of a file'
      : '`sqlite:` and a path, or an address that begins with mongodb:// or mongodb+srv://';
    const fault = /^mongodb(\+srv)?:\/\/.+$/.test(value) ? mongodbFault(value) : other;
    if (fault !== undefined) {
      context.addIssue({ code: 'custom', message: fault });
      return z.NEVER;
    }
    return value;
  }),
  expected: '`sqlite:` and a path, or `mongodb://…`',
  format: String,
};

/** The address of a mail server. */
export const smtpUrl: ValueType<string> = {
  schema: z
    .string()
    .trim()
    .transform((raw, context) => {
      const read = readSmtpAddress(raw);
      if ('fault' in read) {
        context.addIssue({ code: 'custom', message: read.fault });
        return z.NEVER;
      }
      return raw;
    }),
  expected: 'an address such as `smtps://user:password@mail.example.com`',
  format: String,
};

/** Keys of at least 32 bytes, newest first. */
export const secrets: ValueType<readonly Buffer[]> = {
  schema: z.string().transform((raw, context) => {
    const parsed = parseSecrets(raw);
    if ('fault' in parsed) {
      context.addIssue({ code: 'custom', message: parsed.fault });
      return z.NEVER;
    }
    return parsed.secrets;
  }),
  expected: 'base64, base64url or hex of at least 32 random bytes; several are separated by commas, newest first',
  format: (keys) => keys.map((key) => key.toString('base64url')).join(','),
};

/** Language tags (RFC 5646) as the names of catalogues are written. */
export const languageTags: ValueType<readonly string[]> = {
  schema: z
    .union([z.string().transform((raw) => raw.split(',')), z.array(z.string())])
    .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))
    .refine(
      (entries) => entries.every((entry) => /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(entry)),
      'language tags such as de or pt-BR, separated by commas',
    ),
  expected: 'language tags such as `de` or `pt-BR`, separated by commas',
  format: (entries) => entries.join(','),
};

/** Whether the text is an IP address or a CIDR block, in the usual notation. */
function isAddressBlock(entry: string): boolean {
  const address = entry.split('/')[0] ?? '';
  const usual = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return usual && (entry.includes('/') ? ipaddr.isValidCIDR(entry) : true);
}

/** Names without commas. */
export const names: ValueType<readonly string[]> = {
  schema: z
    .union([z.string().transform((raw) => raw.split(',')), z.array(z.string())])
    .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))
    .refine((entries) => entries.every((entry) => /^[^\p{Cc},]{1,64}$/u.test(entry)), 'names, separated by commas'),
  expected: 'names, separated by commas',
  format: (entries) => entries.join(','),
};

/** IP addresses and CIDR blocks. */
export const addressBlocks: ValueType<readonly string[]> = {
  schema: z
    .union([z.string().transform((raw) => raw.split(',')), z.array(z.string())])
    .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))
    .refine(
      (entries) => entries.every(isAddressBlock),
      'IP addresses or CIDR blocks such as 10.0.0.0/8, separated by commas',
    ),
  expected: 'IP addresses or CIDR blocks such as `10.0.0.0/8`, separated by commas',
  format: (entries) => entries.join(','),
};

/** A domain name without scheme and port, in lower case. Not an IP address (WebAuthn §5.1.2, the RP ID). */
export const domainName: ValueType<string> = {
  schema: z
    .string()
    .trim()
    .toLowerCase()
    .refine(isDomainName, 'a domain name such as example.com, without scheme and port'),
  expected: 'a domain name such as `example.com`, without scheme and port',
  format: String,
};

/** Domain names, in lower case and ASCII, as in the keys of email addresses (RFC 5890). */
export const domainNames: ValueType<readonly string[]> = {
  schema: z
    .union([z.string().transform((raw) => raw.split(',')), z.array(z.string())])
    .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))
    .transform((entries) => entries.map((entry) => domainToASCII(entry)))
    .refine((entries) => entries.every(isDomainName), 'domain names such as example.com, separated by commas'),
  expected: 'domain names such as `example.com`, separated by commas',
  format: (entries) => entries.join(','),
};

/** Whether it is a domain name, not an IP address: its last label is not a number. */
export function isDomainName(host: string): boolean {
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  return new RegExp(`^(?:${label}\\.)*(?=[a-z])${label}$`).test(host) && host.length <= 253;
}

/** Whether the text is the origin of a web page: a scheme, a host, and a port that is not the default one. */
function isOrigin(entry: string): boolean {
  const url = URL.parse(entry);
  return (
    url !== null && url.origin === entry && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
  );
}

/** Origins of web pages. */
export const origins: ValueType<readonly string[]> = {
  schema: z
    .union([z.string().transform((raw) => raw.split(',')), z.array(z.string())])
    .transform((entries) => entries.map((entry) => entry.trim()).filter((entry) => entry !== ''))
    .refine(
      (entries) => entries.every(isOrigin),
      'https origins such as https://login.example.com, without a slash at the end, separated by commas',
    ),
  expected: 'https origins such as `https://login.example.com`, separated by commas',
  format: (entries) => entries.join(','),
};
