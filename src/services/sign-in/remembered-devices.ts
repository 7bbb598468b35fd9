/**
 * Browsers in which a user is not asked for a second factor: "do not ask again on this device". The browser has a
 * random value in a cookie. It counts until it expires, the user removes it, or the user's credentials change. It
 * replaces only the second factor, never the password.
 */
import { after, type Clock } from '../../clock.ts';
import { randomToken } from '../../crypto/secrets.ts';
import type { RememberedDeviceDocument, UserDocument } from '../../storage/collections.ts';
import type { RememberedDeviceRepository } from '../../storage/repositories/remembered-devices.ts';
import { addressBlock } from '../values/address-block.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';
import { credentialsVersionOf } from '../foundation/user-records.ts';

export interface RememberedDevice {
  /** Its id on pages. It gives no access. */
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly userAgent?: string;
  readonly from?: string;
}

export interface RememberedDeviceService {
  /** Seconds that a device is remembered; 0 if devices are never remembered. */
  readonly lifetime: number;
  /**
   * Remembers a browser.
   * @param login.credentialsVersion the version that the login proved
   * @returns the value of its cookie
   */
  remember(
    login: { readonly accountId: string; readonly credentialsVersion: number },
    actor: Actor,
  ): Promise<{ readonly value: string; readonly expiresAt: Date }>;
  /** The id of the device with this cookie, if it is remembered for this user. */
  find(value: string | undefined, user: UserDocument): Promise<string | undefined>;
  /** Newest first. */
  listByUser(user: UserDocument): Promise<readonly RememberedDevice[]>;
  /** Forgets one device; does nothing if there is none with this id. */
  forget(accountId: string, deviceId: string, actor: Actor): Promise<void>;
  forgetAll(accountId: string, actor: Actor): Promise<void>;
}

const maxUserAgentLength = 300;

function read({ deviceId, createdAt, expiresAt, userAgent, from }: RememberedDeviceDocument): RememberedDevice {
  return {
    id: deviceId,
    createdAt,
    expiresAt,
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(from === undefined ? {} : { from }),
  };
}

export function createRememberedDeviceService(deps: {
  readonly devices: RememberedDeviceRepository;
  readonly audit: AuditService;
  readonly clock: Clock;
  readonly lifetime: number;
}): RememberedDeviceService {
  const { devices, audit, clock, lifetime } = deps;

  return {
    lifetime,

    remember: async ({ accountId, credentialsVersion }, actor) => {
      const { userAgent } = actor;
      const value = randomToken();
      const device = {
        deviceId: randomToken(9),
        accountId,
        credentialsVersion,
        ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, maxUserAgentLength) }),
        ...(actor.address === undefined ? {} : { from: addressBlock(actor.address) }),
        createdAt: clock.now(),
        expiresAt: after(clock, lifetime),
      };
      await devices.insert(value, device);
      await audit.record({
        ...actorFields(actor),
        type: 'device.remembered',
        outcome: 'success',
        accountId,
        detail: { device: device.deviceId },
      });
      return { value, expiresAt: device.expiresAt };
    },

    find: async (value, user) => {
      const device = value === undefined || value.length > 100 ? null : await devices.find(value);
      return device?.accountId === user._id && device.credentialsVersion === credentialsVersionOf(user)
        ? device.deviceId
        : undefined;
    },

    listByUser: async (user) =>
      (await devices.listByUser(user._id))
        .filter(({ credentialsVersion }) => credentialsVersion === credentialsVersionOf(user))
        .map(read),

    forget: async (accountId, deviceId, actor) => {
      if (await devices.remove(accountId, deviceId)) {
        await audit.record({
          ...actorFields(actor),
          type: 'device.forgotten',
          outcome: 'success',
          accountId,
          detail: { device: deviceId },
        });
      }
    },

    forgetAll: async (accountId, actor) => {
      const count = await devices.removeByUser(accountId);
      if (count > 0) {
        await audit.record({
          ...actorFields(actor),
          type: 'device.forgotten',
          outcome: 'success',
          accountId,
          detail: { count },
        });
      }
    },
  };
}
