/** Signs statements of this server that are not tokens, with the current key of the JWK Set. */
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { JWK } from 'oidc-provider';
import type { SignJwt } from './revocation-document.ts';

/** @param keys private keys, of which the first with ES256 signs */
export function createJwtSigner(keys: readonly JWK[]): SignJwt {
  const jwk = keys.find(({ alg }) => alg === 'ES256');
  if (jwk?.kid === undefined) {
    throw new TypeError('there is no ES256 key');
  }
  const { kid } = jwk;
  const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return (typ, claims) => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(key);
}
