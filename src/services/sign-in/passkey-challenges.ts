/**
 * The challenges that authenticators sign (WebAuthn §13.4.3). A challenge is not stored when it is made, because every
 * sign-in page has one: it contains its expiry, and a MAC over what it is bound to. When it is used it is stored until
 * it expires, and the insert decides: exactly one of several uses, in any number of processes, succeeds.
 */
import type { Clock } from '../../clock.ts';
import { digest, randomToken, type Secrets } from '../../crypto/secrets.ts';

export interface PasskeyChallenges {
  /** @param binding what the challenge is for, in which flow of which browser. It works for nothing else */
  create(binding: string): string;
  /** Uses a challenge. False if it has another binding, has expired, or was used. @throws StorageUnavailableError */
  use(challenge: string, binding: string): Promise<boolean>;
}

/** 128 bits (WebAuthn §13.4.3). */
const nonceBytes = 16;
/** The name of the key of the MAC. */
const purpose = 'passkey challenge';

export function createPasskeyChallenges(deps: {
  readonly secrets: Pick<Secrets, 'mac' | 'verifyMac'>;
  readonly clock: Clock;
  /** Seconds that a challenge can be used. */
  readonly lifetime: number;
  /** Inserts an id that expires. Exactly one caller gets true. */
  readonly insertOnce: (id: string, expiresAt: Date) => Promise<boolean>;
}): PasskeyChallenges {
  const { secrets, clock, lifetime, insertOnce } = deps;
  const signed = (nonce: string, expires: string, binding: string): string => `${nonce}\n${expires}\n${binding}`;
  return {
    create: (binding) => {
      const nonce = randomToken(nonceBytes);
      const expires = String(clock.now().getTime() + lifetime * 1000);
      return `${nonce}.${expires}.${secrets.mac(purpose, signed(nonce, expires, binding))}`;
    },
    use: async (challenge, binding) => {
      const [nonce = '', expires = '', mac = ''] = challenge.split('.');
      if (!secrets.verifyMac(purpose, signed(nonce, expires, binding), mac)) {
        return false;
      }
      const expiresAt = new Date(Number(expires));
      return expiresAt > clock.now() && insertOnce(digest(`${purpose}\n${nonce}`), expiresAt);
    },
  };
}
