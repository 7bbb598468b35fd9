/**
 * A private key for ES256, with which the engine signs by crypto/es256.ts. For other keys it uses WebCrypto. The engine
 * calls its interface for such keys experimental: one with another version of it does not start (configuration.ts).
 */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ExternalSigningKey, type JWK } from 'oidc-provider';
import { signEs256 } from '../crypto/es256.ts';

class Es256Key extends ExternalSigningKey {
  readonly #kid: string | undefined;
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  constructor(jwk: JWK) {
    super();
    this.#kid = jwk.kid;
    this.#private = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    this.#public = createPublicKey(this.#private);
  }

  override get kid(): string | undefined {
    return this.#kid;
  }

  override get alg(): string {
    return 'ES256';
  }

  override keyObject(): KeyObject {
    return this.#public;
  }

  override sign(data: Uint8Array): Uint8Array {
    return signEs256(this.#private, data);
  }
}

/** The key as the engine is given it. @param jwk a private key */
export function engineKey(jwk: JWK): JWK | ExternalSigningKey {
  return jwk.alg === 'ES256' ? new Es256Key(jwk) : jwk;
}
