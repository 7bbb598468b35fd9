/**
 * The rules between settings, and the additional rules for production. The lists at the end of the file name all of
 * them. The numbers are from NIST SP 800-63B-4, OWASP ASVS 5 and the OWASP password storage cheat sheet.
 */
import { kindOfBlock, privateBlocks } from '../networks.ts';
import type { SettingValues } from './config.ts';
import type { Profile } from './setting.ts';
import { formatDuration } from './value-types.ts';

/** @returns a problem, which names the setting that fixes it, or undefined. */
type Rule = (values: SettingValues) => string | undefined;

function atMost(name: string, value: number, otherName: string, other: number): string | undefined {
  return value > other
    ? `${name}: received ${formatDuration(value)}; expected at most ${otherName} (${formatDuration(other)}). Lower ${name} or raise ${otherName}.`
    : undefined;
}

function idleWithinAbsolute({ session }: SettingValues): string | undefined {
  return atMost('SESSION_IDLE', session.idle, 'SESSION_ABSOLUTE', session.absolute);
}

function absoluteWithinRemember({ session }: SettingValues): string | undefined {
  return atMost('SESSION_ABSOLUTE', session.absolute, 'SESSION_REMEMBER', session.remember);
}

function refreshIdleWithinAbsolute({ lifetime }: SettingValues): string | undefined {
  return atMost('LIFETIME_REFRESH_IDLE', lifetime.refreshIdle, 'LIFETIME_REFRESH_ABSOLUTE', lifetime.refreshAbsolute);
}

function firstWaitWithinMaxWait({ throttle }: SettingValues): string | undefined {
  return atMost('THROTTLE_FIRST_WAIT', throttle.firstWait, 'THROTTLE_LONGEST_WAIT', throttle.longestWait);
}

function freeAttemptsWithinLimit({ throttle }: SettingValues): string | undefined {
  return throttle.accountFree > throttle.accountLimit
    ? `THROTTLE_ACCOUNT_FREE: received ${throttle.accountFree}; expected at most THROTTLE_ACCOUNT_LIMIT (${throttle.accountLimit}). Lower THROTTLE_ACCOUNT_FREE or raise THROTTLE_ACCOUNT_LIMIT.`
    : undefined;
}

function darkLogoNeedsLogo({ brand }: SettingValues): string | undefined {
  return brand.logoDark !== undefined && brand.logo === undefined
    ? 'BRAND_LOGO_DARK: received a logo for dark mode only; expected BRAND_LOGO, too. Set BRAND_LOGO.'
    : undefined;
}

function groupsForSecondFactor({ secondFactor, secondFactorGroups }: SettingValues): string | undefined {
  if ((secondFactor === 'groups') === secondFactorGroups.length > 0) {
    return undefined;
  }
  return secondFactor === 'groups'
    ? 'SECOND_FACTOR_GROUPS: received nothing; expected at least one group for SECOND_FACTOR=groups. Set SECOND_FACTOR_GROUPS, for example SECOND_FACTOR_GROUPS=staff.'
    : `SECOND_FACTOR_GROUPS: received ${secondFactorGroups.join(',')}; expected nothing for SECOND_FACTOR=${secondFactor}. Set SECOND_FACTOR=groups or remove SECOND_FACTOR_GROUPS.`;
}

function nameOrLogo({ brand }: SettingValues): string | undefined {
  return !brand.showName && brand.logo === undefined
    ? 'BRAND_SHOW_NAME: received false without BRAND_LOGO; expected a logo instead of the name. Set BRAND_LOGO or remove BRAND_SHOW_NAME.'
    : undefined;
}

/** Public addresses are allowed in any case, so an entry outside of private networks is a mistake. */
function allowPrivateNetworksOnly({ outbound }: SettingValues): string | undefined {
  const block = outbound.allow.find((entry) => kindOfBlock(entry) !== 'private');
  if (block === undefined) {
    return undefined;
  }
  const expected =
    kindOfBlock(block) === 'metadata'
      ? 'no link-local or metadata addresses, where clouds serve credentials of the machine'
      : `networks inside ${privateBlocks.join(', ')}`;
  return `OUTBOUND_ALLOW: received "${block}"; expected ${expected}. Set OUTBOUND_ALLOW to the networks of your apps, for example OUTBOUND_ALLOW=172.30.0.0/24.`;
}

