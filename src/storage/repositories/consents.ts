/** What users have allowed apps, kept longer than a login session. */
import { DuplicateKeyError } from '../../errors.ts';
import { consents, type ConsentDocument } from '../collections.ts';
import type { Database } from '../database.ts';

export interface ConsentRepository {
  find(id: string): Promise<ConsentDocument | null>;
  /**
   * Inserts a consent, or replaces it if nobody changed it since it was read.
   * @param readAt `updatedAt` of the consent that was read; undefined where there was none
   * @returns false when somebody else was first: read it again
   */
  save(consent: ConsentDocument, readAt: Date | undefined): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  /** Removes a consent if nobody changed it since it was read. */
  removeIfUnchanged(consent: ConsentDocument): Promise<boolean>;
  listByUser(accountId: string): Promise<ConsentDocument[]>;
  /** Those that have ended by time, at most so many. */
  listEnded(now: Date, limit: number): Promise<ConsentDocument[]>;
  removeByUser(accountId: string): Promise<void>;
  removeByClient(clientId: string): Promise<void>;
  /**
   * Removes an API, or only these of its scopes, from every consent, or only from those for one client. Reads all of
   * them, page by page.
   */
  removeApi(api: string, only?: { readonly scopes?: readonly string[]; readonly clientId?: string }): Promise<void>;
}

/** Documents in one page when all documents are read. */
const pageSize = 500;

/** The consent without these scopes of an API, or without the API. Undefined when there is nothing to remove. */
function without(
  consent: ConsentDocument,
  api: string,
  scopes: readonly string[] | undefined,
): ConsentDocument | undefined {
  const found = consent.resources.find((one) => one.api === api);
  const kept = found?.scopes
    .split(' ')
    .filter((scope) => scopes !== undefined && !scopes.includes(scope))
    .join(' ');
  if (found === undefined || kept === found.scopes) {
    return undefined;
  }
  const others = consent.resources.filter((one) => one !== found);
  return { ...consent, resources: kept === '' || kept === undefined ? others : [...others, { api, scopes: kept }] };
}

export function createConsentRepository(database: Database): ConsentRepository {
  const collection = database.collection(consents);
  return {
    find: (id) => collection.findOne({ _id: id }),
    save: async (consent, readAt) => {
      if (readAt !== undefined) {
        const { _id, ...replacement } = consent;
        return (await collection.replaceOne({ _id, updatedAt: readAt }, replacement)).matchedCount === 1;
      }
      try {
        await collection.insertOne(consent);
        return true;
      } catch (error) {
        if (error instanceof DuplicateKeyError) {
          return false;
        }
        throw error;
      }
    },
    remove: async (id) => (await collection.deleteOne({ _id: id })).deletedCount === 1,
    removeIfUnchanged: async ({ _id, updatedAt }) =>
      (await collection.deleteOne({ _id, updatedAt })).deletedCount === 1,
    listByUser: (accountId) => collection.find({ accountId }, { sort: { _id: 1 } }).toArray(),
    listEnded: (now, limit) => collection.find({ endsAt: { $lte: now } }, { limit }).toArray(),
    removeByUser: async (accountId) => {
      await collection.deleteMany({ accountId });
    },
    removeByClient: async (clientId) => {
      await collection.deleteMany({ clientId });
    },
    removeApi: async (api, { scopes, clientId } = {}) => {
      const ofClient = clientId === undefined ? {} : { clientId };
      for (let last = ''; ;) {
        const page = await collection
          .find({ _id: { $gt: last }, ...ofClient }, { sort: { _id: 1 }, limit: pageSize })
          .toArray();
        for (const { _id } of page.filter((consent) => without(consent, api, scopes) !== undefined)) {
          await editConsent(_id, (consent) => without(consent, api, scopes));
        }
        const end = page.at(-1)?._id;
        if (end === undefined || page.length < pageSize) {
          return;
        }
        last = end;
      }
    },
  };

  /** Changes a consent. If it was changed by another caller at the same time, it is read again. */
  async function editConsent(
    _id: string,
    edit: (consent: ConsentDocument) => ConsentDocument | undefined,
  ): Promise<void> {
    for (;;) {
      const consent = await collection.findOne({ _id });
      const edited = consent === null ? undefined : edit(consent);
      if (consent === null || edited === undefined) {
        return;
      }
      // Later than before, so that a consent that is saved at this moment is read again.
      const updatedAt = new Date(consent.updatedAt.getTime() + 1);
      const { _id: _same, ...replacement } = { ...edited, updatedAt };
      const { matchedCount } = await collection.replaceOne({ _id, updatedAt: consent.updatedAt }, replacement);
      if (matchedCount === 1) {
        return;
      }
    }
  }
}
