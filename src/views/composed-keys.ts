/**
 * The keys of messages that are composed with a code, such as `error.expired.title`. The check of the templates cannot
 * find them, so they are listed here; the compiler ensures that no code is missing.
 */
import type { NextStep } from '../errors.ts';
import type { LoginProblemCode } from './models/providers.ts';
import type { ErrorKind, LoginError, LoginWayCode, NewTokenErrorCode, Notice, SetupErrorCode } from './models.ts';
import type { EmailErrorCode } from './models/email.ts';
import type { ChangePasswordError, ForgotPasswordError } from './models/recovery.ts';
import { activityKindOf, activityTypes } from './models/activity.ts';
import { accountSections, securityStates } from './models/account.ts';
import type { AuthenticatorAppError, SecondFactorError } from './models/second-factors.ts';
import type { MailSignInError } from './models/sign-in-mails.ts';
import { passkeyKeys } from './models/passkeys.ts';
import type { SignUpError } from './models/sign-up.ts';
import { mailVariables } from './template-variables.ts';

const errorKinds: Readonly<Record<ErrorKind, true>> = {
  general: true,
  expired: true,
  already_signed_in: true,
  stale_form: true,
  foreign_form: true,
  wrong_host: true,
  redirect_uri: true,
  unknown_client: true,
  unavailable: true,
  throttled: true,
  not_found: true,
  used_link: true,
  access_denied: true,
};
const signUpErrors: Readonly<Record<SignUpError, true>> = {
  email_invalid: true,
  domain: true,
  code: true,
  throttled: true,
  throttled_address: true,
};
const loginErrors: Readonly<Record<LoginError, true>> = {
  invalid_credentials: true,
  throttled: true,
  throttled_address: true,
  overloaded: true,
  invalid_input: true,
};
const loginProblems: Readonly<Record<LoginProblemCode, true>> = {
  denied: true,
  disabled: true,
  failed: true,
  'not-fresh': true,
  taken: true,
  'last-way': true,
  unavailable: true,
  unlinked: true,
};
const loginWays: Readonly<Record<LoginWayCode, true>> = {
  passkey: true,
  mail: true,
  provider: true,
  'forgot-password': true,
  'sign-up': true,
};
const mailSignInErrors: Readonly<Record<MailSignInError, true>> = {
  email_invalid: true,
  wrong_code: true,
  throttled: true,
  throttled_address: true,
};
const forgotPasswordErrors: Readonly<Record<ForgotPasswordError, true>> = {
  email_invalid: true,
  throttled: true,
  throttled_address: true,
};
const changePasswordErrors: Readonly<Record<ChangePasswordError, true>> = {
  wrong: true,
  throttled: true,
  overloaded: true,
};
const emailErrors: Readonly<Record<EmailErrorCode, true>> = {
  email_invalid: true,
  email_same: true,
  code_wrong: true,
  throttled: true,
  email_taken: true,
};
const setupErrors: Readonly<Record<SetupErrorCode, true>> = {
  too_short: true,
  too_long: true,
  common: true,
  breached: true,
  context: true,
  mismatch: true,
  invalid_input: true,
  email_invalid: true,
  email_taken: true,
};
const newTokenErrors: Readonly<Record<NewTokenErrorCode, true>> = {
  name: true,
  scope: true,
  conflict: true,
  other: true,
};

const secondFactorErrors: Readonly<Record<SecondFactorError, true>> = {
  wrong_code: true,
  throttled: true,
  throttled_address: true,
  overloaded: true,
};
const authenticatorAppErrors: Readonly<Record<AuthenticatorAppError, true>> = { code: true, name: true, expired: true };

const nextActions: Readonly<Record<NextStep['action'], true>> = {
  app: true,
  continue: true,
  account: true,
  'sign-in': true,
  home: true,
  reload: true,
  retry: true,
  address: true,
};
const notices: Readonly<Record<Notice, true>> = {
  'session-ended': true,
  'sessions-ended': true,
  'access-withdrawn': true,
  'token-revoked': true,
  'second-factor-added': true,
  'second-factor-removed': true,
  'device-forgotten': true,
  'devices-forgotten': true,
  'password-changed': true,
  'password-link-sent': true,
  'email-confirmed': true,
  'email-changed': true,
  'email-mail-sent': true,
  'email-kept': true,
  'passkey-added': true,
  'passkey-renamed': true,
  'passkey-removed': true,
  'signed-out': true,
  'profile-saved': true,
  'deletion-undone': true,
};

/** The keys, each of which must be in the English catalogue. */
export const composedKeys: readonly string[] = [
  ...passkeyKeys,
  ...Object.keys(errorKinds).flatMap((kind) => [`error.${kind}.title`, `error.${kind}.text`]),
  ...Object.keys(nextActions).map((action) => `error.next.${action}`),
  ...Object.keys(signUpErrors).map((code) => `sign-up.error.${code}`),
  ...Object.keys(loginErrors).map((code) => `login.error.${code}`),
  ...Object.keys(loginProblems).map((code) => `login.problem.${code}`),
  ...['linked', 'removed'].map((code) => `providers.done.${code}`),
  ...Object.keys(loginWays).map((name) => `login.way.${name}`),
  ...Object.keys(mailSignInErrors).map((code) => `mail-sign-in.error.${code}`),
  ...Object.keys(forgotPasswordErrors).map((code) => `forgot.error.${code}`),
  ...Object.keys(changePasswordErrors).map((code) => `password.error.${code}`),
  ...Object.keys(emailErrors).map((code) => `email.error.${code}`),
  ...Object.keys(setupErrors).map((code) => `password.error.${code}`),
  ...Object.keys(newTokenErrors).map((code) => `token.error.${code}`),
  ...Object.keys(secondFactorErrors).map((code) => `second-factor.error.${code}`),
  ...Object.keys(authenticatorAppErrors).map((code) => `authenticator.error.${code}`),
  ...Object.keys(notices).map((notice) => `notice.${notice}`),
  ...accountSections.map((section) => `account.section.${section}`),
  ...activityTypes.map((type) => `activity.${activityKindOf(type)}`),
  'deletion.error.not_understood',
  'deletion.error.last_administrator',
  'activity.by.operator',
  'activity.by.server',
  ...Object.entries(securityStates).flatMap(([row, states]) =>
    ['title', ...Object.keys(states)].map((text) => `security.${row}.${text}`),
  ),
  ...Object.keys(mailVariables).map((name) => `${name.replace('/', '.')}.subject`),
];
