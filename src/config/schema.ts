/**
 * Every setting, once: its place in the YAML files, its name in the environment, type, unit, default, one sentence, and
 * whether it is secret. The {@link Config} type, `config/*.yaml`, the table of the README and all messages follow from
 * it.
 *
 * A setting's place is its path in {@link settings} with snake_case names (`lifetime.access_token_jwt`); its name in
 * the environment is that path in upper case, joined by `_` (`LIFETIME_ACCESS_TOKEN_JWT`). A value's unit: durations
 * are seconds in code. Rules about several settings together are in `rules.ts`.
 */
import type { Raw, ValueType } from './value-types.ts';
import {
  addressBlocks,
  choice,
  contact,
  databaseUrl,
  duration,
  flag,
  integer,
  issuer,
  secrets,
  smtpUrl,
  text,
  webPage,
} from './value-types.ts';

/** What kind of place this is; from `NODE_ENV`. Unset is development. */
export const profiles = ['production', 'development', 'test'] as const;
export type Profile = (typeof profiles)[number];

export interface Setting<T> {
  readonly type: ValueType<T>;
  /** The default as it is written in a YAML file; null where there is none (`none` says what happens then). */
  readonly default: Raw;
  /** Where a profile has a different default. */
  readonly production?: Raw;
  readonly test?: Raw;
  /** Whether it may have no value. */
  readonly optional: boolean;
  /** What the settings table says of a default of null. */
  readonly none?: string;
  /** One sentence. */
  readonly sentence: string;
  /** `whole`: never shown. `address`: an address that may carry credentials; those are never shown. */
  readonly secret?: 'whole' | 'address';
  /** An example value for messages. */
  readonly example?: string;
}

type Fields<T> = Omit<Setting<T>, 'type' | 'optional' | 'default'>;

/** A setting that always has a value in the end: its default, or what `rules.ts` derives or requires. */
function define<T>(type: ValueType<T>, defaultValue: Raw, fields: Fields<T>): Setting<T> {
  return { type, default: defaultValue, optional: false, ...fields };
}

/** A setting that may have no value. */
function optional<T>(type: ValueType<T>, fields: Fields<T>): Setting<T | undefined> {
  return {
    type: {
      schema: type.schema,
      expected: type.expected,
      format: (value) => (value === undefined ? '' : type.format(value)),
    },
    default: null,
    optional: true,
    none: 'none',
    ...fields,
  };
}

const memoryRange = { minimum: 1024, maximum: 4_194_304 };
const requestRange = { minimum: 0, maximum: 100_000_000 };

