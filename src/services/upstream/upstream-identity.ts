/**
 * Reads who signed in at another provider from its claims, by the mapping that the operator configured. Nothing here
 * decides who may sign in.
 */
import { InvalidInputError } from '../../errors.ts';
import type { UpstreamDocument } from '../../storage/collections.ts';
import { parseEmailAddress } from '../values/email-address.ts';
import { maxGroups, parseGroups } from '../values/groups.ts';
import { applyProfileChanges, profileClaims } from '../values/profile.ts';

/** What a provider answered: the claims of the ID token and of userinfo. */
export interface UpstreamAnswer {
  readonly claims: Readonly<Record<string, unknown>>;
  /** The `iss` of the ID token. */
  readonly issuer?: string;
  /** The ID token, for signing out there. */
  readonly idToken?: string;
}

export interface UpstreamIdentity {
  /** Identifies the person at the provider, for ever. */
  readonly subject: string;
  /** A valid address. Whether it is trusted is not decided here. */
  readonly email?: string;
  /** Whether the provider says that it has verified the address. */
  readonly emailVerified: boolean;
  readonly profile: Readonly<Record<string, unknown>>;
  /** The groups here, by the mapping. Undefined: groups of this provider are not mapped. */
  readonly groups?: readonly string[];
  /** Seconds since the epoch: when the user signed in there, if the provider reports it. */
  readonly authTime?: number;
  readonly amr: readonly string[];
  readonly acr?: string;
  readonly sid?: string;
}

const maxSubjectLength = 255;
const maxAmr = 10;
/** Profile claims that are copied without a mapping: those whose values mean the same everywhere. */
const copiedClaims = ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'picture', 'locale', 'zoneinfo'];

type Claims = UpstreamAnswer['claims'];

function own(record: unknown, name: string): unknown {
  return typeof record === 'object' && record !== null && Object.hasOwn(record, name)
    ? Reflect.get(record, name)
    : undefined;
}

/** The claim with this name, or, since names may contain dots, the member at this path. */
function read(claims: Claims, name: string): unknown {
  const direct = own(claims, name);
  return direct === undefined && name.includes('.')
    ? name.split('.').reduce<unknown>((value, part) => own(value, part), claims)
    : direct;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number' && Number.isSafeInteger(value)
      ? String(value)
      : undefined;
}

/** Some providers write booleans as text (Apple) or numbers (Microsoft's `xms_edov`). */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 1 || value === '1';
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string' && one !== '');
}

function emailOf(value: unknown): string | undefined {
  try {
    return typeof value === 'string' ? parseEmailAddress(value).address : undefined;
  } catch {
    return undefined;
  }
}

/** Only names that a group of this server may have. */
function validGroups(names: readonly string[]): readonly string[] {
  const valid = names.filter((name) => {
    try {
      return parseGroups([name])[0] === name;
    } catch {
      return false;
    }
  });
  return [...new Set(valid)].slice(0, maxGroups);
}

function groupsOf({ groups: mappings }: UpstreamDocument, value: unknown): readonly string[] | undefined {
  if (mappings.length === 0) {
    return undefined;
  }
  // A provider that leaves the claim out says that the user is in no group.
  const theirs = textsOf(value);
  return validGroups(
    theirs.flatMap((name) =>
      mappings.flatMap(({ from, to }) => (from === name ? [to] : from === '*' && to === '*' ? [name] : [])),
    ),
  );
}

/** The profile without the claims that this server would not accept. */
function profileOf(claimOf: (name: string) => unknown, isMapped: (name: string) => boolean) {
  let profile = {};
  for (const name of profileClaims.filter((one) => copiedClaims.includes(one) || isMapped(one))) {
    try {
      profile = applyProfileChanges(profile, { [name]: claimOf(name) });
    } catch {
      // The provider's value is not valid here: the user can write their own.
    }
  }
  return profile;
}

/** @throws InvalidInputError when the provider does not identify the user */
export function readIdentity(upstream: UpstreamDocument, { claims, issuer }: UpstreamAnswer): UpstreamIdentity {
  const nameThere = (name: string): string => upstream.claims.find((one) => one.name === name)?.from ?? name;
  const claimOf = (name: string): unknown => read(claims, nameThere(name));
  const sub = textOf(claimOf('sub'));
  if (sub === undefined || sub.length > maxSubjectLength) {
    throw new InvalidInputError('The provider did not identify the user.', 'sub');
  }
  const email = emailOf(claimOf('email'));
  const groups = groupsOf(upstream, claimOf('groups'));
  const [authTime, sid, acr] = [claims['auth_time'], claims['sid'], claims['acr']];
  const ourAcr = upstream.acrs.find(({ from }) => from === acr)?.to;
  return {
    // A provider with several issuers (Microsoft's tenants) identifies a user by both (OpenID Connect Core §5.7).
    subject: issuer === undefined || issuer === upstream.issuer ? sub : `${issuer} ${sub}`,
    ...(email === undefined ? {} : { email }),
    emailVerified: email !== undefined && isTrue(claimOf('email_verified')),
    profile: profileOf(claimOf, (name) => upstream.claims.some((one) => one.name === name)),
    ...(groups === undefined ? {} : { groups }),
    ...(typeof authTime === 'number' ? { authTime } : {}),
    amr: upstream.trustAmr === true ? textsOf(claims['amr']).slice(0, maxAmr) : [],
    ...(ourAcr === undefined ? {} : { acr: ourAcr }),
    ...(typeof sid === 'string' && sid !== '' ? { sid } : {}),
  };
}

/** Whether the provider may vouch for this address: it says so, and the operator agrees for the address's domain. */
export function isTrustedAddress(
  { authoritativeFor }: UpstreamDocument,
  { email, emailVerified }: Pick<UpstreamIdentity, 'email' | 'emailVerified'>,
): boolean {
  if (email === undefined || !emailVerified) {
    return false;
  }
  const domain = parseEmailAddress(email).key.split('@')[1] ?? '';
  return authoritativeFor.includes('*') || authoritativeFor.includes(domain);
}
