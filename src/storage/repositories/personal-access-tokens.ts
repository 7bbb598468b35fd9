/** Personal access tokens as stored, by the digest of their value. */
import { digest, randomToken } from '../../crypto/secrets.ts';
import { personalAccessTokens, type PersonalAccessTokenDocument } from '../collections.ts';
import type { Database } from '../database.ts';
import { undoIfUnavailable, writeWithRequest } from '../request-scope.ts';

type Token = PersonalAccessTokenDocument;

export interface PersonalAccessTokenRepository {
  /** @param value the token itself; only its digest is stored */
  insert(value: string, token: Omit<Token, '_id'>): Promise<Token>;
  find(value: string): Promise<Token | null>;
  findById(tokenId: string): Promise<Token | null>;
  /** Newest first. */
  listByUser(accountId: string): Promise<Token[]>;
  /** Newest first. */
  list(query: { readonly limit: number }): Promise<Token[]>;
  countByUser(accountId: string): Promise<number>;
  /** Exactly one caller gets true. */
  remove(tokenId: string): Promise<boolean>;
  /**
   * Takes an API, or only these of its scopes, from every token, and removes those that have nothing left. Reads all of
   * them, page by page.
   * @param beforeRemoval called with each token that has nothing left
   */
  removeApi(api: string, beforeRemoval: (token: Token) => Promise<void>, scopes?: readonly string[]): Promise<void>;
  /** Tokens whose user is to be notified of the expiry, the earliest first. */
  listDueReminders(now: Date, limit: number): Promise<Token[]>;
  /** Marks a token as one whose user was notified of the expiry. Exactly one caller gets true. */
  takeReminder(token: Token): Promise<boolean>;
  /** Writes when and from where it was used last. */
  useWithRequest(
    token: Token,
    use: Pick<Token, 'firstUsedAt' | 'lastUsedAt' | 'lastUsedApi' | 'lastUsedFrom'>,
  ): Promise<void>;
  /** Adds to the numbers of uses, by token id. Tokens that have ended are left out. */
  addUses(counts: ReadonlyMap<string, number>): Promise<void>;
  /**
   * Adds an address block. False if another block was added, or the token ended, since it was read. If the request is
   * answered with 503, the block is new again.
   * @param blocks the whole list, with the new block
   */
  addAddressBlock(token: Token, blocks: readonly string[], use: Partial<Token>): Promise<boolean>;
}

/** Documents in one page when all documents are read. */
const pageSize = 500;

/** The resources of a token without an API, or without these of its scopes. */
function without({ resources }: Token, api: string, scopes: readonly string[] | undefined): Token['resources'] {
  return resources.flatMap((resource) => {
    if (resource.api !== api) {
      return [resource];
    }
    const kept = resource.scopes.split(' ').filter((scope) => scopes !== undefined && !scopes.includes(scope));
    return kept.length === 0 ? [] : [{ api, scopes: kept.join(' ') }];
  });
}

function isSame(one: Token['resources'], other: Token['resources']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function createPersonalAccessTokenRepository(database: Database): PersonalAccessTokenRepository {
  const collection = database.collection(personalAccessTokens);
  const newestFirst = { createdAt: -1, _id: -1 } as const;

  /** Takes scopes from one token. If it was changed by another caller at the same time, it is read again. */
  async function reduce(
    id: string,
    beforeRemoval: (token: Token) => Promise<void>,
    api: string,
    scopes: readonly string[] | undefined,
  ): Promise<void> {
    for (;;) {
      const token = await collection.findOne({ _id: id });
      const resources = token === null ? [] : without(token, api, scopes);
      if (token === null || isSame(resources, token.resources)) {
        return;
      }
      const { _id, updatedAt } = token;
      if (resources.length === 0) {
        await beforeRemoval(token);
        if ((await collection.deleteOne({ _id, updatedAt })).deletedCount === 1) {
          return;
        }
      } else {
        const change = { resources, updatedAt: new Date(updatedAt.getTime() + 1) };
        if ((await collection.updateOne({ _id, updatedAt }, { $set: change })).matchedCount === 1) {
          return;
        }
      }
    }
  }

  return {
    insert: async (value, token) => {
      const document = { _id: digest(value), ...token };
      await collection.insertOne(document);
      return document;
    },
    find: (value) => collection.findOne({ _id: digest(value) }),
    findById: (tokenId) => collection.findOne({ tokenId }),
    listByUser: (accountId) => collection.find({ accountId }, { sort: newestFirst }).toArray(),
    list: ({ limit }) => collection.find({}, { sort: newestFirst, limit }).toArray(),
    countByUser: (accountId) => collection.countDocuments({ accountId }),
    remove: async (tokenId) => (await collection.deleteOne({ tokenId })).deletedCount === 1,
    removeApi: async (api, beforeRemoval, scopes) => {
      for (let last = ''; ;) {
        const page = await collection.find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: pageSize }).toArray();
        for (const token of page.filter((one) => !isSame(without(one, api, scopes), one.resources))) {
          await reduce(token._id, beforeRemoval, api, scopes);
        }
        const end = page.at(-1)?._id;
        if (end === undefined || page.length < pageSize) {
          return;
        }
        last = end;
      }
    },
    listDueReminders: (now, limit) =>
      collection.find({ remindAt: { $lte: now } }, { sort: { remindAt: 1 }, limit }).toArray(),
    takeReminder: async ({ _id }) =>
      (await collection.updateOne({ _id, remindAt: { $exists: true } }, { $unset: { remindAt: true } }))
        .matchedCount === 1,
    useWithRequest: ({ _id }, use) =>
      writeWithRequest(collection, {
        updateOne: {
          filter: { _id },
          update: { $set: use, ...(use.lastUsedFrom === undefined ? { $unset: { lastUsedFrom: true } } : {}) },
        },
      }),
    addUses: async (counts) => {
      if (counts.size > 0) {
        await collection.bulkWrite(
          [...counts].map(([tokenId, count]) => ({
            updateOne: { filter: { tokenId }, update: { $inc: { useCount: count } } },
          })),
        );
      }
    },
    addAddressBlock: async ({ _id, addressBlocks, addressBlockCount, newBlockMailAt }, blocks, use) => {
      const addressBlockUse = randomToken();
      undoIfUnavailable(() =>
        collection.updateOne(
          { _id, addressBlockUse },
          {
            $set: { addressBlocks, addressBlockCount, ...(newBlockMailAt === undefined ? {} : { newBlockMailAt }) },
            ...(newBlockMailAt === undefined ? { $unset: { newBlockMailAt: true } } : {}),
          },
        ),
      );
      const { matchedCount } = await collection.updateOne(
        { _id, addressBlockCount },
        { $set: { ...use, addressBlocks: blocks, addressBlockCount: addressBlockCount + 1, addressBlockUse } },
      );
      return matchedCount === 1;
    },
  };
}
