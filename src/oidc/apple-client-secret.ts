/**
 * Apple's client secret: a JWT that the client signs with its private key (Apple, "Creating a client secret"). Apple
 * has no other client authentication.
 */
import { createPrivateKey, sign } from 'node:crypto';
import { epochSeconds, type Clock } from '../clock.ts';
import type { UpstreamDocument } from '../storage/collections.ts';

/** Seconds. Apple accepts up to six months. */
const lifetime = 300;

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** @param privateKey EC P-256, PKCS #8 in PEM: the content of the .p8 file */
export function appleClientSecret(
  { clientId, appleTeamId, appleKeyId, issuer }: UpstreamDocument,
  privateKey: string,
  clock: Clock,
): string {
  const now = epochSeconds(clock);
  const header = encode({ alg: 'ES256', kid: appleKeyId });
  const claims = encode({ iss: appleTeamId, iat: now, exp: now + lifetime, aud: issuer, sub: clientId });
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), {
    key: createPrivateKey(privateKey),
    // The signature format of JWS (RFC 7518 §3.4).
    dsaEncoding: 'ieee-p1363',
  });
  return `${header}.${claims}.${signature.toString('base64url')}`;
}
