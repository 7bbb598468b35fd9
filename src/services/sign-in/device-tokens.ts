/**
 * A signed cookie value that shows that a user has signed in with this browser before, so that other people's failed
 * guesses do not make the user wait. It is not a credential. It is valid until it expires or the user's credentials
 * change.
 */
import { after, epochSeconds, type Clock } from '../../clock.ts';
import type { Secrets } from '../../crypto/secrets.ts';
import type { UserDocument } from '../../storage/collections.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';

export interface DeviceToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** The content of a valid token. The caller must check that the version is still the user's. */
export interface Device {
  readonly accountId: string;
  readonly credentialsVersion: number;
}

export interface DeviceTokens {
  issue(user: Pick<UserDocument, '_id' | 'credentialsVersion'>): DeviceToken;
  /** Checks signature and lifetime, without the database. */
  read(token: string): Device | undefined;
}

const lifetimeSeconds = 180 * 24 * 3600;
const maxLength = 300;
/** The first part of the signed content, so that a token of another format is never accepted. */
const format = '2';

export function createDeviceTokens({
  secrets,
  clock,
}: {
  readonly secrets: Secrets;
  readonly clock: Clock;
}): DeviceTokens {
  return {
    issue: (user) => {
      const expiresAt = after(clock, lifetimeSeconds);
      const content = [format, user._id, credentialsVersionOf(user), Math.floor(expiresAt.getTime() / 1000)].join('.');
      return { token: `${content}.${secrets.mac('device', content)}`, expiresAt };
    },
    read: (token) => {
      const [read, accountId, version, expires, mac, ...rest] = token.length > maxLength ? [] : token.split('.');
      return read === format &&
        accountId !== undefined &&
        mac !== undefined &&
        rest.length === 0 &&
        secrets.verifyMac('device', [read, accountId, version, expires].join('.'), mac) &&
        Number(expires) > epochSeconds(clock)
        ? { accountId, credentialsVersion: Number(version) }
        : undefined;
    },
  };
}