/** Whether browsers let a page of this host use the RP ID (WebAuthn §5.1.3). They also reject public suffixes. */
function mayUse(host: string, rpId: string): boolean {
  return host === rpId || (rpId.includes('.') && host.endsWith(`.${rpId}`));
}

function rpIdOfIssuer({ issuer, passkey: { rpId } }: SettingValues): string | undefined {
  const host = new URL(issuer).hostname;
  return rpId === undefined || mayUse(host, rpId)
    ? undefined
    : `PASSKEY_RP_ID: received "${rpId}"; expected the host of ISSUER ("${host}") or a domain above it, since browsers reject any other. Set PASSKEY_RP_ID to one of these, or remove it.`;
}

function originsOfRpId({ passkey: { rpId, origins } }: SettingValues): string | undefined {
  const other = origins.find((origin) => rpId === undefined || !mayUse(new URL(origin).hostname, rpId));
  return other === undefined
    ? undefined
    : `PASSKEY_ORIGINS: received "${other}"; expected origins within PASSKEY_RP_ID (${rpId === undefined ? 'none' : `"${rpId}"`}). Set PASSKEY_RP_ID to a domain that all of them share, or remove the origin.`;
}

function domainsOfSignUp({ signUp, signUpDomains }: SettingValues): string | undefined {
  if (signUp === 'domains' && signUpDomains.length === 0) {
    return 'SIGN_UP: received "domains" without SIGN_UP_DOMAINS; expected the domains of addresses that may sign up. Set SIGN_UP_DOMAINS, for example SIGN_UP_DOMAINS=example.com.';
  }
  return signUp !== 'domains' && signUpDomains.length > 0
    ? `SIGN_UP_DOMAINS: received domains with SIGN_UP "${signUp}"; expected SIGN_UP "domains", since they have no meaning otherwise. Set SIGN_UP=domains or remove SIGN_UP_DOMAINS.`
    : undefined;
}

function httpsIssuer({ issuer }: SettingValues): string | undefined {
  return issuer.startsWith('https://')
    ? undefined
    : `ISSUER: received "${issuer}"; expected an https address in production. Set ISSUER to the address at which browsers reach this server over TLS, for example ISSUER=https://login.example.com.`;
}

function minPasswordLength({ password, secondFactor }: SettingValues): string | undefined {
  return password.minimumLength < 15 && secondFactor !== 'all'
    ? `PASSWORD_MINIMUM_LENGTH: received ${password.minimumLength}; expected at least 15 in production, where a password is the only factor. Set PASSWORD_MINIMUM_LENGTH to 15 or more, or remove it; or set SECOND_FACTOR=all, so that every user has a second factor.`
    : undefined;
}

/** Minimum memory of argon2id, in KiB, for one pass, two passes and so on (OWASP password storage cheat sheet). */
const minMemoryKib = [47_104, 19_456, 12_288, 9216, 7168];

function minPasswordHashMemory({ password: { hash } }: SettingValues): string | undefined {
  const minimum = minMemoryKib[Math.min(hash.passes, minMemoryKib.length) - 1] ?? 0;
  return hash.memoryKib < minimum
    ? `PASSWORD_HASH_MEMORY_KIB: received ${hash.memoryKib} with PASSWORD_HASH_PASSES ${hash.passes}; expected at least ${minimum} KiB in production. Set PASSWORD_HASH_MEMORY_KIB to ${minimum} or more, or raise PASSWORD_HASH_PASSES.`
    : undefined;
}

const hour = 3600;

function maxSessionIdle({ session }: SettingValues): string | undefined {
  return session.idle > hour
    ? `SESSION_IDLE: received ${formatDuration(session.idle)}; expected at most 1h in production. Lower SESSION_IDLE; for users who choose to be remembered, SESSION_REMEMBER applies instead.`
    : undefined;
}

