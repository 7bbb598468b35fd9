/** The options for the standard claims of a user (OpenID Connect Core §5.1). */
import type { CommandOption, GivenOptions } from './command.ts';

/** Claim, value and description of each option. */
const claims: readonly (readonly [string, string, string])[] = [
  ['name', '<name>', 'Full name'],
  ['given_name', '<name>', 'Given name'],
  ['family_name', '<name>', 'Family name'],
  ['middle_name', '<name>', 'Middle name'],
  ['nickname', '<name>', 'Nickname'],
  ['preferred_username', '<name>', 'Short name, such as a login name'],
  ['profile', '<url>', 'Address of the profile page'],
  ['picture', '<url>', 'Address of the picture'],
  ['website', '<url>', 'Address of the web site'],
  ['gender', '<text>', 'Gender'],
  ['birthdate', '<date>', 'A date such as 1815-12-10, or a year'],
  ['zoneinfo', '<zone>', 'A time zone such as Europe/Berlin'],
  ['locale', '<tag>', 'The language for mails, such as en-GB'],
  ['phone_number', '<number>', 'A number such as +441234567890'],
];

const addressParts = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country'] as const;

function optionOf(claim: string): string {
  return claim.replaceAll('_', '-');
}

export const profileOptions: readonly CommandOption[] = [
  ...claims.map(([claim, value, description]) => ({ flags: `--${optionOf(claim)} ${value}`, description })),
  ...addressParts.map((part) => ({
    flags: `--address-${optionOf(part)} <text>`,
    description: `Postal address: ${part.replace('_', ' ')}`,
  })),
];

/**
 * Reads the given claims; `''` removes one. The parts of an address are one claim: the given parts replace the whole
 * address.
 * @returns undefined when none was given
 */
export function readProfile({ text }: GivenOptions): Readonly<Record<string, unknown>> | undefined {
  const given = claims.flatMap(([claim]) => {
    const value = text(optionOf(claim));
    return value === undefined ? [] : [[claim, value] as const];
  });
  const parts = addressParts.flatMap((part) => {
    const value = text(`address-${optionOf(part)}`);
    return value === undefined ? [] : [[part, value] as const];
  });
  const address = Object.fromEntries(parts.filter(([, value]) => value !== ''));
  const all = {
    ...Object.fromEntries(given),
    ...(parts.length === 0 ? {} : { address: Object.keys(address).length === 0 ? null : address }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}
