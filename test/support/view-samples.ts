/**
 * Sample models of every page, for tests. Each view has a sample `complete` in which every optional variable is
 * present, and more samples for its other states. A view without a sample does not compile.
 */
import type { MailModels, ViewContext, ViewModels } from '../../src/views.ts';
import { accountSamples } from './view-samples/account.ts';
import { secondFactorSamples } from './view-samples/second-factors.ts';
import { emailSamples } from './view-samples/email.ts';
import { recoverySamples } from './view-samples/recovery.ts';
import { passkeySamples } from './view-samples/passkeys.ts';
import { ada, archive, before, day, firefox, photos, sampleNow, type Samples } from './view-samples/samples.ts';
import { signInMailSamples } from './sign-in-mail-samples.ts';

export { sampleNow } from './view-samples/samples.ts';

const login = {
  action: '/interaction/Xq3v/login',
  csrf: 'csrf-value',
  remember: false,
  client: { name: 'Prints' },
  reauthentication: false,
  ways: [],
};
const prints = { name: 'Prints', host: 'prints.example', dynamicIdentity: false };
const signUp = { action: '/interaction/Xq3v/sign-up', csrf: 'csrf-value', signIn: '/interaction/Xq3v/login' };
const noAccess = {
  csrf: 'csrf-value',
  anotherAccount: '/interaction/Xq3v/login',
  cancelAction: '/interaction/Xq3v/cancel',
  client: { name: 'Prints' },
};
const nothing = { identity: [], claims: [], apis: [] };
const failure = {
  status: 400,
  kind: 'general',
  reference: 'r-7f3k9q2m',
  next: { action: 'home', uri: '/' },
} as const;
const toPrints = { action: 'app', uri: 'https://prints.example/', app: 'Prints' } as const;

const providerWays = (['google', 'github', 'microsoft', 'gitlab', 'apple'] as const).map((icon) => ({
  code: 'provider' as const,
  kind: 'button' as const,
  method: 'post' as const,
  action: `/interaction/Xq3v/upstream/${icon}`,
  provider: { name: icon, icon },
}));