export const settings = {
  issuer: define(issuer, null, {
    sentence: 'The one public address of this server; every URL, cookie flag and mail link derives from it.',
    none: '`http://localhost:PORT`; required in production, https',
    example: 'https://login.example.com',
  }),
  host: define(text('an address to listen on', /^[0-9A-Za-z.:_-]{1,255}$/), '127.0.0.1', {
    production: '0.0.0.0',
    sentence: 'The address to listen on.',
  }),
  port: define(integer({ minimum: 0, maximum: 65_535 }), 3000, {
    sentence: 'The TCP port to listen on; 0 chooses a free one.',
  }),
  database: {
    url: define(databaseUrl, null, {
      sentence: 'Where everything is kept: `sqlite:` and a path, or a MongoDB connection string.',
      none: '`sqlite:DATA_DIR/gatehouse.db`; required in production',
      secret: 'address',
      example: 'mongodb://db1,db2,db3/gatehouse?replicaSet=rs0',
    }),
  },
  secret: define(secrets, null, {
    sentence: 'Keys that cookies and sealing at rest derive from; several are separated by commas, newest first.',
    none: 'made on the first run; required in production',
    secret: 'whole',
  }),
  data: {
    dir: define(text('the path of a folder'), 'data', {
      sentence: 'The folder of what the development profile keeps: database, secret, demo clients.',
    }),
  },
  smtp: {
    url: optional(smtpUrl, {
      sentence:
        'The server that mails are sent through; without it mails wait in the outbox (in development its page shows them).',
      secret: 'address',
      example: 'smtps://user:password@mail.example.com',
    }),
  },
  mail: {
    from: define(
      text('an address such as `Gatehouse <no-reply@example.com>`', /^[^\p{Cc}<>@]*<?[^\s<>@]+@[^\s<>@]+>?$/u),
      null,
      {
        sentence: 'The sender of mails.',
        none: '`no-reply@` and the host of `ISSUER`',
      },
    ),
  },
  views: {
    dir: optional(text('the path of a folder'), {
      sentence: 'A folder whose files replace those of `views/`, one by one.',
    }),
  },
  brand: {
    name: define(text('a name of at most 60 characters', /^[^\p{Cc}]{1,60}$/u), 'Gatehouse', {
      sentence: 'The name that pages and mails show.',
    }),
    logo: optional(
      text('an https address, or a path on this server that begins with `/`', /^(https:\/\/\S+|\/(?![/\\])\S*)$/),
      {
        sentence:
          'The picture that pages and mails show: an https address, or a path on this server such as `/assets/logo.svg`.',
      },
    ),
    logoDark: optional(
      text('an https address, or a path on this server that begins with `/`', /^(https:\/\/\S+|\/(?![/\\])\S*)$/),
      { sentence: 'The same for browsers in dark mode; `BRAND_LOGO` there, too, unless set.' },
    ),
    showName: define(flag, true, {
      sentence: 'Whether the name stands beside the logo; `false` for a logo that contains the name.',
    }),
    color: optional(text('a colour such as `#1f5fbf`', /^#[0-9a-fA-F]{6}$/), {
      sentence: 'The colour of buttons and links, and of the mark where there is no logo; kept readable in both modes.',
    }),
  },
  support: {
    contact: optional(contact, {
      sentence: 'Where users find help; pages and mails show it.',
      example: 'support@example.com',
    }),
  },
  privacy: {
    url: optional(webPage, { sentence: 'Your privacy policy; pages and mails link it.' }),
  },
  terms: {
    url: optional(webPage, { sentence: 'Your terms of service; pages and mails link them.' }),
  },
  log: {
    level: define(choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), 'info', {
      test: 'warn',
      sentence:
        'The least severe log message that is written; logs are JSON on standard error (short lines in development on a terminal).',
    }),
  },
  trustedProxies: define(addressBlocks, [], {
    sentence: 'The proxies whose `X-Forwarded-For` is trusted; it is used for the address of the caller only.',
    none: 'none',
  }),
  metrics: {
    token: optional(text('at least 16 characters without spaces', /^[!-~]{16,500}$/), {
      sentence:
        'What a caller of `/metrics` presents as a Bearer token; without it `/metrics` answers to loopback only.',
      secret: 'whole',
    }),
  },
  session: {
    idle: define(duration('1m', '30d'), '1h', {
      sentence: 'A login session ends after this long without activity; at most 1h in production (NIST SP 800-63B-4).',
    }),
    absolute: define(duration('1m', '30d'), '24h', {
      sentence: 'A login session ends after this long whatever happens; at most 24h in production (NIST SP 800-63B-4).',
    }),
    remember: define(duration('1m', '30d'), '30d', {
      sentence: 'The same for someone who asked to be remembered (at most 30d: NIST SP 800-63B-4, AAL1).',
    }),
  },
  lifetime: {
    code: define(duration('5s', '60s'), '60s', { sentence: 'An authorization code (OWASP ASVS 10.4.3).' }),
    interaction: define(duration('1m', '1h'), '15m', {
      sentence: 'The time for logging in and consenting, from the first page on.',
    }),
    link: define(duration('5m', '24h'), '30m', { sentence: 'A one-time link by which a password is set.' }),
    accessTokenOpaque: define(duration('30s', '24h'), '1h', {
      sentence: 'An opaque access token, where its API names no lifetime.',
    }),
    accessTokenJwt: define(duration('30s', '10m'), '5m', {
      sentence:
        'A JWT access token, where its API names no lifetime; an API that checks it offline accepts it until then.',
    }),
    idToken: define(duration('1m', '24h'), '1h', { sentence: 'An ID token.' }),
    refreshIdle: define(duration('1m', '365d'), '14d', {
      sentence: 'A refresh token that is not used ends after this long.',
    }),
    refreshAbsolute: define(duration('1m', '365d'), '90d', {
      sentence: 'A chain of refresh tokens ends this long after its first one.',
    }),
  },
  password: {
    minimumLength: define(integer({ minimum: 8, maximum: 128 }), 15, {
      sentence: 'The minimum number of characters in a password; not below 15 in production (NIST SP 800-63B-4).',
    }),
    hash: {
      memoryKib: define(integer(memoryRange), 19_456, { sentence: 'Memory of one argon2id hash, in KiB.' }),
      passes: define(integer({ minimum: 1, maximum: 64 }), 2, {
        sentence: 'Passes of one argon2id hash over its memory.',
      }),
      parallelism: define(integer({ minimum: 1, maximum: 16 }), 1, { sentence: 'Lanes of one argon2id hash.' }),
      concurrency: define(integer({ minimum: 1, maximum: 64 }), 2, {
        sentence: 'Hashes that are computed at the same time; more than the machine has cores starves signing.',
      }),
      queueLimit: define(integer({ minimum: 0, maximum: 10_000 }), 64, {
        sentence: 'Hashes that may wait; one more is answered with 503.',
      }),
    },
  },
  throttle: {
    accountFree: define(integer({ minimum: 1, maximum: 100 }), 5, {
      sentence: 'Failed logins of one account before each further one has to wait.',
    }),
    pairFree: define(integer({ minimum: 1, maximum: 100 }), 5, {
      sentence: 'The same for one account from one address.',
    }),
    addressFree: define(integer({ minimum: 1, maximum: 100_000 }), 50, {
      sentence: 'The same for one address (IPv6: its /64), whatever the accounts.',
    }),
    firstWait: define(duration('1s', '1h'), '30s', { sentence: 'The first wait; each further failure doubles it.' }),
    longestWait: define(duration('1s', '24h'), '1h', { sentence: 'The maximum wait.' }),
    accountLimit: define(integer({ minimum: 1, maximum: 100 }), 100, {
      sentence:
        'Failed logins in a row after which a password no longer works until a new one is set (NIST SP 800-63B-4 §3.2.2).',
    }),
  },
  limit: {
    pagesPerAddress: define(integer(requestRange), 60_000, {
      production: 6000,
      sentence: 'Requests a minute from one address at the pages a browser sees; 0 is no limit.',
    }),
    endpointsPerAddress: define(integer(requestRange), 60_000, {
      sentence:
        'Requests a minute from one address at the token, introspection, revocation and userinfo endpoints; 0 is no limit.',
    }),
    endpointsPerClient: define(integer(requestRange), 60_000, {
      sentence: 'Requests a minute of one client at those endpoints; 0 is no limit.',
    }),
    interactionsPerAddress: define(integer(requestRange), 10_000, {
      sentence:
        'Sign-ins and sign-outs that may be begun from one address within `LIFETIME_INTERACTION`, for which each is stored; 0 is no limit. Raise it where more people than that share an address (NAT).',
    }),
  },
  keys: {
    publishAhead: define(duration('0s', '30d'), '10m', {
      sentence:
        'A new signing key is published this long before it signs; in production not less than `KEYS_CACHE_MAX_AGE`.',
    }),
    cacheMaxAge: define(duration('0s', '24h'), '5m', { sentence: 'How long others may cache our published keys.' }),
  },
  request: {
    deadline: define(duration('1s', '60s'), '5s', {
      sentence: 'A request that waits for the database longer than this is answered with 503.',
    }),
  },
  shutdown: {
    notice: define(duration('0s', '1m'), '0s', {
      production: '3s',
      sentence:
        'How long after SIGTERM requests are still taken while `/readyz` answers 503, so that a load balancer sees it first.',
    }),
    drain: define(duration('0s', '10m'), '30s', {
      sentence: 'How long requests under way may take to finish after SIGTERM.',
    }),
  },
  audit: {
    retention: define(duration('1d', '3650d'), '400d', { sentence: 'How long audit events are kept.' }),
  },
  outbound: {
    privateNetworks: define(flag, true, {
      production: false,
      sentence: 'Whether back-channel calls to apps may go to private and loopback addresses.',
    }),
  },
};

