/** Validates the public keys that a client registers: a JWK Set as text (RFC 7517 §5). */
import { z } from 'zod';

const maxBytes = 64 * 1024;
const maxKeys = 20;
const minRsaBytes = 256;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'];

function isStrongPublicKey(key: Readonly<Record<string, unknown>>): boolean {
  const { kty, crv, n } = key;
  return (
    (kty === 'RSA' && typeof n === 'string' && Buffer.from(n, 'base64url').length >= minRsaBytes) ||
    (kty === 'EC' && crv === 'P-256') ||
    (kty === 'OKP' && crv === 'Ed25519')
  );
}

const publicKey = z
  .looseObject({}, 'Each key must be a JSON object (RFC 7517 §4).')
  .refine((key) => !privateMembers.some((member) => member in key), {
    error:
      'Contains a private or symmetric key. Register public keys only, and replace this one: it is no longer secret.',
    abort: true,
  })
  .refine(isStrongPublicKey, 'A key must be RSA of at least 2048 bits, EC P-256, or Ed25519.');

const shape = `Expected {"keys": [ … ]} with 1 to ${maxKeys} keys (RFC 7517 §5).`;

/** @returns the set as normalised text */
export const jwkSet = z
  .string()
  .max(maxBytes, { error: 'At most 64 KiB.', abort: true })
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('Is not JSON. Expected a JWK Set, {"keys": [ … ]} (RFC 7517 §5).');
      return z.NEVER;
    }
  })
  .pipe(z.object({ keys: z.array(publicKey, shape).min(1, shape).max(maxKeys, shape) }, shape))
  .transform((set) => JSON.stringify(set));