function maxSessionAbsolute({ session }: SettingValues): string | undefined {
  return session.absolute > 24 * hour
    ? `SESSION_ABSOLUTE: received ${formatDuration(session.absolute)}; expected at most 24h in production. Lower SESSION_ABSOLUTE; for users who choose to be remembered, SESSION_REMEMBER applies instead.`
    : undefined;
}

function publishBeforeCachesExpire({ keys }: SettingValues): string | undefined {
  return keys.publishAhead < keys.cacheMaxAge
    ? `KEYS_PUBLISH_AHEAD: received ${formatDuration(keys.publishAhead)}; expected at least KEYS_CACHE_MAX_AGE (${formatDuration(keys.cacheMaxAge)}) in production, or tokens are rejected by callers that have cached the old keys. Raise KEYS_PUBLISH_AHEAD or lower KEYS_CACHE_MAX_AGE.`
    : undefined;
}

function maxRequestDeadline({ request }: SettingValues): string | undefined {
  return request.deadline > 5
    ? `REQUEST_DEADLINE: received ${formatDuration(request.deadline)}; expected at most 5s in production, or requests pile up while the database does not answer. Lower REQUEST_DEADLINE.`
    : undefined;
}

function noProxyFromEverywhere({ trustedProxies }: SettingValues): string | undefined {
  const all = trustedProxies.find((block) => block.endsWith('/0'));
  return all === undefined
    ? undefined
    : `TRUSTED_PROXIES: received "${all}"; expected the addresses of your proxies, since a listed address can claim to be any other. Set TRUSTED_PROXIES to those addresses, for example TRUSTED_PROXIES=10.0.0.0/8.`;
}

function noPrivateNetworks({ outbound }: SettingValues): string | undefined {
  return outbound.privateNetworks
    ? "OUTBOUND_PRIVATE_NETWORKS: received true; expected false in production, since an app's registration could make this server call your internal network. Remove OUTBOUND_PRIVATE_NETWORKS; list the networks of your apps in OUTBOUND_ALLOW."
    : undefined;
}

/** These apply in every profile. */
export const rules: readonly Rule[] = [
  idleWithinAbsolute,
  absoluteWithinRemember,
  refreshIdleWithinAbsolute,
  firstWaitWithinMaxWait,
  freeAttemptsWithinLimit,
  darkLogoNeedsLogo,
  nameOrLogo,
  groupsForSecondFactor,
  allowPrivateNetworksOnly,
  rpIdOfIssuer,
  originsOfRpId,
  domainsOfSignUp,
];

/** These apply in production, too: the server does not start with unsafe settings. */
export const productionRules: readonly Rule[] = [
  httpsIssuer,
  minPasswordLength,
  minPasswordHashMemory,
  maxSessionIdle,
  maxSessionAbsolute,
  publishBeforeCachesExpire,
  maxRequestDeadline,
  noProxyFromEverywhere,
  noPrivateNetworks,
];

/** Settings that are allowed but may be mistakes: one sentence each. */
export function warningsOf(values: SettingValues, profile: Profile): string[] {
  const warnings: string[] = [];
  if (profile === 'production') {
    if (values.smtp.url === undefined) {
      warnings.push('SMTP_URL is not set: mails stay in the outbox and are not sent.');
    }
    if (values.trustedProxies.length === 0) {
      warnings.push(
        'TRUSTED_PROXIES is not set: if a proxy terminates TLS, all requests seem to come from it, and all users share one throttle. Set it to the address of the proxy.',
      );
    }
    if (values.metrics.token === undefined) {
      warnings.push(
        'METRICS_TOKEN is not set: /metrics answers only callers on this machine. Set it if Prometheus runs on another machine.',
      );
    }
  }
  if (profile !== 'production' && values.issuer.startsWith('https:')) {
    warnings.push(
      `ISSUER is ${values.issuer}, but the profile is ${profile}, which is not safe if others can reach the server: set NODE_ENV=production.`,
    );
  }
  return warnings;
}
