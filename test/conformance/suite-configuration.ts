/**
 * The configuration of the OpenID conformance suite for a Gatehouse, with commands for the suite's browser: they fill
 * in the pages of a sign-in and a sign-out, and keep a copy of the page where a module asks for one.
 */
import { endpoints } from '../../src/oidc/endpoints.ts';
import { suiteAddresses, type Registration } from './registration.ts';

/** `click`, `text` or `wait`, the kind of selector, the selector, and what the command needs besides. */
export type BrowserCommand = readonly [command: string, by: string, target: string, ...more: (string | number)[]];

export interface BrowserTask {
  readonly task: string;
  /** The task is for pages whose address matches; `*` is any text. */
  readonly match: string;
  /** Whether it is skipped on pages of another address. Otherwise that is a failure. */
  readonly optional?: boolean;
  readonly commands?: readonly BrowserCommand[];
}

export interface BrowserScript {
  readonly match: string;
  readonly tasks: readonly BrowserTask[];
}

export interface SuiteConfiguration extends Omit<Registration, 'user' | 'backchannel'> {
  readonly alias: string;
  readonly description: string;
  readonly server: { readonly discoveryUrl: string; readonly login_hint: string };
  readonly browser: readonly BrowserScript[];
  /** By the name of a module: the members that it uses instead of those above. */
  readonly override: Readonly<Record<string, Partial<Omit<SuiteConfiguration, 'override'>>>>;
}

/** Seconds. */
const maxWait = 10;

/** Waits for the text, and keeps the page as what the module asks for, if it asks for one. */
function keepPage(text: string, action: 'update-image-placeholder' | 'update-image-placeholder-optional') {
  return ['wait', 'xpath', '//*', maxWait, text, action] as const;
}

export function createSuiteConfiguration(
  issuer: string,
  suite: string,
  alias: string,
  { user, backchannel, ...clients }: Registration,
): SuiteConfiguration {
  const addresses = suiteAddresses(suite, alias);
  const authorize = `${issuer}${endpoints.authorization.path}*`;
  const logout = `${issuer}${endpoints.end_session.path}*`;
  const interaction = `${issuer}/interaction/*`;

  const signIn: BrowserScript = {
    match: authorize,
    tasks: [
      {
        task: 'Sign in',
        optional: true,
        match: interaction,
        commands: [
          keepPage('.*', 'update-image-placeholder-optional'),
          // The address is fixed where a user must sign in again.
          ['text', 'css', 'input[name="email"]:not([readonly])', user.email, 'optional'],
          ['text', 'name', 'password', user.password, 'optional'],
          ['click', 'css', 'form[action$="/login"] button.primary', 'optional'],
        ],
      },
      {
        task: 'Consent',
        optional: true,
        match: interaction,
        commands: [['click', 'css', 'button[name="decision"][value="allow"]', 'optional']],
      },
      {
        // Only with response_mode=form_post, and if the browser does not run the page's script.
        task: 'Return to the app',
        optional: true,
        match: authorize,
        commands: [['click', 'css', 'form[data-auto-submit] button', 'optional']],
      },
      {
        task: 'Verify complete',
        match: `${addresses.callback}*`,
        commands: [['wait', 'id', 'submission_complete', maxWait]],
      },
    ],
  };
  const confirm: BrowserTask = {
    task: 'Confirm to sign out',
    optional: true,
    match: logout,
    commands: [['click', 'css', 'form button.primary', 'optional']],
  };
  const signOut: BrowserScript = {
    match: logout,
    tasks: [confirm, { task: 'Verify complete', match: `${addresses.postLogoutRedirect}*` }],
  };

  /** A page without a redirect, which the module asks for. */
  const expectPage = (match: string, text: string): BrowserScript => ({
    match,
    tasks: [{ task: 'Expect a page', match, commands: [keepPage(text, 'update-image-placeholder')] }],
  });
  const asksBeforeSignOut = { browser: [signIn, expectPage(logout, 'Sign out')] };
  const signsOut = {
    browser: [
      signIn,
      {
        match: logout,
        tasks: [
          confirm,
          {
            task: 'Expect a page',
            match: `${issuer}${endpoints.end_session_success.path}*`,
            commands: [keepPage('You are signed out', 'update-image-placeholder')],
          },
        ],
      },
    ],
  };

  return {
    alias,
    description: `Gatehouse at ${issuer}`,
    server: { discoveryUrl: `${issuer}${endpoints.openid_configuration.path}`, login_hint: user.email },
    ...clients,
    browser: [signIn, signOut],
    override: {
      'oidcc-ensure-registered-redirect-uri': {
        browser: [expectPage(authorize, 'We cannot send you back to this app')],
      },
      'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': asksBeforeSignOut,
      'oidcc-rp-initiated-logout-modified-id-token-hint': asksBeforeSignOut,
      'oidcc-rp-initiated-logout-no-id-token-hint': asksBeforeSignOut,
      'oidcc-rp-initiated-logout-no-params': signsOut,
      'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': signsOut,
      'oidcc-rp-initiated-logout-only-state': signsOut,
      'oidcc-backchannel-rp-initiated-logout': { client: backchannel },
    },
  };
}

/** The plans, as the suite's `run-test-plan.py` takes them. */
export const plans = [
  'oidcc-config-certification-test-plan',
  'oidcc-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]',
  'oidcc-formpost-basic-certification-test-plan[server_metadata=discovery][client_registration=static_client]',
  'oidcc-rp-initiated-logout-certification-test-plan[client_registration=static_client][response_type=code]',
  'oidcc-backchannel-rp-initiated-logout-certification-test-plan[client_registration=static_client][response_type=code]',
] as const;
