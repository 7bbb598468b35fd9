/**
 * Assertions that authorize a machine client (RFC 7523 §2.1, §3): JWTs that the client has signed with its own key, and
 * tokens of workloads whose issuer the operator trusts for this client, such as those of a cluster or a CI service.
 */
import {
  compactVerify,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors as joseErrors,
  type JWK,
  type JWTPayload,
  type ProtectedHeaderParameters,
} from 'jose';
import { errors, type Client } from 'oidc-provider';
import { epochSeconds, type Clock } from '../clock.ts';
import { digest } from '../crypto/secrets.ts';
import { matchesSubject } from '../services/values/subject-patterns.ts';
import type { WorkloadIssuerService } from '../services/clients/workload-issuers.ts';
import type { WorkloadIssuerDocument } from '../storage/collections.ts';
import type { OidcPayloadRepository } from '../storage/repositories/oidc-payloads.ts';
import { assertionAudiencesOf } from './client-authentication.ts';
import { endpoints } from './endpoints.ts';
import { IssuerUnreachableError, type IssuerKeys } from './issuer-keys.ts';

/** `none` proves nothing, and with HMAC the verifier could sign, too. */
const algorithms = ['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA', 'Ed25519'];

/** Without explicit typing, or with that of a plain JWT: no other kind of JWT of the same issuer (RFC 8725 §3.11). */
const types = [undefined, 'jwt', 'jose'];

/** Characters. */
const maxLength = 16 * 1024;
/** Seconds until the expiry of what a client signs for itself, as for client assertions (FAPI 2.0 §5.3.2.1). */
const maxOwnLifetime = 300;
/** Seconds until the expiry of a workload's token: those of clusters are valid for hours. */
const maxWorkloadLifetime = 24 * 3600;

export interface AcceptedAssertion {
  readonly issuer: string;
  readonly subject: string;
  readonly jti?: string;
  /** False if the client has signed it itself. */
  readonly ofWorkload: boolean;
}

/**
 * Verifies an assertion for a client. A single-use assertion is used up.
 * @throws AssertionRejected with a reason for the caller, who has the assertion and can read it
 * @throws IssuerUnavailable, StorageUnavailableError
 */
export type AcceptAssertion = (assertion: string, client: Client) => Promise<AcceptedAssertion>;

/** The issuer of an assertion does not answer, and no keys of it are known. It says nothing about the assertion. */
export class IssuerUnavailable extends errors.OIDCProviderError {
  constructor(issuer: string) {
    super(503, 'temporarily_unavailable');
    this.error_description = `the keys of the issuer ${printable(issuer)} cannot be fetched; try again later`;
    this.expose = true;
  }
}

/** Text with the characters that an error description may have (RFC 6749 §5.2). */
function printable(text: string): string {
  return text.slice(0, 300).replaceAll(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, '?');
}

/** An assertion is not accepted. The engine's own description is the same for all reasons. */
export class AssertionRejected extends errors.InvalidGrant {
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
    this.error_description = `assertion rejected: ${reason}`;
  }
}

