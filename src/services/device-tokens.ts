/**
 * What a browser keeps after a sign-in: a signed mark that this user was signed in there, so that strangers who guess at
 * the user do not keep its owner waiting. It proves nothing else, and is no credential. It holds as long as the
 * credentials that were proved when it was made.
 */
import { after, epochSeconds, type Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import type { UserDocument } from '../storage/collections.ts';
import { credentialsVersionOf } from './user-records.ts';

export interface DeviceToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What a genuine token that has not expired says. Whether the version is still the user's is for the caller to check. */
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
/** What is signed begins with it: tokens of another format are never taken for these. */
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
