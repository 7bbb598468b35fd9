/** The claims that a profile may hold, and their types (OpenID Connect Core §5.1). */
import { z } from 'zod';
import type { UserDocument } from '../../storage/collections.ts';
import { parseInput } from './validation.ts';

export type Profile = UserDocument['profile'];

const maxLength = 512;

// Control characters (also line breaks) and characters that change the reading direction.
const unwanted = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

function isWebAddress(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === ''
  );
}

function isDate(value: string): boolean {
  if (/^\d{4}$/.test(value)) {
    return true;
  }
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (!found) {
    return false;
  }
  const [, year = '', month = '', day = ''] = found;
  // 0000 means that the year is omitted (OpenID Connect Core §5.1). A leap year is used, so that 29 February is valid.
  const date = new Date(Date.UTC(year === '0000' ? 2000 : Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isTimeZone(value: string): boolean {
  try {
    return (
      /^[A-Za-z]/.test(value) && new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
    );
  } catch {
    return false;
  }
}

function isLocale(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** Text of one claim. @param multiline whether line breaks may separate its lines */
function text(claim: string, expected: string, accepts: (value: string) => boolean, multiline = false) {
  const message = `The claim ${claim} must be ${expected}.`;
  return z
    .string(message)
    .min(1, message)
    .max(maxLength, message)
    .refine((value) => {
      const onOneLine = multiline ? value.replaceAll(/\r?\n/g, ' ') : value;
      return value.isWellFormed() && !unwanted.test(onOneLine) && accepts(value);
    }, message);
}

const anyText = `text of 1 to ${maxLength} characters on one line`;

function plain(claim: string, multiline = false) {
  return text(claim, anyText, () => true, multiline);
}

function webAddress(claim: string) {
  return text(claim, 'an http or https address', isWebAddress);
}

const addressParts = {
  // These two may have several lines (OpenID Connect Core §5.1.1).
  formatted: plain('address.formatted', true),
  street_address: plain('address.street_address', true),
  locality: plain('address.locality'),
  region: plain('address.region'),
  postal_code: plain('address.postal_code'),
  country: plain('address.country'),
};

const partNames = Object.keys(addressParts).join(', ');

const address = z
  .strictObject(addressParts, {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? `The claim address has no part of this name; it has ${partNames}.`
        : `The claim address must be an object of ${partNames}.`,
  })
  .partial();

const claims = {
  name: plain('name'),
  given_name: plain('given_name'),
  family_name: plain('family_name'),
  middle_name: plain('middle_name'),
  nickname: plain('nickname'),
  preferred_username: plain('preferred_username'),
  gender: plain('gender'),
  profile: webAddress('profile'),
  picture: webAddress('picture'),
  website: webAddress('website'),
  birthdate: text('birthdate', 'a date such as 1815-12-10, or a year', isDate),
  zoneinfo: text('zoneinfo', 'a time zone such as Europe/Berlin', isTimeZone),
  locale: text('locale', 'a language tag such as en-GB', isLocale),
  phone_number: text('phone_number', 'a number in E.164 form such as +441234567890', (value) =>
    /^\+[1-9][0-9 ()-]{5,30}(?:;ext=\d{1,10})?$/.test(value),
  ),
  address,
};

/**
 * What users may edit themselves. Not `preferred_username`: apps use it as the name of their own account of the user,
 * so a user who could choose it could take over another one's. Parts of the address are `address.<part>`; its
 * `formatted` form is replaced by them.
 */
export const userProfileFields = [
  'name',
  'given_name',
  'middle_name',
  'family_name',
  'nickname',
  'gender',
  'birthdate',
  'locale',
  'zoneinfo',
  'profile',
  'picture',
  'website',
  'phone_number',
  'address.street_address',
  'address.postal_code',
  'address.locality',
  'address.region',
  'address.country',
] as const;

export type UserProfileField = (typeof userProfileFields)[number];
/** The names of the claims that a profile may have. */
export const profileClaims: readonly string[] = Object.keys(claims);

const given = z
  .strictObject(claims, `A profile has no claim of this name; it has ${profileClaims.join(', ')}.`)
  .partial();

/**
 * Returns the profile with some claims changed. Claims that are stored elsewhere (`email`, `email_verified`,
 * `phone_number_verified`, `updated_at`, `sub`) are not part of a profile.
 *
 * @param changes claim names and values; null or empty text removes a claim, undefined leaves it unchanged
 * @throws InvalidInputError for a claim that is not in OpenID Connect Core §5.1 or has the wrong type; `field` is the
 *   claim
 */
export function applyProfileChanges(profile: Profile, changes: Readonly<Record<string, unknown>>): Profile {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  const removed = entries.filter(([, value]) => value === null || value === '').map(([claim]) => claim);
  // The name of a removed claim is validated, too.
  parseInput(given, Object.fromEntries(removed.map((claim) => [claim, undefined])));
  const kept = Object.entries(profile).filter(([claim]) => !removed.includes(claim));
  const changed = parseInput(given, Object.fromEntries(entries.filter(([claim]) => !removed.includes(claim))));
  return Object.fromEntries([...kept, ...Object.entries(changed)]) as Profile;
}