interface SettingTree {
  readonly [key: string]: Setting<unknown> | SettingTree;
}

type ValuesOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : ValuesOf<S[K]> };

/**
 * Every setting's value, nested like {@link settings}. Durations are seconds; paths of files and folders are absolute.
 */
export type SettingValues = ValuesOf<typeof settings>;

/** Where a value came from. */
export type Origin = 'default' | 'derived' | 'environment' | 'argument' | 'first run' | `file ${string}`;

/**
 * The configuration, complete and valid. In development `secret` is empty until `ensureDevelopmentSecrets` was called.
 */
export interface Config extends SettingValues {
  readonly profile: Profile;
  /** What is allowed but may be a mistake, in sentences. */
  readonly warnings: readonly string[];
  /** Where each setting's value came from, by its name in the environment. */
  readonly origins: Readonly<Record<string, Origin>>;
}

/** A setting with the names that its place gives it. */
export interface NamedSetting {
  readonly setting: Setting<unknown>;
  /** Names in {@link settings} and {@link Config}: `lifetime`, `accessTokenJwt`. */
  readonly keys: readonly string[];
  /** In the YAML files: `lifetime.access_token_jwt`. */
  readonly path: string;
  /** In the environment: `LIFETIME_ACCESS_TOKEN_JWT`. */
  readonly environmentName: string;
}

function isSetting(node: Setting<unknown> | SettingTree): node is Setting<unknown> {
  return 'sentence' in node && typeof node.sentence === 'string';
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function flatten(tree: SettingTree, parents: readonly string[] = []): NamedSetting[] {
  return Object.entries(tree).flatMap(([key, node]) => {
    const keys = [...parents, key];
    if (!isSetting(node)) {
      return flatten(node, keys);
    }
    const path = keys.map(snakeCase).join('.');
    return [{ setting: node, keys, path, environmentName: path.replaceAll('.', '_').toUpperCase() }];
  });
}

/** Every setting, in the order of {@link settings}. */
export const settingList: readonly NamedSetting[] = flatten(settings as SettingTree);

/** The default of a setting in a profile, as a YAML file would say it. */
export function defaultOf(setting: Setting<unknown>, profile: Profile): Raw {
  const own = profile === 'development' ? undefined : setting[profile];
  return own === undefined ? setting.default : own;
}
