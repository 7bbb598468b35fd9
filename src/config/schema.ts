/**
 * Every setting: its type, default, description, and whether it is secret. The type of the configuration (`config.ts`),
 * `config/default.yaml`, the table in the README and the messages about settings are made from this list.
 *
 * The names follow from the place in {@link settings}: `lifetime.accessTokenJwt` is `lifetime.access_token_jwt` in YAML
 * and `LIFETIME_ACCESS_TOKEN_JWT` in the environment. The values of durations are in seconds. Rules between settings
 * are in `rules.ts`.
 */
import { define, optional } from './setting.ts';
import {
  addressBlocks,
  choice,
  contact,
  databaseUrl,
  domainName,
  domainNames,
  duration,
  flag,
  integer,
  issuer,
  origins,
  languageTags,
  names,
  secrets,
  smtpUrl,
  text,
  webPage,
} from './value-types.ts';

const memoryRange = { minimum: 1024, maximum: 4_194_304 };
const requestRange = { minimum: 0, maximum: 100_000_000 };

export const settings = {
  issuer: define(issuer, null, {
    sentence: 'The public address of this server; all URLs, cookie flags and links in mails are derived from it.',
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
      sentence: 'The database: `sqlite:` and a path, or a MongoDB connection string.',
      none: '`sqlite:DATA_DIR/gatehouse.db`; required in production',
      secret: 'address',
      example: 'mongodb://db1,db2,db3/gatehouse?replicaSet=rs0',
    }),
  },
  secret: define(secrets, null, {
    sentence:
      'The keys that sign cookies and encrypt stored secrets are derived from it; several are separated by commas, newest first.',
    none: 'generated on the first run; required in production',
    secret: 'whole',
  }),
  data: {
    dir: define(text('the path of a folder'), 'data', {
      sentence: 'The folder where the development profile stores its database, secret and demo clients.',
    }),
  },
  smtp: {
    url: optional(smtpUrl, {
      sentence: 'The mail server; without it, mails stay in the outbox (in development a page shows them).',
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
    signIn: define(flag, false, {
      sentence: 'Whether users may sign in with a link or a code that is sent to their email address.',
    }),
  },
  views: {
    dir: optional(text('the path of a folder'), {
      sentence: 'A folder whose files replace the files of `views/` with the same name.',
    }),
  },
  languages: define(languageTags, [], {
    sentence:
      'The languages of pages and mails, the default one first, such as `de,en`; by default all that `views/locales` has, English first.',
    none: 'all',
  }),
  brand: {
    name: define(text('a name of at most 60 characters', /^[^\p{Cc}]{1,60}$/u), 'Gatehouse', {
      sentence: 'The name that pages and mails show.',
    }),
    logo: optional(
      text('an https address, or a path on this server that begins with `/`', /^(https:\/\/\S+|\/(?![/\\])\S*)$/),
      {
        sentence:
          'The logo that pages and mails show: an https address, or a path on this server such as `/assets/logo.svg`.',
      },
    ),
    logoDark: optional(
      text('an https address, or a path on this server that begins with `/`', /^(https:\/\/\S+|\/(?![/\\])\S*)$/),
      { sentence: 'The logo for browsers in dark mode; `BRAND_LOGO` by default.' },
    ),
    showName: define(flag, true, {
      sentence: 'Whether the name is shown beside the logo; use `false` for a logo that contains the name.',
    }),
    color: optional(text('a colour such as `#1f5fbf`', /^#[0-9a-fA-F]{6}$/), {
      sentence:
        'The colour of buttons and links, and of the built-in mark if there is no logo; adjusted so that text is readable in both modes.',
    }),
  },
  support: {
    contact: optional(contact, {
      sentence: 'Where users get help; pages and mails show it.',
      example: 'support@example.com',
    }),
  },
  privacy: {
    url: optional(webPage, { sentence: 'Your privacy policy; pages and mails link to it.' }),
  },
  terms: {
    url: optional(webPage, { sentence: 'Your terms of service; pages and mails link to them.' }),
  },
  log: {
    level: define(choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), 'info', {
      test: 'warn',
      sentence:
        'The minimum severity of log messages; logs are JSON on standard error (short lines in development on a terminal).',
    }),
  },
  trustedProxies: define(addressBlocks, [], {
    sentence: 'The proxies whose `X-Forwarded-For` is trusted; only the address of the caller is read from it.',
    none: 'none',
  }),
  metrics: {
    token: optional(text('at least 16 characters without spaces', /^[!-~]{16,500}$/), {
      sentence:
        'The Bearer token that callers of `/metrics` must send; without it, `/metrics` answers only callers on loopback.',
      secret: 'whole',
    }),
  },
  session: {
    idle: define(duration('1m', '30d'), '1h', {
      sentence: 'A login session ends after this long without activity; at most 1h in production (NIST SP 800-63B-4).',
    }),
    absolute: define(duration('1m', '30d'), '24h', {
      sentence:
        'A login session ends after this long even with activity; at most 24h in production (NIST SP 800-63B-4).',
    }),
    remember: define(duration('1m', '30d'), '30d', {
      sentence: 'Both limits for a user who chose to be remembered (at most 30d: NIST SP 800-63B-4, AAL1).',
    }),
  },
  lifetime: {
    code: define(duration('5s', '60s'), '60s', { sentence: 'Lifetime of an authorization code (OWASP ASVS 10.4.3).' }),
    interaction: define(duration('1m', '1h'), '15m', {
      sentence: 'The time for login and consent, from the first page on.',
    }),
    link: define(duration('5m', '24h'), '30m', {
      sentence: 'Lifetime of a one-time link: for setting a password, confirming an email address, or signing up.',
    }),
    invitation: define(duration('1h', '30d'), '7d', { sentence: 'Lifetime of an invitation.' }),
    accessTokenOpaque: define(duration('30s', '24h'), '1h', {
      sentence: 'Lifetime of an opaque access token, unless its API has its own.',
    }),
    accessTokenJwt: define(duration('30s', '10m'), '5m', {
      sentence:
        'Lifetime of a JWT access token, unless its API has its own; an API that checks it offline accepts it until then.',
    }),
    idToken: define(duration('1m', '24h'), '1h', { sentence: 'Lifetime of an ID token.' }),
    refreshIdle: define(duration('1m', '365d'), '14d', {
      sentence: 'A refresh token expires if it is not used for this long.',
    }),
    refreshAbsolute: define(duration('1m', '365d'), '90d', {
      sentence: 'A family of refresh tokens expires this long after its first token.',
    }),
    refreshRetry: define(duration('0s', '60s'), '30s', {
      sentence:
        'A client that repeats a refresh within this time gets the same response; later, it counts as a theft. A client may have its own.',
    }),
    personalAccessToken: define(duration('1h', '3650d'), '365d', {
      sentence: 'The maximum lifetime of a personal access token; its user chooses how long within this.',
    }),
  },
  signUp: define(choice('closed', 'invitation', 'domains', 'open'), 'closed', {
    sentence:
      'Who can get an account without an operator: nobody; those who were invited; also everybody with an address of `SIGN_UP_DOMAINS`; or everybody.',
  }),
  signUpDomains: define(domainNames, [], {
    sentence: 'The domains of email addresses whose owners can make an account, if `SIGN_UP` is `domains`.',
    none: 'none',
  }),
  password: {
    minimumLength: define(integer({ minimum: 8, maximum: 128 }), 15, {
      sentence:
        'The minimum number of characters in a password; below 15 in production only with `SECOND_FACTOR=all` (NIST SP 800-63B-4).',
    }),
    hash: {
      memoryKib: define(integer(memoryRange), 19_456, { sentence: 'Memory of one argon2id hash, in KiB.' }),
      passes: define(integer({ minimum: 1, maximum: 64 }), 2, {
        sentence: 'Passes of one argon2id hash over its memory.',
      }),
      parallelism: define(integer({ minimum: 1, maximum: 16 }), 1, { sentence: 'Lanes of one argon2id hash.' }),
      concurrency: define(integer({ minimum: 1, maximum: 64 }), 2, {
        sentence:
          'Maximum number of hashes computed at the same time; more than the number of cores slows down signing.',
      }),
      queueLimit: define(integer({ minimum: 0, maximum: 10_000 }), 64, {
        sentence: 'Maximum number of hashes that wait; further requests are answered with 503.',
      }),
    },
  },
  passkey: {
    enabled: define(flag, true, {
      sentence: 'Whether users can make passkeys and sign in with them.',
    }),
    offer: define(flag, true, {
      sentence:
        'Whether a user without a passkey is offered one after signing in with a password, once, in a browser that can make one.',
    }),
    rpId: optional(domainName, {
      sentence:
        'The domain that passkeys are made for (the RP ID of WebAuthn): the host of `ISSUER` or a domain above it. If it changes, all passkeys stop working.',
      none: 'the host of `ISSUER`',
      example: 'example.com',
    }),
    origins: define(origins, [], {
      sentence:
        'Other origins within `PASSKEY_RP_ID` whose pages may use passkeys, such as the origin that `ISSUER` had before.',
      none: 'only `ISSUER`',
    }),
  },
  secondFactor: define(choice('optional', 'administrators', 'groups', 'all'), 'administrators', {
    sentence:
      'Who must sign in with a second factor: nobody, administrators, members of `SECOND_FACTOR_GROUPS` and administrators, or everybody; a user who has none sets one up while signing in.',
  }),
  secondFactorGroups: define(names, [], {
    sentence: 'The groups whose members must have a second factor; only for `SECOND_FACTOR=groups`.',
    none: 'none',
  }),
  secondFactorRemember: define(duration('0s', '90d'), '30d', {
    sentence:
      'How long a user who chose so is not asked for a second factor on the same device; 0s: asked at each sign-in.',
  }),
  throttle: {
    accountFree: define(integer({ minimum: 1, maximum: 100 }), 5, {
      sentence: 'Failed logins of one account before further attempts must wait.',
    }),
    pairFree: define(integer({ minimum: 1, maximum: 100 }), 5, {
      sentence: 'The same for one account from one address.',
    }),
    addressFree: define(integer({ minimum: 1, maximum: 100_000 }), 50, {
      sentence: 'The same for one address (IPv6: its /64) and all accounts together.',
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
      sentence: 'Maximum number of requests for pages per minute from one address; 0 means no limit.',
    }),
    endpointsPerAddress: define(integer(requestRange), 60_000, {
      sentence:
        'Maximum number of requests per minute from one address to the token, introspection, revocation and userinfo endpoints; 0 means no limit.',
    }),
    endpointsPerClient: define(integer(requestRange), 60_000, {
      sentence: 'Maximum number of requests per minute of one client to the same endpoints; 0 means no limit.',
    }),
    revocationsPerClient: define(integer(requestRange), 3000, {
      sentence:
        'Maximum number of requests per minute of one client to the revocation endpoint; 0 means no limit. Each end stays in the memory of every instance and API until no token from before it is valid any more.',
    }),
    interactionsPerAddress: define(integer(requestRange), 10_000, {
      sentence:
        'Maximum number of sign-ins and sign-outs started from one address within `LIFETIME_INTERACTION` (each is stored for this time); 0 means no limit. Raise it if more users than that share an address (NAT).',
    }),
    feedReaders: define(integer({ minimum: 1, maximum: 5000 }), 1000, {
      sentence: 'Maximum number of connections of this process that receive the revocation feed as events.',
    }),
    feedReadersPerAddress: define(integer({ minimum: 1, maximum: 5000 }), 100, {
      sentence: 'The same from one address (IPv6: its /64). Raise it if more API processes than that share an address.',
    }),
  },
  keys: {
    publishAhead: define(duration('0s', '30d'), '10m', {
      sentence:
        'A new signing key is published this long before it signs; in production at least `KEYS_CACHE_MAX_AGE`.',
    }),
    cacheMaxAge: define(duration('0s', '24h'), '5m', { sentence: 'How long others may cache the published keys.' }),
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
        'How long new requests are still accepted after SIGTERM while `/readyz` answers 503, so that load balancers notice it first.',
    }),
    drain: define(duration('0s', '10m'), '30s', {
      sentence: 'How long requests in progress may take to finish after SIGTERM.',
    }),
  },
  deletion: {
    gracePeriod: define(duration('1h', '90d'), '7d', {
      sentence: 'How long users can undo the deletion of their account; until then it is locked.',
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
    allow: define(addressBlocks, [], {
      sentence:
        'The private networks that back-channel calls to apps may reach in production, such as `172.30.0.0/24`; link-local and metadata addresses are never called.',
      none: 'none',
    }),
  },
};
