/** Links between people at other identity providers and accounts, as stored. */
import { digest } from '../../crypto/secrets.ts';
import { DuplicateKeyError } from '../../errors.ts';
import {
  upstreamLinks,
  upstreamSessions,
  type UpstreamLinkDocument,
  type UpstreamSessionDocument,
} from '../collections.ts';
import type { Database } from '../database.ts';

export interface UpstreamLinkRepository {
  find(upstreamId: string, subject: string): Promise<UpstreamLinkDocument | null>;
  /** Exactly one of several callers with the same provider and subject gets true. */
  insert(link: Omit<UpstreamLinkDocument, '_id'>): Promise<boolean>;
  /** Records a sign-in. False: the link does not exist any more. */
  use(link: UpstreamLinkDocument, use: Pick<UpstreamLinkDocument, 'lastUsedAt' | 'email'>): Promise<boolean>;
  /** Exactly one caller gets true. */
  remove(link: Pick<UpstreamLinkDocument, '_id' | 'accountId'>): Promise<boolean>;
  /** Oldest first. */
  listByUser(accountId: string): Promise<UpstreamLinkDocument[]>;
  /** Some links of a provider. */
  listByUpstream(upstreamId: string, limit: number): Promise<UpstreamLinkDocument[]>;
  /**
   * Removes what is stored about a user: links and sessions.
   * @param since only the links created at this time or later; all sessions
   */
  removeByUser(accountId: string, since?: Date): Promise<void>;
  /** Remembers whose session the session `sid` of the provider is. */
  saveSession(session: {
    readonly upstreamId: string;
    readonly sid: string;
    readonly accountId: string;
    readonly expiresAt: Date;
  }): Promise<void>;
  listSessionsByUser(accountId: string): Promise<UpstreamSessionDocument[]>;
  /** @returns the account whose session it is */
  findSession(upstreamId: string, sid: string): Promise<string | undefined>;
}

/** An upstream's id contains no space. */
function idOf(upstreamId: string, value: string): string {
  return digest(`${upstreamId} ${value}`);
}

export function createUpstreamLinkRepository(database: Database): UpstreamLinkRepository {
  const links = database.collection(upstreamLinks);
  const sessions = database.collection(upstreamSessions);
  return {
    find: (upstreamId, subject) => links.findOne({ _id: idOf(upstreamId, subject) }),
    insert: async (link) => {
      try {
        await links.insertOne({ _id: idOf(link.upstreamId, link.subject), ...link });
        return true;
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          return false;
        }
        throw error;
      }
    },
    use: async ({ _id, accountId }, { lastUsedAt, email }) => {
      const { matchedCount } = await links.updateOne(
        { _id, accountId },
        { $set: { lastUsedAt, ...(email === undefined ? {} : { email }) } },
      );
      return matchedCount === 1;
    },
    remove: async ({ _id, accountId }) => (await links.deleteOne({ _id, accountId })).deletedCount === 1,
    listByUser: (accountId) => links.find({ accountId }, { sort: { createdAt: 1 } }).toArray(),
    listByUpstream: (upstreamId, limit) => links.find({ upstreamId }, { limit }).toArray(),
    removeByUser: async (accountId, since) => {
      await links.deleteMany({ accountId, ...(since === undefined ? {} : { createdAt: { $gte: since } }) });
      await sessions.deleteMany({ accountId });
    },
    saveSession: async ({ upstreamId, sid, accountId, expiresAt }) => {
      await sessions.updateOne(
        { _id: idOf(upstreamId, sid) },
        { $set: { upstreamId, accountId, expiresAt } },
        { upsert: true },
      );
    },
    listSessionsByUser: (accountId) => sessions.find({ accountId }).toArray(),
    findSession: async (upstreamId, sid) => (await sessions.findOne({ _id: idOf(upstreamId, sid) }))?.accountId,
  };
}
