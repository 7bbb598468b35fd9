/** Constructs what belongs to second factors: apps that show codes, recovery codes, remembered devices. */
import type { Config } from '../config/config.ts';
import { createAuthenticatorAppForm } from '../http/authenticator-app-form.ts';
import { createShownOnce } from '../http/shown-once.ts';
import type { CookieRules } from '../oidc/cookies.ts';
import type { AuditService } from '../services/foundation/audit.ts';
import type { PasskeyService } from '../services/sign-in/passkeys.ts';
import { createRecoveryCodeService } from '../services/sign-in/recovery-codes.ts';
import { createRememberedDeviceService } from '../services/sign-in/remembered-devices.ts';
import { createSecondFactorPolicy } from '../services/sign-in/second-factor-policy.ts';
import { createSecondFactorService, type SecondFactorService } from '../services/sign-in/second-factors.ts';
import type { ThrottleKeys } from '../services/foundation/throttle-keys.ts';
import type { ThrottleService } from '../services/foundation/throttle.ts';
import type { UserMails } from '../services/mails/user-mails.ts';
import type { UserService } from '../services/users/users.ts';
import type { Foundation } from './foundation.ts';
import type { Repositories } from './repositories.ts';

export interface SecondFactorWiring extends Pick<Foundation, 'clock' | 'secrets'> {
  readonly config: Config;
  readonly repositories: Repositories;
  readonly audit: AuditService;
  readonly throttle: ThrottleService;
  readonly throttleKeys: ThrottleKeys;
  readonly userMails: UserMails;
  readonly passkeys: Pick<PasskeyService, 'hasPasskey'>;
  readonly users: Pick<UserService, 'endSignIns'>;
}

export function wireSecondFactors({ config, clock, secrets, repositories, audit, ...rest }: SecondFactorWiring) {
  const { throttle, throttleKeys, userMails, passkeys, users } = rest;
  const recoveryCodes = createRecoveryCodeService({
    codes: repositories.recoveryCodes,
    users: repositories.users,
    secrets,
    audit,
    clock,
  });
  const rememberedDevices = createRememberedDeviceService({
    devices: repositories.rememberedDevices,
    audit,
    clock,
    lifetime: config.secondFactorRemember,
  });
  const secondFactors = createSecondFactorService({
    factors: repositories.secondFactors,
    users: repositories.users,
    recoveryCodes,
    devices: rememberedDevices,
    policy: createSecondFactorPolicy({ requirement: config.secondFactor, groups: config.secondFactorGroups }),
    hasPasskey: passkeys.hasPasskey,
    removePasskeys: repositories.passkeys.removeByUser,
    endSignIns: users.endSignIns,
    secrets,
    throttle,
    throttleKeys,
    mails: userMails,
    audit,
    clock,
    issuerName: config.brand.name,
    pageAddress: `${config.issuer}/account/second-factors`,
  });
  return { secondFactors, recoveryCodes, rememberedDevices };
}

/** Milliseconds for which recovery codes are kept for the page that shows them. */
const codesShownWithinMs = 15 * 60_000;

/** Makes what the pages of a login and those of the account share. */
export function wireSecondFactorPages(deps: {
  readonly clock: Foundation['clock'];
  readonly secrets: Foundation['secrets'];
  readonly services: { readonly secondFactors: SecondFactorService };
  readonly cookies: CookieRules;
}) {
  const { clock, secrets, services, cookies } = deps;
  return {
    appForm: createAuthenticatorAppForm({ secondFactors: services.secondFactors, secrets, clock }),
    codesToShow: createShownOnce(
      { cookies, secrets },
      { name: cookies.names.recoveryCodes, lifetimeMs: codesShownWithinMs },
    ),
  };
}
