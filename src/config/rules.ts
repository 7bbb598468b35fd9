/**
 * What must hold between settings, and what a production start refuses beyond a setting's own type. The lists at the
 * end are the documentation; each rule is a sentence's worth of code and names the setting that fixes it. The numbers
 * are those of NIST SP 800-63B-4, OWASP ASVS 5 and the OWASP password storage cheat sheet.
 */
import type { Profile, SettingValues } from './schema.ts';
import { formatDuration } from './value-types.ts';

/** @returns what is wrong and what fixes it, or undefined. */
export type Rule = (values: SettingValues) => string | undefined;

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

function firstWaitWithinLongest({ throttle }: SettingValues): string | undefined {
  return atMost('THROTTLE_FIRST_WAIT', throttle.firstWait, 'THROTTLE_LONGEST_WAIT', throttle.longestWait);
}

function freeWithinLimit({ throttle }: SettingValues): string | undefined {
  return throttle.accountFree > throttle.accountLimit
    ? `THROTTLE_ACCOUNT_FREE: received ${throttle.accountFree}; expected at most THROTTLE_ACCOUNT_LIMIT (${throttle.accountLimit}). Lower THROTTLE_ACCOUNT_FREE or raise THROTTLE_ACCOUNT_LIMIT.`
    : undefined;
}

function logoForDarkMode({ brand }: SettingValues): string | undefined {
  return brand.logoDark !== undefined && brand.logo === undefined
    ? 'BRAND_LOGO_DARK: received a logo for dark mode alone; expected BRAND_LOGO, too. Set BRAND_LOGO.'
    : undefined;
}

function somethingToShow({ brand }: SettingValues): string | undefined {
  return !brand.showName && brand.logo === undefined
    ? 'BRAND_SHOW_NAME: received false without BRAND_LOGO; expected a logo in the place of the name. Set BRAND_LOGO or remove BRAND_SHOW_NAME.'
    : undefined;
}

function httpsIssuer({ issuer }: SettingValues): string | undefined {
  return issuer.startsWith('https://')
    ? undefined
    : `ISSUER: received "${issuer}"; expected an https address in production. Set ISSUER to the address that browsers reach through TLS, for example ISSUER=https://login.example.com.`;
}

function passwordLength({ password }: SettingValues): string | undefined {
  return password.minimumLength < 15
    ? `PASSWORD_MINIMUM_LENGTH: received ${password.minimumLength}; expected at least 15 in production, where a password is the only factor. Set PASSWORD_MINIMUM_LENGTH to 15 or more, or remove it.`
    : undefined;
}

/**
 * Memory, in KiB, that argon2id needs at each number of passes, from one pass on (OWASP password storage cheat sheet).
 */
const minMemoryKib = [47_104, 19_456, 12_288, 9216, 7168];

function passwordHash({ password: { hash } }: SettingValues): string | undefined {
  const least = minMemoryKib[Math.min(hash.passes, minMemoryKib.length) - 1] ?? 0;
  return hash.memoryKib < least
    ? `PASSWORD_HASH_MEMORY_KIB: received ${hash.memoryKib} with PASSWORD_HASH_PASSES ${hash.passes}; expected at least ${least} KiB in production. Set PASSWORD_HASH_MEMORY_KIB to ${least} or more, or raise PASSWORD_HASH_PASSES.`
    : undefined;
}

const hour = 3600;

function sessionIdleCap({ session }: SettingValues): string | undefined {
  return session.idle > hour
    ? `SESSION_IDLE: received ${formatDuration(session.idle)}; expected at most 1h in production. Lower SESSION_IDLE; who wants to stay signed in longer asks to be remembered (SESSION_REMEMBER).`
    : undefined;
}

function sessionAbsoluteCap({ session }: SettingValues): string | undefined {
  return session.absolute > 24 * hour
    ? `SESSION_ABSOLUTE: received ${formatDuration(session.absolute)}; expected at most 24h in production. Lower SESSION_ABSOLUTE; who wants to stay signed in longer asks to be remembered (SESSION_REMEMBER).`
    : undefined;
}

function publishAheadOfCaches({ keys }: SettingValues): string | undefined {
  return keys.publishAhead < keys.cacheMaxAge
    ? `KEYS_PUBLISH_AHEAD: received ${formatDuration(keys.publishAhead)}; expected at least KEYS_CACHE_MAX_AGE (${formatDuration(keys.cacheMaxAge)}) in production, or tokens fail where the old keys are cached. Raise KEYS_PUBLISH_AHEAD or lower KEYS_CACHE_MAX_AGE.`
    : undefined;
}

function requestDeadlineCap({ request }: SettingValues): string | undefined {
  return request.deadline > 5
    ? `REQUEST_DEADLINE: received ${formatDuration(request.deadline)}; expected at most 5s in production, or requests pile up while the database is away. Lower REQUEST_DEADLINE.`
    : undefined;
}

function trustEveryone({ trustedProxies }: SettingValues): string | undefined {
  const all = trustedProxies.find((block) => block.endsWith('/0'));
  return all === undefined
    ? undefined
    : `TRUSTED_PROXIES: received "${all}"; expected the addresses of your proxies, since a listed address can claim to be any other. Set TRUSTED_PROXIES to those addresses, for example TRUSTED_PROXIES=10.0.0.0/8.`;
}

function privateNetworks({ outbound }: SettingValues): string | undefined {
  return outbound.privateNetworks
    ? "OUTBOUND_PRIVATE_NETWORKS: received true; expected false in production, since an app's registration could then make this server call your internal network. Remove OUTBOUND_PRIVATE_NETWORKS."
    : undefined;
}

/** Hold everywhere. */
export const rules: readonly Rule[] = [
  idleWithinAbsolute,
  absoluteWithinRemember,
  refreshIdleWithinAbsolute,
  firstWaitWithinLongest,
  freeWithinLimit,
  logoForDarkMode,
  somethingToShow,
];

/** Hold in production, where the server refuses to start with anything that is unsafe. */
export const productionRules: readonly Rule[] = [
  httpsIssuer,
  passwordLength,
  passwordHash,
  sessionIdleCap,
  sessionAbsoluteCap,
  publishAheadOfCaches,
  requestDeadlineCap,
  trustEveryone,
  privateNetworks,
];

/** What is not wrong, but worth a look. */
export function warningsOf(values: SettingValues, profile: Profile): string[] {
  const warnings: string[] = [];
  if (profile === 'production') {
    if (values.smtp.url === undefined) {
      warnings.push('SMTP_URL is not set: mails wait in the outbox and are not sent.');
    }
    if (values.trustedProxies.length === 0) {
      warnings.push(
        'TRUSTED_PROXIES is not set: every request seems to come from the proxy that ends TLS, so that all users share one throttle. Set it to the address of the proxy.',
      );
    }
    if (values.metrics.token === undefined) {
      warnings.push(
        'METRICS_TOKEN is not set: /metrics answers to callers on this machine only. Set it where Prometheus is elsewhere.',
      );
    }
  }
  if (profile !== 'production' && values.issuer.startsWith('https:')) {
    warnings.push(
      `ISSUER is ${values.issuer}, but the profile is ${profile}, which is not safe to be reached by others: set NODE_ENV=production.`,
    );
  }
  return warnings;
}
