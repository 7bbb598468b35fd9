/** Verifies the signature of JWTs that this server issued. What a JWT is for must be checked by the caller. */
import {
  compactVerify,
  createLocalJWKSet,
  errors as joseErrors,
  type CompactJWSHeaderParameters,
  type JWK,
  type JWTPayload,
} from 'jose';

/** A JWT with a valid signature. Its type, issuer, audience and expiry are not checked. */
export interface OwnJwt {
  readonly header: CompactJWSHeaderParameters;
  readonly payload: JWTPayload;
}

/** Undefined for text that is not a JWT with a valid signature of one of the keys. */
export type VerifyOwnJwt = (jwt: string) => Promise<OwnJwt | undefined>;

function parsePayload(bytes: Uint8Array): JWTPayload | undefined {
  try {
    const payload: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof payload === 'object' && payload !== null ? { ...payload } : undefined;
  } catch {
    return undefined;
  }
}

/** @param keys public keys */
export function createOwnJwtVerifier(keys: readonly JWK[]): VerifyOwnJwt {
  const keySet = createLocalJWKSet({ keys: [...keys] });
  return async (jwt) => {
    try {
      const { payload: bytes, protectedHeader: header } = await compactVerify(jwt, keySet, {
        algorithms: ['ES256', 'RS256'],
      });
      const payload = parsePayload(bytes);
      return payload === undefined ? undefined : { header, payload };
    } catch (error) {
      if (error instanceof joseErrors.JOSEError || error instanceof TypeError) {
        return undefined;
      }
      throw error;
    }
  };
}
