/** Browsers in which a user is not asked for a second factor, by the digest of their cookie's value. */
import { digest } from '../../crypto/secrets.ts';
import { rememberedDevices, type RememberedDeviceDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface RememberedDeviceRepository {
  /** @param value the cookie's value; only its digest is stored */
  insert(value: string, device: Omit<RememberedDeviceDocument, '_id'>): Promise<void>;
  find(value: string): Promise<RememberedDeviceDocument | null>;
  /** Newest first. */
  listByUser(accountId: string): Promise<RememberedDeviceDocument[]>;
  /** Exactly one caller gets true. */
  remove(accountId: string, deviceId: string): Promise<boolean>;
  removeByUser(accountId: string): Promise<number>;
}

export function createRememberedDeviceRepository(database: Database): RememberedDeviceRepository {
  const collection = database.collection(rememberedDevices);
  return {
    insert: async (value, device) => {
      await collection.insertOne({ _id: digest(value), ...device });
    },
    find: (value) => collection.findOne({ _id: digest(value) }),
    listByUser: async (accountId) =>
      (await collection.find({ accountId }).toArray()).toSorted(
        (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
      ),
    remove: async (accountId, deviceId) => (await collection.deleteOne({ accountId, deviceId })).deletedCount === 1,
    removeByUser: async (accountId) => (await collection.deleteMany({ accountId })).deletedCount,
  };
}
