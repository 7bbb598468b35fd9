/**
 * Checks what authenticators return (Web Authentication Level 3, §7). Challenges are checked by the caller before: here
 * a response must only contain the expected one. Attestation is not asked for, so the model of an authenticator is not
 * verified. The library is loaded at the first use, because that takes a third of a second and most commands, and the
 * start of the server, do not need it.
 */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

export type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

/** COSE algorithms of the keys that are accepted: EdDSA, ES256, RS256. */
export const keyAlgorithms = [-8, -7, -257] as const;

/** The site that a passkey is for. */
export interface RelyingParty {
  /** The RP ID: a host name, without scheme and port. */
  readonly id: string;
  /** The origins of the pages that may use passkeys of this RP ID. */
  readonly origins: readonly string[];
}

/** A new credential, as the authenticator described it. */
export interface NewCredential {
  /** base64url. */
  readonly id: string;
  /** A COSE_Key, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** The use of a credential. */
export interface Assertion {
  /** The signature counter of the authenticator. It is not compared with the one of the last use here. */
  readonly counter: number;
  /** Whether the authenticator verified the user, by a PIN or biometrically, and not only that somebody is present. */
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** A response that does not prove anything. The message is for the audit and the log. */
export class RejectedResponse {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The library's message without the values that the response contained. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/"[^"]*"/g, '…').slice(0, 120);
}

/** The challenge in a response: the text that was encoded as base64url; undefined if the response has none. */
export function challengeOf(clientDataJson: string): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8'));
    const challenge = typeof data === 'object' && data !== null && 'challenge' in data ? data.challenge : undefined;
    return typeof challenge === 'string' ? Buffer.from(challenge, 'base64url').toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** A challenge as options and responses contain it. */
export function encodeChallenge(challenge: string): string {
  return Buffer.from(challenge, 'utf8').toString('base64url');
}

/**
 * Checks the response to `navigator.credentials.create()` (§7.1). The authenticator must have verified the user.
 * @param challenge as {@link challengeOf} returns it
 */
export async function verifyRegistration(
  response: RegistrationResponseJSON,
  challenge: string,
  { id, origins }: RelyingParty,
): Promise<NewCredential | RejectedResponse> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: encodeChallenge(challenge),
      expectedOrigin: [...origins],
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...keyAlgorithms],
    });
    if (registrationInfo === undefined) {
      return new RejectedResponse('the attestation is not valid');
    }
    const { credential, aaguid, credentialDeviceType, credentialBackedUp } = registrationInfo;
    return {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      aaguid,
      backupEligible: credentialDeviceType === 'multiDevice',
      backedUp: credentialBackedUp,
    };
  } catch (error) {
    return new RejectedResponse(reasonOf(error));
  }
}

/**
 * Checks the response to `navigator.credentials.get()` (§7.2) with the key that was registered. Not checked here: whose
 * credential it is, whether the user was verified, and the counter.
 * @param challenge as {@link challengeOf} returns it
 */
export async function verifyAssertion(
  response: AuthenticationResponseJSON,
  challenge: string,
  credential: { readonly id: string; readonly publicKey: string },
  { id, origins }: RelyingParty,
): Promise<Assertion | RejectedResponse> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: encodeChallenge(challenge),
      expectedOrigin: [...origins],
      expectedRPID: id,
      // The library compares the counter before it checks the signature. With 0 it does not, and the caller can be sure
      // that a counter that went back was signed.
      credential: {
        id: credential.id,
        publicKey: new Uint8Array(Buffer.from(credential.publicKey, 'base64url')),
        counter: 0,
      },
      requireUserVerification: false,
    });
    return verified
      ? {
          counter: authenticationInfo.newCounter,
          userVerified: authenticationInfo.userVerified,
          backupEligible: authenticationInfo.credentialDeviceType === 'multiDevice',
          backedUp: authenticationInfo.credentialBackedUp,
        }
      : new RejectedResponse('the signature is not valid');
  } catch (error) {
    return new RejectedResponse(reasonOf(error));
  }
}
