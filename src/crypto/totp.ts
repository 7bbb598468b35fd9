/**
 * One-time codes of an authenticator app (TOTP, RFC 6238): seeds, the address that the app scans, and the time step of
 * a code. That each step is accepted once is the caller's part.
 */
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** Seconds of one time step (RFC 6238 §5.2; OWASP ASVS 6.5.5: at most 30). */
const period = 30;
const digits = 6;
/** SHA-1, because widespread apps ignore the algorithm in the address. HMAC-SHA-1 is not affected by its collisions. */
const algorithm = 'SHA1';
/** 160 bits, the length of the hash (RFC 4226 §4, R6). */
const seedBytes = 20;
/** Steps by which the clock of the app may differ, in both directions (RFC 6238 §5.2). */
const tolerance = 1;

const codeForm = new RegExp(`^\\d{${digits}}$`);

function totpOf(seed: string): TOTP {
  return new TOTP({ secret: Secret.fromBase32(seed), algorithm, digits, period });
}

/** A new seed, in the base32 that people type into an app (RFC 4648 §6). */
export function newTotpSeed(): string {
  return new Secret({ buffer: new Uint8Array(randomBytes(seedBytes)).buffer }).base32;
}

/**
 * The address that an app reads from the QR code (the Key Uri Format of Google Authenticator).
 * @param issuer the name of this server, which the app shows
 * @param label the name of the account, which the app shows
 */
export function totpAddress(seed: string, issuer: string, label: string): string {
  return new TOTP({ secret: Secret.fromBase32(seed), algorithm, digits, period, issuer, label }).toString();
}

/** Whether the text has the form of a code. */
export function isTotpCode(text: string): boolean {
  return codeForm.test(text);
}

/**
 * @returns the time step that the code belongs to, among the current one and its neighbours; undefined for a wrong code
 */
export function stepOfTotpCode(seed: string, code: string, at: Date): number | undefined {
  const delta = isTotpCode(code)
    ? totpOf(seed).validate({ token: code, timestamp: at.getTime(), window: tolerance })
    : null;
  return delta === null ? undefined : Math.floor(at.getTime() / 1000 / period) + delta;
}

/** The code that an app shows at this time. */
export function totpCode(seed: string, at: Date): string {
  return totpOf(seed).generate({ timestamp: at.getTime() });
}
