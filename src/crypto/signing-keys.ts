/**
 * Generates the key pairs that sign tokens. services/tokens/signing-keys.ts decides when a key is published, signs and
 * retires.
 */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

export type SigningAlgorithm = 'ES256' | 'RS256';

/** A key pair as JWKs (RFC 7517) with `kid`, `alg` and `use`. */
export interface GeneratedSigningKey {
  /** The key's thumbprint (RFC 7638), so that no two keys have the same id. */
  readonly kid: string;
  readonly publicJwk: JWK;
  /** Contains the private key: the caller must encrypt it before storing it. */
  readonly privateJwk: JWK;
}

/** For 128 bits of security, for which 2048 bits are not enough (OWASP ASVS 11.2.3). */
const rsaModulusBits = 3072;

const makePair = promisify(generateKeyPair);

/** Generates a key in the thread pool. An RSA key takes up to some seconds; an EC key well under a millisecond. */
export async function generateSigningKey(alg: SigningAlgorithm): Promise<GeneratedSigningKey> {
  const { publicKey, privateKey } =
    alg === 'ES256'
      ? await makePair('ec', { namedCurve: 'P-256' })
      : await makePair('rsa', { modulusLength: rsaModulusBits });
  const publicPart = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicPart);
  const marks = { kid, alg, use: 'sig' };
  return { kid, publicJwk: { ...publicPart, ...marks }, privateJwk: { ...(await exportJWK(privateKey)), ...marks } };
}