export const viewSamples: Samples<ViewModels> = {
  ...secondFactorSamples,
  'interaction/login': {
    complete: {
      ...login,
      ways: [
        { code: 'passkey', kind: 'button', method: 'get', action: '/interaction/Xq3v/passkey' },
        {
          code: 'provider',
          kind: 'button',
          method: 'post',
          action: '/interaction/Xq3v/providers/example',
          provider: { name: 'Example' },
        },
        { code: 'forgot-password', kind: 'link', method: 'get', action: '/interaction/Xq3v/forgot-password' },
      ],
      passkey: { action: '/interaction/Xq3v/passkey', options: '{"challenge":"Y2hhbGxlbmdl"}' },
      cancelAction: '/interaction/Xq3v/cancel',
      email: 'ada@example.com',
      remember: true,
      error: 'throttled',
      problem: { code: 'unavailable', provider: 'Example' },
      retryAfter: 40,
    },
    'after a provider': {
      ...login,
      ways: providerWays,
      cancelAction: '/interaction/Xq3v/cancel',
      problem: { code: 'unlinked', provider: 'GitHub' },
    },
    fresh: { ...login, cancelAction: '/interaction/Xq3v/cancel' },
    wrong: { ...login, email: 'ada@example.com', error: 'invalid_credentials' },
    'many from here': { ...login, email: 'ada@example.com', error: 'throttled_address', retryAfter: 40 },
    again: { ...login, email: 'ada@example.com', reauthentication: true },
  },
  ...signInMailSamples,
  'interaction/link-provider': {
    complete: {
      action: '/interaction/Xq3v/link-provider',
      csrf: 'csrf-value',
      provider: { name: 'GitHub', email: 'ada@lovelace.example' },
      user: { email: ada.email },
      client: { name: 'Prints' },
    },
    nameless: {
      action: '/interaction/Xq3v/link-provider',
      csrf: 'csrf-value',
      provider: { name: 'GitHub' },
      user: { email: ada.email },
      client: { name: 'Prints' },
    },
  },
  'account/providers': {
    complete: {
      csrf: 'csrf-value',
      notice: { code: 'linked', provider: 'GitHub' },
      links: [
        {
          provider: { name: 'GitHub', icon: 'github' },
          email: 'ada@lovelace.example',
          linkedAt: before(40 * day),
          lastUsedAt: before(3_600_000),
          action: '/account/providers/links/one/remove',
        },
      ],
      available: [
        { name: 'GitHub', icon: 'github', action: '/account/providers/github/link' },
        { name: 'Staff', action: '/account/providers/staff/link' },
      ],
    },
    'the last way': {
      csrf: 'csrf-value',
      notice: { code: 'last-way', provider: 'GitHub' },
      links: [{ provider: { name: 'GitHub' }, linkedAt: before(40 * day), lastUsedAt: before(3_600_000) }],
      available: [],
    },
    none: { csrf: 'csrf-value', links: [], available: [{ name: 'Staff', action: '/account/providers/staff/link' }] },
  },
  'interaction/select-account': {
    complete: {
      action: '/interaction/Xq3v/select-account',
      cancelAction: '/interaction/Xq3v/cancel',
      csrf: 'csrf-value',
      user: ada,
      client: { name: 'Prints' },
    },
    nameless: {
      action: '/interaction/Xq3v/select-account',
      cancelAction: '/interaction/Xq3v/cancel',
      csrf: 'csrf-value',
      user: { email: ada.email },
      client: { name: 'Prints' },
    },
  },
  'interaction/no-access': {
    complete: { ...noAccess, reason: 'app', user: ada },
    scopes: { ...noAccess, reason: 'scopes', user: { email: ada.email } },
  },
  'interaction/sign-up': {
    complete: {
      ...signUp,
      client: { name: 'Prints' },
      email: 'ada@example.org',
      domains: ['example.com', 'mail.example.com'],
      error: 'throttled',
      retryAfter: 40,
    },
    fresh: { ...signUp, client: { name: 'Prints' }, domains: [] },
    domain: { ...signUp, client: { name: 'Prints' }, domains: ['example.com'], error: 'domain' },
  },
  'interaction/sign-up-sent': {
    complete: {
      ...signUp,
      email: 'ada@example.com',
      again: '/interaction/Xq3v/sign-up?again',
      error: 'throttled',
      retryAfter: 40,
      provider: { name: 'GitHub' },
    },
    fresh: { ...signUp, email: 'ada@example.com', again: '/interaction/Xq3v/sign-up?again' },
    wrong: { ...signUp, email: 'ada@example.com', again: '/interaction/Xq3v/sign-up?again', error: 'code' },
  },
  'interaction/provider-sign-up': {
    complete: {
      ...signUp,
      client: { name: 'Prints' },
      provider: { name: 'GitHub' },
      email: 'ada@example.org',
      isGiven: false,
      error: 'throttled',
      retryAfter: 40,
    },
    given: {
      ...signUp,
      client: { name: 'Prints' },
      provider: { name: 'GitHub' },
      email: 'ada@example.org',
      isGiven: true,
    },
    fresh: { ...signUp, client: { name: 'Prints' }, provider: { name: 'GitHub' }, isGiven: false },
  },
  'interaction/new-account': {
    complete: {
      ...signUp,
      email: 'ada@example.com',
      isInvited: true,
      name: 'Ada Lovelace',
      minimumLength: 15,
      error: 'too_short',
    },
    fresh: { ...signUp, email: 'ada@example.com', isInvited: false, minimumLength: 15 },
    common: { ...signUp, email: 'ada@example.com', isInvited: false, minimumLength: 15, error: 'common' },
    name: { ...signUp, email: 'ada@example.com', isInvited: false, minimumLength: 15, error: 'name' },
  },
  'interaction/consent': {
    complete: {
      action: '/interaction/Xq3v/consent',
      csrf: 'csrf-value',
      client: { ...prints, dynamicIdentity: true },
      user: ada,
      anotherAccount: '/interaction/Xq3v/login',
      occasion: 'more',
      asked: { identity: ['email', 'seldom'], claims: [{ name: 'phone_number', scope: 'phone' }], apis: [photos] },
      allowedBefore: { identity: ['openid'], claims: [], apis: [archive] },
      offline: { isNew: true },
      until: new Date(sampleNow.getTime() + 30 * day),
      required: [],
      refused: [],
      endsAt: undefined,
      endsAfter: [86_400, 604_800],
    },
    first: {
      action: '/interaction/Xq3v/consent',
      csrf: 'csrf-value',
      client: prints,
      user: { email: ada.email },
      anotherAccount: '/interaction/Xq3v/login',
      occasion: 'first',
      asked: { identity: ['openid', 'profile'], claims: [], apis: [photos] },
      allowedBefore: nothing,
      offline: undefined,
      until: undefined,
      required: [],
      refused: [],
      endsAt: undefined,
      endsAfter: [86_400, 604_800],
    },
    again: {
      action: '/interaction/Xq3v/consent',
      csrf: 'csrf-value',
      client: prints,
      user: ada,
      anotherAccount: '/interaction/Xq3v/login',
      occasion: 'again',
      asked: { identity: ['openid', 'profile'], claims: [], apis: [photos] },
      allowedBefore: nothing,
      offline: { isNew: false },
      until: new Date(sampleNow.getTime() + 90 * day),
      required: [],
      refused: [],
      endsAt: new Date(sampleNow.getTime() + 5 * day),
      endsAfter: [86_400, 604_800],
    },
    long: {
      action: '/interaction/Xq3v/consent',
      csrf: 'csrf-value',
      client: prints,
      user: ada,
      anotherAccount: '/interaction/Xq3v/login',
      occasion: 'first',
      asked: {
        identity: ['openid', 'profile', 'email', 'address', 'phone', 'groups'],
        claims: [],
        apis: [photos, archive],
      },
      allowedBefore: nothing,
      offline: undefined,
      until: undefined,
      required: ['email', 'photos:read'],
      refused: ['profile', 'https://photos.example/api photos:write'],
      endsAt: undefined,
      endsAfter: [86_400, 604_800],
    },
  },
  forward: {
    complete: {
      to: 'app',
      action: 'https://prints.example/callback',
      fields: [{ name: 'state', value: 'a "state" & more' }],
      client: { name: 'Prints' },
    },
    nameless: { to: 'app', action: 'https://prints.example/callback', fields: [] },
    account: { to: 'account', action: '/logout/confirm', fields: [{ name: 'xsrf', value: 'xsrf-value' }] },
    signedOut: { to: 'signed-out', action: '/logout/confirm', fields: [{ name: 'xsrf', value: 'xsrf-value' }] },
  },
  'logout/confirm': {
    complete: {
      action: '/session/end/confirm',
      xsrf: 'xsrf-value',
      client: { name: 'Prints' },
      autoSubmit: true,
      technical: {
        message: 'post_logout_redirect_uri is not registered for this client.',
        comparison: {
          label: 'post_logout_redirect_uri',
          received: 'https://prints.example/bye/',
          registered: ['https://prints.example/bye'],
        },
        hint: 'Let the app send exactly what is registered.',
      },
    },
    plain: { action: '/session/end/confirm', xsrf: 'xsrf-value', autoSubmit: false },
  },
  'logout/done': {
    complete: { signedIn: false, client: { name: 'Prints' }, returnUri: 'https://prints.example/goodbye' },
    plain: { signedIn: false },
    nameless: { signedIn: false, returnUri: 'https://prints.example/goodbye' },
    stayed: { signedIn: true },
  },
  error: {
    complete: {
      ...failure,
      kind: 'redirect_uri',
      message: "redirect_uri did not match any of the client's registered redirect_uris",
      retryAfter: 2,
      next: toPrints,
      comparison: {
        label: 'redirect_uri',
        received: 'https://prints.example/callback/',
        registered: ['https://prints.example/callback', 'https://staging.prints.example/callback'],
      },
      hint: 'Register the address exactly as the app sends it:',
      command: 'npx gatehouse client update <id> --redirect-uri …',
      setting: {
        library: 'Auth.js or next-auth',
        text: 'The address begins with AUTH_URL. Behind a proxy it also needs AUTH_TRUST_HOST=true.',
        presets: ['authjs', 'next-auth'],
      },
    },
    general: { ...failure, status: 500 },
    expired: { ...failure, kind: 'expired', next: toPrints },
    alreadySignedIn: { ...failure, kind: 'already_signed_in', next: toPrints },
    goesOn: { ...failure, kind: 'already_signed_in', next: { action: 'continue', uri: '/interaction/Xq3v' } },
    staleForm: { ...failure, status: 403, kind: 'stale_form', next: { action: 'reload', uri: '/account' } },
    foreignForm: { ...failure, status: 403, kind: 'foreign_form' },
    usedLink: { ...failure, status: 410, kind: 'used_link', next: { action: 'sign-in', uri: '/account' } },
    wrongHost: {
      ...failure,
      status: 421,
      kind: 'wrong_host',
      message: 'This server answers at https://id.example.com.',
      next: { action: 'address', uri: 'https://id.example.com' },
    },
    unknownClient: {
      ...failure,
      kind: 'unknown_client',
      message: 'no client has the id "prinst"',
      comparison: { label: 'client_id', received: 'prinst', registered: [] },
    },
    sameAsRegistered: {
      ...failure,
      comparison: { label: 'redirect_uri', received: 'https://a.example/', registered: ['https://a.example/'] },
    },
    missingPart: {
      ...failure,
      comparison: { label: 'redirect_uri', received: 'https://a.example', registered: ['https://a.example/'] },
    },
    otherPart: {
      ...failure,
      comparison: { label: 'redirect_uri', received: 'http://a.example/cb', registered: ['http://b.example/cb'] },
    },
    unavailable: {
      ...failure,
      status: 503,
      kind: 'unavailable',
      retryAfter: 2,
      next: { action: 'retry', uri: '/account' },
    },
    throttled: {
      ...failure,
      status: 429,
      kind: 'throttled',
      retryAfter: 300,
      next: { action: 'retry', uri: '/account' },
    },
    notFound: { ...failure, status: 404, kind: 'not_found' },
    accessDenied: { ...failure, status: 403, kind: 'access_denied' },
  },
  home: {
    complete: {
      issuer: 'http://localhost:3000',
      signedIn: false,
      development: true,
      warnings: [{ clientId: 'prints', text: 'scopes were ignored: photos:reed (nothing has this scope)' }],
      setupOpen: true,
      notice: 'signed-out',
    },
    production: {
      issuer: 'https://id.example.com',
      signedIn: false,
      development: false,
      warnings: [],
      setupOpen: false,
    },
  },
  ...accountSamples,
  ...recoverySamples,
  ...emailSamples,
  ...passkeySamples,
  'account/set-password': {
    complete: {
      action: '/set-password/token',
      csrf: 'csrf-value',
      email: ada.email,
      minimumLength: 15,
      error: { code: 'too_short', minimum: 15 },
      replaces: true,
      signsIn: false,
    },
    fresh: {
      action: '/set-password/token',
      csrf: 'csrf-value',
      email: ada.email,
      minimumLength: 15,
      replaces: false,
      signsIn: false,
    },
  },
  'account/password-set': {
    complete: { signInUri: '/account', elsewhere: true },
    here: { signInUri: '/interaction/Xq3v', elsewhere: false },
  },
  'setup/administrator': {
    complete: {
      action: '/setup/token',
      csrf: 'csrf-value',
      email: 'ada@example',
      minimumLength: 15,
      error: { code: 'email_invalid', minimum: 15 },
    },
    fresh: { action: '/setup/token', csrf: 'csrf-value', minimumLength: 15 },
    common: {
      action: '/setup/token',
      csrf: 'csrf-value',
      email: ada.email,
      minimumLength: 15,
      error: { code: 'common' },
    },
  },
  'setup/done': { complete: { signInUri: '/account' } },
  'development/outbox': {
    complete: {
      mails: [
        {
          id: 'm1',
          to: ada.email,
          subject: 'Your account at Gatehouse',
          status: 'waiting',
          createdAt: before(90_000),
          attempts: 2,
          lastError: 'connect ECONNREFUSED 127.0.0.1:25',
        },
        {
          id: 'm2',
          to: 'grace@example.com',
          subject: 'Choose a new password for Gatehouse',
          status: 'sent',
          createdAt: before(day),
          attempts: 1,
        },
      ],
    },
    empty: { mails: [] },
  },
  'development/mail': {
    complete: {
      id: 'm1',
      to: ada.email,
      subject: 'Your account at Gatehouse',
      text: 'Hello,\n\nchoose a password:\nhttp://localhost:3000/set-password/3q2-7wQxk9J1mB0vZ8rT5yU4\n\n-- \nGatehouse\n',
      html: '<!doctype html>\n<p>Hello,</p>\n',
      createdAt: before(90_000),
    },
  },
};

