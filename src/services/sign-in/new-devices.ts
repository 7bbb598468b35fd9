/**
 * Sign-ins from browsers that a user has not used before. The user gets a mail with one link. Its page ends this
 * sign-in and every later one, and leads to a new password. Nothing is blocked: people get new browsers.
 *
 * A known browser has a valid device cookie of the user (device-tokens.ts). There is no mail for the first sign-in.
 */
import { after, type Clock } from '../../clock.ts';
import { ThrottledError } from '../../errors.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { originFields, type Actor, type AuditService, type Origin } from '../foundation/audit.ts';
import type { DeviceToken, DeviceTokens } from './device-tokens.ts';
import type { OneTimeLink, OneTimeLinks } from '../mails/one-time-links.ts';
import type { RevocationService } from '../tokens/revocation.ts';
import type { SessionService } from './sessions.ts';
import type { ThrottleKeys } from '../foundation/throttle-keys.ts';
import type { ThrottleService } from '../foundation/throttle.ts';
import { eventOf, type UserMails } from '../mails/user-mails.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';
import type { UserPasswords } from '../users/user-passwords.ts';

/** What the page of a link shows. */
export interface ReportedSignIn {
  readonly email: string;
  readonly at: Date;
  /** An address block. */
  readonly from?: string;
  readonly userAgent?: string;
}

export interface NewDevices {
  /**
   * Must be called when every step of a login is complete. Sends the mail if the browser is new for the user.
   * @param signIn.device the browser's device cookie, if it has one
   * @returns the device cookie that the browser gets
   */
  signedIn(
    signIn: { readonly user: UserDocument; readonly at: Date; readonly device?: string | undefined },
    origin: Origin,
  ): Promise<DeviceToken>;
  /** The sign-in that a link is about, without using it up. */
  peek(token: string, origin: Origin): Promise<ReportedSignIn | undefined>;
  /**
   * Ends the sign-in of a link, and every later one of the user, with what apps and scripts have got since.
   * @returns the token of a link that sets a new password, or nothing if the mail went to an address that the user has
   *   no more; undefined if the link does not work
   */
  reject(token: string, origin: Origin): Promise<{ readonly passwordToken?: string } | undefined>;
}

/** Seconds that the link works: the mail may be read the next day (NIST SP 800-63B-4 §4.2.1.2, recovery by email). */
const linkLifetime = 24 * 3600;

export interface NewDeviceDependencies {
  readonly users: Pick<UserRepository, 'recordFirstSignIn'>;
  readonly passwords: Pick<UserPasswords, 'createPasswordLink'>;
  readonly devices: DeviceTokens;
  readonly links: Pick<OneTimeLinks, 'create' | 'peek' | 'use'>;
  readonly sessions: Pick<SessionService, 'listByUser' | 'end'>;
  readonly revocation: Pick<RevocationService, 'endIssuedSince'>;
  readonly mails: Pick<UserMails, 'send'>;
  readonly throttle: Pick<ThrottleService, 'begin'>;
  readonly throttleKeys: Pick<ThrottleKeys, 'newDeviceMails'>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** The complete URL of a link. */
  readonly addressOf: (token: string) => string;
}

export function createNewDevices(deps: NewDeviceDependencies): NewDevices {
  const { users, passwords, devices, links, sessions, revocation, mails, throttle, throttleKeys, audit, clock } = deps;

  function isKnown(user: UserDocument, token: string | undefined): boolean {
    const device = token === undefined ? undefined : devices.read(token);
    return device?.accountId === user._id && device.credentialsVersion === credentialsVersionOf(user);
  }

  /** Whether another mail may be sent. Whoever knows the password must not be able to flood the mailbox. */
  async function mayMail(accountId: string): Promise<boolean> {
    try {
      const attempt = await throttle.begin([throttleKeys.newDeviceMails(accountId)]);
      await attempt.failed();
      return true;
    } catch (error) {
      if (error instanceof ThrottledError) {
        return false;
      }
      throw error;
    }
  }

  async function report(user: UserDocument, at: Date, origin: Origin): Promise<void> {
    await audit.record({
      ...originFields(origin),
      type: 'login.new_device',
      outcome: 'success',
      actor: user._id,
      accountId: user._id,
    });
    if (!(await mayMail(user._id))) {
      return;
    }
    const event = eventOf({ ...origin, at });
    const { token } = await links.create({
      purpose: 'new-device',
      accountId: user._id,
      mailedTo: user.emailKey,
      lifetime: linkLifetime,
      data: {
        at: at.toISOString(),
        ...(event.from === undefined ? {} : { from: event.from }),
        ...(event.userAgent === undefined ? {} : { userAgent: event.userAgent }),
      },
    });
    await mails.send(user, 'mail/new-device', { ...event, link: deps.addressOf(token) });
  }

  async function rejectBy(link: OneTimeLink, origin: Origin): Promise<{ readonly passwordToken?: string }> {
    const { user } = link;
    if (user === undefined) {
      return {};
    }
    const actor: Actor = { ...originFields(origin), actor: user._id };
    // The login's time has whole seconds. Whoever signed in may have done so again since.
    const since = Math.floor(signedInAt(link).getTime() / 1000) * 1000;
    for (const session of await sessions.listByUser(user._id)) {
      if ((session.signedInAt ?? after(clock, 0)).getTime() >= since) {
        await sessions.end(user._id, session.uid, actor, { offlineAccess: true });
      }
    }
    // Whoever signed in may have signed out again: what apps and scripts have got outlives the session.
    await revocation.endIssuedSince(user._id, new Date(since));
    await audit.record({
      ...actor,
      type: 'login.new_device_rejected',
      outcome: 'success',
      accountId: user._id,
    });
    if (link.mailedTo !== user.emailKey || user.disabled) {
      return {};
    }
    const { token: passwordToken } = await passwords.createPasswordLink(user._id, 'set-password', actor, {
      mailed: true,
    });
    return { passwordToken };
  }

  function signedInAt({ data }: OneTimeLink): Date {
    return new Date(data['at'] ?? 0);
  }

  return {
    signedIn: async ({ user, at, device }, origin) => {
      if (user.firstSignInAt === undefined) {
        await users.recordFirstSignIn(user._id, at);
      } else if (!isKnown(user, device)) {
        await report(user, at, origin);
      }
      return devices.issue(user);
    },

    peek: async (token, { address }) => {
      const link = await links.peek('new-device', token, address === undefined ? {} : { address });
      const { from, userAgent } = link?.data ?? {};
      return link?.user === undefined
        ? undefined
        : {
            email: link.user.email,
            at: signedInAt(link),
            ...(from === undefined ? {} : { from }),
            ...(userAgent === undefined ? {} : { userAgent }),
          };
    },

    reject: (token, origin) => links.use('new-device', token, (link) => rejectBy(link, origin)),
  };
}
