/** The claims that a profile may hold, and their types (OpenID Connect Core §5.1). */
import { InvalidInputError } from '../errors.ts';
import type { UserDocument } from '../storage/collections.ts';

export type Profile = UserDocument['profile'];

const longestValue = 512;

interface ClaimType {
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
}

// Control characters, line breaks among them, and marks that turn the reading direction around.
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
  // A year of 0000 means that it is left out; a leap year then, so that 29 February is a birthday.
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

const text: ClaimType = { expected: `text of 1 to ${longestValue} characters on one line`, accepts: () => true };
const webAddress: ClaimType = { expected: 'an http or https address', accepts: isWebAddress };

const claimTypes: ReadonlyMap<string, ClaimType> = new Map([
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'gender'].map(
    (claim) => [claim, text] as const,
  ),
  ...['profile', 'picture', 'website'].map((claim) => [claim, webAddress] as const),
  ['birthdate', { expected: 'a date such as 1815-12-10, or a year', accepts: isDate }],
  ['zoneinfo', { expected: 'a time zone such as Europe/Berlin', accepts: isTimeZone }],
  ['locale', { expected: 'a language tag such as en-GB', accepts: isLocale }],
  [
    'phone_number',
    {
      expected: 'a number in E.164 form such as +441234567890',
      accepts: (value: string) => /^\+[1-9][0-9 ()-]{5,30}(?:;ext=\d{1,10})?$/.test(value),
    },
  ],
] as const);

const addressParts = new Set(['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country']);

function readText(claim: string, value: unknown, { expected, accepts }: ClaimType, multiline = false): string {
  const bare = typeof value === 'string' && multiline ? value.replaceAll(/\r?\n/g, ' ') : value;
  if (
    typeof value !== 'string' ||
    typeof bare !== 'string' ||
    bare.length === 0 ||
    value.length > longestValue ||
    !value.isWellFormed() ||
    unwanted.test(bare) ||
    !accepts(value)
  ) {
    throw new InvalidInputError(`The claim ${claim} must be ${expected}.`, claim);
  }
  return value;
}

function readAddress(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInputError(`The claim address must be an object of ${[...addressParts].join(', ')}.`, 'address');
  }
  const parts = Object.entries(value).map(([part, content]) => {
    if (!addressParts.has(part)) {
      throw new InvalidInputError(
        `The claim address has no part of this name; it has ${[...addressParts].join(', ')}.`,
        'address',
      );
    }
    // Lines may be separated in these two (OpenID Connect Core §5.1.1).
    return [
      part,
      readText(`address.${part}`, content, text, part === 'formatted' || part === 'street_address'),
    ] as const;
  });
  return Object.fromEntries(parts);
}

/**
 * A profile after some of its claims were changed. Claims that follow from elsewhere (`email`, `email_verified`,
 * `phone_number_verified`, `updated_at`, `sub`) are none of a profile's.
 *
 * @param changes claim names and values; null or empty text removes a claim
 * @throws InvalidInputError for a claim that is not of §5.1, or not of its type; its `field` is the claim
 */
export function applyProfileChanges(profile: Profile, changes: Readonly<Record<string, unknown>>): Profile {
  const result = new Map(Object.entries(profile));
  for (const [claim, value] of Object.entries(changes)) {
    const type = claimTypes.get(claim);
    if (type === undefined && claim !== 'address') {
      throw new InvalidInputError(
        `A profile has no claim of this name; it has ${[...claimTypes.keys(), 'address'].join(', ')}.`,
        'profile',
      );
    }
    if (value === undefined) {
      continue;
    }
    if (value === null || value === '') {
      result.delete(claim);
    } else {
      result.set(claim, type === undefined ? readAddress(value) : readText(claim, value, type));
    }
  }
  return Object.fromEntries(result);
}
