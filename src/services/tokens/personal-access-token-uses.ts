/**
 * When and from where personal access tokens are used: the list of tokens shows it, and a use from an address block
 * that is new for a token is recorded and mailed to its user. Only an API sees the address of its caller, and reports
 * it when it asks about a token. Nothing is blocked on this ground: scripts move, and APIs report what they like.
 *
 * A check writes nothing, unless the last use was a minute ago or the block is new. Uses are counted in memory and
 * added once a minute; a process that is killed loses its last minute.
 */
import type { Clock } from '../../clock.ts';
import { createPoller } from '../../poller.ts';
import type { PersonalAccessTokenDocument } from '../../storage/collections.ts';
import type { PersonalAccessTokenRepository } from '../../storage/repositories/personal-access-tokens.ts';
import type { UserRepository } from '../../storage/repositories/users.ts';
import { addressBlock } from '../values/address-block.ts';
import type { AuditService } from '../foundation/audit.ts';
import type { UserMails } from '../mails/user-mails.ts';

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
  /** Stores what was counted. @throws StorageUnavailableError; then it is tried again with the next round */
  flush(): Promise<void>;
  /** Starts storing once a minute. */
  start(): void;
  /** Stores what was counted, and stops. */
  stop(): Promise<void>;
}

/** Milliseconds between writes of the last use of one token. */
const sampledEveryMs = 60_000;
/** Milliseconds between mails about new address blocks of one token. */
const mailedEveryMs = 24 * 3600 * 1000;
/** A token that was used from more blocks than this is used everywhere: then no more are recorded. */
const maxBlocks = 50;
const maxAttempts = 5;
/** Bound: tokens that are counted within a minute. Uses of further ones are not counted in that minute. */
const maxCounted = 20_000;

export function createPersonalAccessTokenUses(deps: {
  readonly tokens: Pick<PersonalAccessTokenRepository, 'findById' | 'useWithRequest' | 'addAddressBlock' | 'addUses'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  readonly users: Pick<UserRepository, 'find'>;
  readonly mails: Pick<UserMails, 'sendTokenUsed'>;
  readonly log: { warn(fields: object, message: string): void };
}): PersonalAccessTokenUses {
  const { tokens, audit, clock, users, mails, log } = deps;
  /** Uses that are not stored yet, by token id. */
  let counts = new Map<string, number>();

  function count(tokenId: string, uses: number): void {
    if (counts.has(tokenId) || counts.size < maxCounted) {
      counts.set(tokenId, (counts.get(tokenId) ?? 0) + uses);
    }
  }

  async function storeCounts(): Promise<void> {
    const taken = counts;
    counts = new Map();
    try {
      await tokens.addUses(taken);
    } catch (error) {
      taken.forEach((uses, tokenId) => count(tokenId, uses));
      throw error;
    }
  }

  const poller = createPoller({
    round: storeCounts,
    pauseMs: () => sampledEveryMs,
    onFailure: (error) =>
      log.warn({ err: error }, 'the uses of personal access tokens could not be stored; trying again'),
  });

  /** Adds a new block. Of several callers with the same one, exactly one records and mails it. */
  async function recordBlock(
    read: PersonalAccessTokenDocument,
    block: string,
    use: PersonalAccessTokenUse,
    lastUse: Pick<PersonalAccessTokenDocument, 'firstUsedAt' | 'lastUsedAt' | 'lastUsedApi' | 'lastUsedFrom'>,
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
          await mails.sendTokenUsed(user, { name: token.name, from: block }, token.tokenId);
        }
        return;
      }
      token = await tokens.findById(token.tokenId);
    }
  }

  return {
    record: async (token, use) => {
      const now = clock.now();
      count(token.tokenId, 1);
      const block = use.address === undefined ? undefined : addressBlock(use.address);
      const lastUse = {
        ...(token.firstUsedAt === undefined ? { firstUsedAt: now } : {}),
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
    flush: () => poller.runNow(),
    start: () => poller.start(sampledEveryMs),
    stop: async () => {
      await poller.runNow().catch((error: unknown) => {
        log.warn({ err: error }, 'the uses of personal access tokens in the last minute could not be stored');
      });
      await poller.stop();
    },
  };
}
