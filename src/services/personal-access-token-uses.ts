/**
 * When and from where personal access tokens are used: the list of tokens shows it, and a use from an address block
 * that is new for a token is recorded and mailed to its user. Only an API sees the address of its caller, and reports
 * it when it asks about a token. Nothing is blocked on this ground: scripts move, and APIs report what they like.
 *
 * A check writes nothing, unless the last use was a minute ago or the block is new.
 */
import type { Clock } from '../clock.ts';
import type { PersonalAccessTokenDocument } from '../storage/collections.ts';
import type { PersonalAccessTokenRepository } from '../storage/repositories/personal-access-tokens.ts';
import type { UserRepository } from '../storage/repositories/users.ts';
import { addressBlock } from './address-block.ts';
import type { AuditService } from './audit.ts';
import type { UserMails } from './user-mails.ts';

/** One use of a token. */
export interface PersonalAccessTokenUse {
  /** The API that asked about it, and the client with which it did. */
  readonly api: string;
  readonly clientId: string;
  /** The network address of the API's caller, if the API reported one. */
  readonly address?: string | undefined;
  readonly requestId?: string;
}

export interface PersonalAccessTokenUses {
  /** @param token as it was read for the check @throws StorageUnavailableError */
  record(token: PersonalAccessTokenDocument, use: PersonalAccessTokenUse): Promise<void>;
}

/** Milliseconds between writes of the last use of one token. */
const sampledEveryMs = 60_000;
/** Milliseconds between mails about new address blocks of one token. */
const mailedEveryMs = 24 * 3600 * 1000;
/** A token that was used from more blocks than this is used everywhere: then no more are recorded. */
const maxBlocks = 50;
const maxAttempts = 5;

export function createPersonalAccessTokenUses(deps: {
  readonly tokens: Pick<PersonalAccessTokenRepository, 'findById' | 'useWithRequest' | 'addAddressBlock'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  readonly users: Pick<UserRepository, 'find'>;
  readonly mails: Pick<UserMails, 'sendTokenUsed'>;
}): PersonalAccessTokenUses {
  const { tokens, audit, clock, users, mails } = deps;

  /** Adds a new block. Of several callers with the same one, exactly one records and mails it. */
  async function recordBlock(
    read: PersonalAccessTokenDocument,
    block: string,
    use: PersonalAccessTokenUse,
    lastUse: Pick<PersonalAccessTokenDocument, 'lastUsedAt' | 'lastUsedApi' | 'lastUsedFrom'>,
  ): Promise<void> {
    let token: PersonalAccessTokenDocument | null = read;
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      if (token === null || token.addressBlocks.includes(block) || token.addressBlocks.length >= maxBlocks) {
        return;
      }
      const now = clock.now();
      // The user has just made the token, and expects the first use.
      const isFirst = token.addressBlocks.length === 0;
      const mailed = token.newBlockMailAt?.getTime() ?? -Infinity;
      const isMailDue = !isFirst && now.getTime() - mailed >= mailedEveryMs;
      const added = await tokens.addAddressBlock(token, [...token.addressBlocks, block], {
        ...lastUse,
        ...(isMailDue ? { newBlockMailAt: now } : {}),
      });
      if (added) {
        await audit.record({
          type: 'personal_access_token.new_address',
          outcome: 'success',
          actor: token.accountId,
          accountId: token.accountId,
          clientId: use.clientId,
          ...(use.address === undefined ? {} : { address: use.address }),
          ...(use.requestId === undefined ? {} : { requestId: use.requestId }),
          detail: { id: token.tokenId, name: token.name, api: use.api, block, first: isFirst },
        });
        const user = isMailDue ? await users.find(token.accountId) : null;
        if (user !== null) {
          await mails.sendTokenUsed(user, { name: token.name, from: block });
        }
        return;
      }
      token = await tokens.findById(token.tokenId);
    }
  }

  return {
    record: async (token, use) => {
      const now = clock.now();
      const block = use.address === undefined ? undefined : addressBlock(use.address);
      const lastUse = {
        lastUsedAt: now,
        lastUsedApi: use.api,
        ...(block === undefined ? {} : { lastUsedFrom: block }),
      };
      if (block !== undefined && !token.addressBlocks.includes(block) && token.addressBlocks.length < maxBlocks) {
        await recordBlock(token, block, use, lastUse);
        return;
      }
      if (Math.abs(now.getTime() - (token.lastUsedAt?.getTime() ?? -Infinity)) >= sampledEveryMs) {
        await tokens.useWithRequest(token, lastUse);
      }
    },
  };
}