const mail = {
  email: ada.email,
  link: 'https://id.example.com/set-password/3q2-7wQxk9J1mB0vZ8rT5yU4',
  minutes: 30,
  brand: 'Gatehouse',
};

const tokenMail = {
  email: mail.email,
  brand: mail.brand,
  name: 'Nightly backup',
  account: 'https://login.example/account',
};
const passkeyMail = {
  email: 'ada@example.com',
  brand: 'Gatehouse',
  name: '1Password',
  at: sampleNow,
  userAgent: firefox,
  from: '203.0.113.7',
  account: 'https://login.example/account/passkeys',
};

const secondFactorMail = {
  email: mail.email,
  brand: mail.brand,
  at: new Date(sampleNow.getTime() - 60_000),
  userAgent: firefox,
  from: '2001:db8:1234:5678::/64',
  account: 'https://login.example/account/second-factors',
};
const event = { at: before(60_000), userAgent: firefox, from: '198.51.100.7' };

const providerMail = {
  email: mail.email,
  brand: mail.brand,
  provider: 'GitHub',
  account: 'https://login.example/account/providers',
};
export const mailSamples: Samples<MailModels> = {
  'mail/confirm-email': { complete: { ...mail, code: '048213' } },
  'mail/change-email': { complete: { ...mail, code: '048213', ...event } },
  'mail/email-changed': {
    complete: {
      ...event,
      email: mail.email,
      brand: mail.brand,
      newEmail: 'ada@new.example',
      link: mail.link,
      until: new Date(sampleNow.getTime() + 7 * day),
    },
  },
  'mail/email-taken': { complete: { ...event, email: mail.email, brand: mail.brand } },
  'mail/app-access-ended': { complete: { email: mail.email, brand: mail.brand, app: 'Prints' } },
  'mail/deletion-requested': {
    complete: { email: mail.email, brand: mail.brand, link: mail.link, dueAt: new Date(sampleNow.getTime() + 7 * day) },
  },
  'mail/invitation': { complete: mail },
  'mail/password-reset': { complete: { ...mail, minutes: 1, ...event }, 'by an operator': mail },
  'mail/password-changed': {
    complete: { email: mail.email, brand: mail.brand, account: 'https://login.example/account', ...event },
  },
  'mail/password-set': {
    complete: { email: mail.email, brand: mail.brand, account: 'https://login.example/account', ...event },
  },
  'mail/second-factor-added': { complete: { ...secondFactorMail, name: 'Phone' } },
  'mail/second-factor-removed': { complete: { ...secondFactorMail, name: 'Phone' } },
  'mail/second-factors-reset': {
    complete: { email: mail.email, brand: mail.brand, account: secondFactorMail.account },
  },
  'mail/recovery-code-used': { complete: { ...secondFactorMail, left: 1 } },
  'mail/sign-in': { complete: { ...mail, code: '123456', ...event } },
  'mail/new-device': {
    complete: { email: mail.email, brand: mail.brand, link: 'https://login.example/new-device/token', ...event },
  },
  'mail/provider-linked': { complete: providerMail },
  'mail/provider-unlinked': { complete: providerMail },
  'mail/invited': {
    complete: {
      email: 'ada@example.com',
      brand: 'Gatehouse',
      link: 'https://login.example.com/invitation/Qm5v',
      expiresAt: new Date(sampleNow.getTime() + 7 * day),
    },
  },
  'mail/sign-up': {
    complete: {
      email: 'ada@example.com',
      brand: 'Gatehouse',
      link: 'https://login.example.com/sign-up/Qm5v',
      code: '123456',
      minutes: 30,
      provider: 'GitHub',
    },
    own: {
      email: 'ada@example.com',
      brand: 'Gatehouse',
      link: 'https://login.example.com/sign-up/Qm5v',
      code: '123456',
      minutes: 30,
    },
  },
  'mail/sign-up-exists': {
    complete: {
      email: 'ada@example.com',
      brand: 'Gatehouse',
      link: 'https://login.example.com/account/providers',
      provider: 'GitHub',
    },
    own: { email: 'ada@example.com', brand: 'Gatehouse', link: 'https://login.example.com/account' },
  },
  'mail/token-used': { complete: { ...tokenMail, from: '2001:db8:1234:5678::/64' } },
  'mail/token-expires': { complete: { ...tokenMail, expiresAt: new Date(sampleNow.getTime() + 7 * day) } },
  'mail/passkey-added': { complete: passkeyMail },
  'mail/passkey-blocked': { complete: passkeyMail },
  'mail/passkey-removed': { complete: passkeyMail },
  'mail/token-reported': { complete: tokenMail },
};

/** A view context in which every optional part is present. */
export const sampleContext = {
  locale: 'en',
  assetsPath: '/assets',
  basePath: '/tenant',
  client: {
    name: 'Prints',
    logo: 'data:image/png;base64,iVBORw0KGgo=',
    color: '#c2410c',
    site: 'https://prints.example/',
    privacyPolicy: 'https://prints.example/privacy',
    terms: 'https://prints.example/terms',
  },
  signedInAs: ada.email,
  languageForm: { action: '/language', page: '/interaction/Xq3v?a=1&b=2', csrf: 'csrf-value' },
  account: { csrf: 'csrf-value', tokens: true, notice: 'access-withdrawn' },
  nonce: 'nonce-value',
} as const satisfies ViewContext;