interface Unverified {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

function decode(assertion: string): Unverified {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch {
    throw new AssertionRejected('it is not a signed JWT');
  }
}

/** The claimed issuer of an assertion, which nothing proves yet; undefined if it is not a JWT. */
export function claimedIssuer(assertion: string): string | undefined {
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}

async function hasValidSignature(assertion: string, keys: readonly JWK[]): Promise<boolean> {
  try {
    await compactVerify(assertion, createLocalJWKSet({ keys: [...keys] }), { algorithms });
    return true;
  } catch (error) {
    if (error instanceof joseErrors.JWKSMultipleMatchingKeys && keys.length > 1) {
      const results = await Promise.all(keys.map((key) => hasValidSignature(assertion, [key])));
      return results.includes(true);
    }
    // A key that cannot be used is a TypeError or, from Web Crypto, a DOMException.
    if (error instanceof joseErrors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
      return false;
    }
    throw error;
  }
}

function checkHeader({ alg, typ }: ProtectedHeaderParameters): void {
  if (alg === undefined || !algorithms.includes(alg)) {
    throw new AssertionRejected(`its alg must be one of ${algorithms.join(', ')}`);
  }
  // Nobody has checked that it is text.
  if (!types.includes(typeof typ === 'string' ? typ.toLowerCase() : typ)) {
    throw new AssertionRejected('its typ is that of another kind of JWT');
  }
}

export function createAcceptAssertion(deps: {
  readonly issuer: string;
  readonly workloadIssuers: Pick<WorkloadIssuerService, 'find'>;
  readonly issuerKeys: Pick<IssuerKeys, 'find'>;
  readonly payloads: Pick<OidcPayloadRepository, 'insertOnce'>;
  readonly clock: Clock;
  /** Seconds by which the clocks of others may differ. */
  readonly clockTolerance: number;
}): AcceptAssertion {
  const { issuer: ownIssuer, workloadIssuers, issuerKeys, payloads, clock, clockTolerance } = deps;
  const tokenEndpoint = `${ownIssuer}${endpoints.token.path}`;

  /** @throws InvalidGrant */
  function checkTimes({ exp, iat, nbf }: JWTPayload, maxLifetime: number): number {
    const now = epochSeconds(clock);
    if (typeof exp !== 'number' || exp - now > maxLifetime) {
      throw new AssertionRejected(`it must expire within ${maxLifetime} seconds`);
    }
    if (exp <= now - clockTolerance) {
      throw new AssertionRejected('it has expired');
    }
    if ([iat, nbf].some((moment) => moment !== undefined && !(moment <= now + clockTolerance))) {
      throw new AssertionRejected('it is not valid yet (iat, nbf)');
    }
    return exp;
  }

  /** With several audiences, each of the others could present the assertion here. */
  function checkAudience(aud: JWTPayload['aud'], expected: readonly string[]): void {
    const [audience, ...others] = [aud ?? []].flat();
    if (audience === undefined || others.length > 0 || !expected.includes(audience)) {
      throw new AssertionRejected(`its only aud must be ${printable(expected.join(' or '))}`);
    }
  }

  /** The same rule as for the client's authentication: the client signs both with the same key. */
  function checkOwnAudience(aud: JWTPayload['aud'], expected: readonly string[]): void {
    if (!expected.some((audience) => audience === aud)) {
      throw new AssertionRejected(`its aud must be ${printable(expected.join(' or '))}, as a string`);
    }
  }

  /** @throws InvalidGrant when it was used before */
  async function useOnce(issuer: string, jti: unknown, exp: number): Promise<void> {
    if (typeof jti !== 'string' || jti === '') {
      throw new AssertionRejected('it needs a jti, because it works once');
    }
    const until = new Date((exp + clockTolerance) * 1000);
    if (!(await payloads.insertOnce('ReplayDetection', digest(`${issuer}\n${jti}`), until))) {
      throw new AssertionRejected('it was used before (jti)');
    }
  }

  async function keysOf({ issuer, jwks }: WorkloadIssuerDocument, kid: string | undefined): Promise<readonly JWK[]> {
    if (jwks !== undefined) {
      return (JSON.parse(jwks) as { readonly keys: readonly JWK[] }).keys;
    }
    try {
      return await issuerKeys.find(issuer, kid);
    } catch (error) {
      throw error instanceof IssuerUnreachableError ? new IssuerUnavailable(issuer) : error;
    }
  }

  async function acceptOwn(assertion: string, client: Client, claims: JWTPayload): Promise<void> {
    const keys = client.jwks?.keys ?? [];
    if (claims.sub !== client.clientId) {
      throw new AssertionRejected('its sub must be the client id, as its iss is');
    }
    if (!(await hasValidSignature(assertion, keys as readonly JWK[]))) {
      throw new AssertionRejected('it is not signed by a registered key of this client');
    }
    const exp = checkTimes(claims, maxOwnLifetime);
    checkOwnAudience(claims.aud, assertionAudiencesOf(client, ownIssuer));
    await useOnce(client.clientId, claims.jti, exp);
  }

  async function acceptWorkload(assertion: string, client: Client, { header, claims }: Unverified): Promise<void> {
    const { iss = '', sub = '' } = claims;
    const trusted = await workloadIssuers.find(client.clientId, iss);
    if (trusted === null) {
      throw new AssertionRejected(`this client trusts no issuer ${printable(iss)}`);
    }
    if (!(await hasValidSignature(assertion, await keysOf(trusted, header.kid)))) {
      throw new AssertionRejected('it is not signed by a key of its issuer');
    }
    const exp = checkTimes(claims, maxWorkloadLifetime);
    checkAudience(claims.aud, trusted.audience === undefined ? [ownIssuer, tokenEndpoint] : [trusted.audience]);
    if (!trusted.subjects.some((pattern) => matchesSubject(pattern, sub))) {
      throw new AssertionRejected(`this client accepts no subject ${printable(sub)} of this issuer`);
    }
    if (trusted.singleUse === true) {
      await useOnce(iss, claims.jti, exp);
    }
  }

  return async (assertion, client) => {
    if (assertion.length > maxLength) {
      throw new AssertionRejected(`it has more than ${maxLength} characters`);
    }
    const { header, claims } = decode(assertion);
    const { iss: issuer, sub: subject, jti } = claims;
    if (typeof issuer !== 'string' || typeof subject !== 'string') {
      throw new AssertionRejected('it needs iss and sub');
    }
    checkHeader(header);
    const ofWorkload = issuer !== client.clientId;
    if (ofWorkload) {
      await acceptWorkload(assertion, client, { header, claims });
    } else {
      await acceptOwn(assertion, client, claims);
    }
    return { issuer, subject, ofWorkload, ...(typeof jti === 'string' ? { jti } : {}) };
  };
}
