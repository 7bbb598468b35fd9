/**
 * The names of the variables of each template, for the check at start. The compiler ensures that they are those of the
 * models.
 */
import type { MailModels } from './mail-models.ts';
import type { ViewModels } from './models.ts';

type Named<M> = { readonly [K in keyof M]: { readonly [P in keyof Required<M[K]>]: true } };

const loginStep = {
  action: true,
  csrf: true,
  cancelAction: true,
  anotherAccount: true,
  email: true,
  client: true,
} as const;

/** The variables of each page. */
export const pageVariables: Named<ViewModels> = {
  'interaction/login': {
    action: true,
    csrf: true,
    cancelAction: true,
    email: true,
    remember: true,
    error: true,
    retryAfter: true,
    client: true,
    reauthentication: true,
    ways: true,
  },
  'account/email': { csrf: true, email: true, verified: true, confirming: true, pending: true, error: true },
  'account/new-email': { csrf: true, email: true, value: true, error: true },
  'email/confirm': { action: true, csrf: true, email: true, old: true },
  'email/done': { accountUri: true },
  'email/undo': { action: true, csrf: true, email: true, minimumLength: true, error: true },
  'account/change-password': {
    csrf: true,
    email: true,
    minimumLength: true,
    hasPassword: true,
    error: true,
    retryAfter: true,
  },
  'interaction/mail-address': { action: true, csrf: true, back: true, email: true, error: true, retryAfter: true },
  'interaction/mail-code': { action: true, csrf: true, back: true, minutes: true, error: true, retryAfter: true },
  'interaction/mail-link': { action: true, csrf: true },
  'account/new-device': { action: true, csrf: true, email: true, at: true, from: true, userAgent: true },
  'account/sign-in-rejected': { signInUri: true },
  'interaction/forgot-password': { action: true, csrf: true, back: true, email: true, error: true, retryAfter: true },
  'interaction/password-mail-sent': { back: true, again: true, minutes: true },
  'interaction/select-account': { action: true, cancelAction: true, csrf: true, user: true, client: true },
  'interaction/no-access': {
    reason: true,
    csrf: true,
    anotherAccount: true,
    cancelAction: true,
    user: true,
    client: true,
  },
  'interaction/consent': {
    action: true,
    csrf: true,
    client: true,
    user: true,
    anotherAccount: true,
    occasion: true,
    asked: true,
    allowedBefore: true,
    offline: true,
    until: true,
    endsAfter: true,
  },
  forward: { to: true, action: true, fields: true, client: true },
  'logout/confirm': { action: true, xsrf: true, client: true, autoSubmit: true, technical: true },
  'logout/done': { signedIn: true, client: true, returnUri: true },
  error: {
    status: true,
    kind: true,
    message: true,
    reference: true,
    retryAfter: true,
    next: true,
    comparison: true,
    hint: true,
    command: true,
    setting: true,
  },
  home: { issuer: true, signedIn: true, development: true, warnings: true, setupOpen: true, notice: true },
  'account/overview': { user: true, sessions: true, apps: true, tokens: true },
  'account/profile': { csrf: true, username: true, values: true, invalid: true, zones: true },
  'account/data': { csrf: true, isConfirmed: true },
  'account/security': { rows: true },
  'account/activity': { events: true },
  'account/sessions': { csrf: true, sessions: true },
  'account/apps': { csrf: true, apps: true },
  'account/tokens': { csrf: true, mayCreate: true, tokens: true },
  'interaction/second-factor': {
    ...loginStep,
    hasApp: true,
    hasRecoveryCodes: true,
    passkey: true,
    rememberFor: true,
    error: true,
    retryAfter: true,
  },
  'interaction/second-factor-setup': { ...loginStep, reason: true, newApp: true, passkey: true },
  'interaction/recovery-codes': { action: true, csrf: true, email: true, client: true, codes: true },
  'account/second-factors': {
    csrf: true,
    apps: true,
    passkeys: true,
    recoveryCodes: true,
    required: true,
    error: true,
  },
  'account/new-second-factor': { csrf: true, newApp: true },
  'account/recovery-codes': { csrf: true, codes: true, sealedCodes: true },
  'account/devices': { csrf: true, devices: true, lifetime: true },
  'account/new-token': { csrf: true, error: true, name: true, apis: true, lifetimes: true },
  'account/token-created': { name: true, value: true, expiresAt: true, access: true },
  'account/set-password': {
    action: true,
    csrf: true,
    email: true,
    minimumLength: true,
    error: true,
    replaces: true,
    signsIn: true,
  },
  'account/password-set': { signInUri: true, elsewhere: true },
  'setup/administrator': { action: true, csrf: true, email: true, minimumLength: true, error: true },
  'setup/done': { signInUri: true },
  'development/outbox': { mails: true },
  'development/mail': { id: true, to: true, subject: true, text: true, html: true, createdAt: true },
};

const noticeMail = { email: true, brand: true } as const;
const tokenMail = { ...noticeMail, name: true, account: true } as const;
const passkeyMail = { ...noticeMail, name: true, at: true, userAgent: true, from: true, account: true } as const;
const secondFactorMail = { ...noticeMail, at: true, userAgent: true, from: true, account: true } as const;
const mailEvent = { at: true, userAgent: true, from: true } as const;
const linkMail = { ...noticeMail, link: true, minutes: true } as const;

/** The variables of each mail. */
export const mailVariables: Named<MailModels> = {
  'mail/confirm-email': { ...linkMail, code: true },
  'mail/change-email': { ...linkMail, code: true, ...mailEvent },
  'mail/email-changed': { ...noticeMail, ...mailEvent, newEmail: true, link: true, until: true },
  'mail/email-taken': { ...noticeMail, ...mailEvent },
  'mail/app-access-ended': { ...noticeMail, app: true },
  'mail/invitation': linkMail,
  'mail/passkey-added': passkeyMail,
  'mail/passkey-blocked': passkeyMail,
  'mail/passkey-removed': passkeyMail,
  'mail/second-factor-added': { ...secondFactorMail, name: true },
  'mail/second-factor-removed': { ...secondFactorMail, name: true },
  'mail/second-factors-reset': { ...noticeMail, account: true },
  'mail/recovery-code-used': { ...secondFactorMail, left: true },
  'mail/password-reset': { ...linkMail, ...mailEvent },
  'mail/password-changed': { ...noticeMail, ...mailEvent, account: true },
  'mail/sign-in': { ...linkMail, ...mailEvent, code: true },
  'mail/new-device': { ...noticeMail, ...mailEvent, link: true },
  'mail/token-used': { ...tokenMail, from: true },
  'mail/token-expires': { ...tokenMail, expiresAt: true },
  'mail/token-reported': tokenMail,
};
