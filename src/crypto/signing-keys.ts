/** Makes the key pairs that sign tokens. When a key is published, signs and retires is decided in services/signing-keys.ts. */
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';

export type SigningAlgorithm = 'ES256' | 'RS256';

/** A key pair as JWKs (RFC 7517) with `kid`, `alg` and `use`. */
export interface GeneratedSigningKey {
  /** The key's own thumbprint (RFC 7638), so that no two keys share a name. */
  readonly kid: string;
  readonly publicJwk: JWK;
  /** Holds the private key: seal it before it is stored. */
  readonly privateJwk: JWK;
}

/** 128 bits of security, which 2048 do not reach (OWASP ASVS 11.2.3). */
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
