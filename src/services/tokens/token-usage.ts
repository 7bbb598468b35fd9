/**
 * When, how often and from where tokens are used: the refresh tokens of an app for a user (one record for each grant)
 * and the tokens that a client requests (one record for each client). Uses are counted in memory and stored once a
 * minute, so a request never waits for it; a process that is killed loses the last minute. Every process stores its
 * own uses. What is unusual (unusual-use.ts) is recorded in the audit and counted, and changes nothing else.
 *
 * Personal access tokens have these facts in their own documents (personal-access-tokens.ts).
 */
import { toEpochSeconds, type Clock } from '../../clock.ts';
import { createPoller } from '../../poller.ts';
import type { TokenUsageDocument } from '../../storage/collections.ts';
import type { TokenUsageRepository, UsageSample } from '../../storage/repositories/token-usage.ts';
import { addressBlock } from '../values/address-block.ts';
import type { AuditService } from '../foundation/audit.ts';
import type { Revocations } from './revocations.ts';
import {
  createRefusalCounter,
  newAddressBlock,
  newNetwork,
  type UnusualUse,
  type UnusualUseRule,
} from './unusual-use.ts';

/** One token that was issued. */
export interface TokenUse {
  readonly clientId: string;
  /** The user; absent if the client acts in its own name, or exchanges a token. */
  readonly accountId?: string | undefined;
  /** The grant, for a token of a user. */
  readonly grantId?: string | undefined;
  /** The network address of the caller. */
  readonly address: string;
}

/** What is known of the tokens of a grant, or of a client. Up to a minute late. */
export interface TokenUsage {
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
  /** The address block. Of a client, only where it acts in its own name: the others are addresses of users. */
  readonly lastUsedFrom?: string;
  readonly count: number;
  /** The latest ones. */
  readonly addressBlocks: readonly string[];
}

export interface GrantUsage extends TokenUsage {
  readonly grantId: string;
  readonly clientId: string;
}

export interface TokenUsageService {
  /** Counts a use. Does not wait for anything. */
  recordUse(use: TokenUse): void;
  /** Counts a request of this client that was refused. */
  recordRefusal(clientId: string): void;
  findByClient(clientId: string): Promise<TokenUsage | null>;
  /** Of each grant of a user, as long as it is recorded, also after the grant ended. */
  listByUser(accountId: string): Promise<readonly GrantUsage[]>;
  /** Stores what was counted. @throws StorageUnavailableError; then it is tried again with the next round */
  flush(): Promise<void>;
  /** Starts storing once a minute. */
  start(): void;
  /** Stores what was counted, and stops. */
  stop(): Promise<void>;
}

interface Sample {
  readonly clientId: string;
  readonly accountId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly firstAt: Date;
  lastAt: Date;
  lastFrom: string | undefined;
  count: number;
  readonly blocks: Map<string, Date>;
}

const intervalMs = 60_000;
/** Bound: tokens and clients that are counted within a minute. Further ones are not counted in that minute. */
const maxSamples = 20_000;
/** Address blocks in a record, and of one minute. */
const maxBlocks = 20;
/** Records that are read and written together. */
const batchSize = 200;

const grantPrefix = 'grant:';

function readUsage(document: TokenUsageDocument): TokenUsage {
  const { firstUsedAt, lastUsedAt, lastUsedFrom, count, addressBlocks } = document;
  return { firstUsedAt, lastUsedAt, count, addressBlocks, ...(lastUsedFrom === undefined ? {} : { lastUsedFrom }) };
}

export function createTokenUsageService(deps: {
  readonly usage: TokenUsageRepository;
  readonly revocations: Pick<Revocations, 'isRevoked'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly countUnusualUse: (rule: UnusualUseRule) => void;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  /** Seconds for which a record is kept after the last use. */
  readonly retention: number;
}): TokenUsageService {
  const { usage, revocations, audit, countUnusualUse, clock, log, retention } = deps;
  let samples = new Map<string, Sample>();
  const refusals = createRefusalCounter(clock);

  function sampleOf(id: string, of: Omit<TokenUse, 'address'>, now: Date): Sample | undefined {
    const known = samples.get(id);
    if (known !== undefined || samples.size >= maxSamples) {
      return known;
    }
    const sample = { ...of, firstAt: now, lastAt: now, lastFrom: undefined, count: 0, blocks: new Map() };
    samples.set(id, sample);
    return sample;
  }

  function add(sample: Sample | undefined, now: Date, block: string | undefined): void {
    if (sample === undefined) {
      return;
    }
    sample.count += 1;
    sample.lastAt = now;
    if (block !== undefined) {
      sample.lastFrom = block;
      if (!sample.blocks.has(block) && sample.blocks.size < maxBlocks) {
        sample.blocks.set(block, now);
      }
    }
  }

  /** What is stored of a sample, on top of what is stored already. */
  function merge(id: string, sample: Sample, before: TokenUsageDocument | undefined): UsageSample {
    const { clientId, accountId, grantId, firstAt, lastAt, lastFrom, count, blocks } = sample;
    const known = before?.addressBlocks ?? [];
    const added = [...blocks.keys()].filter((block) => !known.includes(block));
    const isLater = before === undefined || lastAt >= before.lastUsedAt;
    const lastUsedFrom = isLater ? lastFrom : before.lastUsedFrom;
    return {
      _id: id,
      clientId,
      ...(accountId === undefined || grantId === undefined ? {} : { accountId }),
      firstUsedAt: firstAt,
      lastUsedAt: isLater ? lastAt : before.lastUsedAt,
      ...(lastUsedFrom === undefined ? {} : { lastUsedFrom }),
      added: count,
      addressBlocks: [...known, ...added].slice(-maxBlocks),
      addressBlockCount: (before?.addressBlockCount ?? 0) + added.length,
      expiresAt: new Date(lastAt.getTime() + retention * 1000),
    };
  }

  async function report(
    of: Pick<Sample, 'clientId' | 'accountId' | 'grantId'>,
    { rule, detail, from }: UnusualUse,
  ): Promise<void> {
    countUnusualUse(rule);
    await audit.record({
      actor: 'system',
      type: 'usage.unusual',
      outcome: rule === 'many_refusals' ? 'failure' : 'success',
      clientId: of.clientId,
      ...(of.accountId === undefined ? {} : { accountId: of.accountId }),
      ...(from === undefined ? {} : { address: from }),
      detail: { rule, ...(of.grantId === undefined ? {} : { grant: of.grantId }), ...detail },
    });
  }

  /** Whether the client, or the grant, has ended since: then nothing may be stored of it any more. */
  function hasEnded({ clientId, grantId, lastAt }: Sample): Promise<boolean> {
    return revocations.isRevoked({ clientId, grantId, issuedAt: toEpochSeconds(lastAt), audience: [], scopes: [] });
  }

  async function store(batch: readonly (readonly [string, Sample])[]): Promise<void> {
    const found = await usage.findMany(batch.map(([id]) => id));
    const stored = new Map(found.map((document) => [document._id, document]));
    const merged: UsageSample[] = [];
    for (const [id, sample] of batch) {
      if (await hasEnded(sample)) {
        continue;
      }
      const before = stored.get(id);
      const unusual = (sample.grantId === undefined ? newAddressBlock : newNetwork)(before, sample);
      if (unusual !== undefined) {
        await report(sample, unusual);
      }
      merged.push(merge(id, sample, before));
    }
    await usage.addAll(merged);
  }

  async function flushNow(): Promise<void> {
    const taken = [...samples];
    samples = new Map();
    for (let at = 0; at < taken.length; at += batchSize) {
      try {
        await store(taken.slice(at, at + batchSize));
      } catch (error) {
        // What was counted meanwhile belongs to the next minute, and is newer than what is kept for it.
        samples = new Map([...taken.slice(at, at + maxSamples - samples.size), ...samples]);
        throw error;
      }
    }
    for (const { clientId, use } of refusals.take()) {
      await report({ clientId }, use);
    }
  }

  const poller = createPoller({
    round: flushNow,
    pauseMs: () => intervalMs,
    onFailure: (error) => log.warn({ err: error }, 'the usage of tokens could not be stored; trying again'),
  });

  return {
    recordUse: ({ clientId, accountId, grantId, address }) => {
      const now = clock.now();
      const block = addressBlock(address);
      if (grantId !== undefined) {
        add(sampleOf(`${grantPrefix}${grantId}`, { clientId, accountId, grantId }, now), now, block);
      }
      add(sampleOf(`client:${clientId}`, { clientId }, now), now, accountId === undefined ? block : undefined);
    },
    recordRefusal: refusals.count,
    findByClient: async (clientId) => {
      const found = await usage.find(`client:${clientId}`);
      return found === null ? null : readUsage(found);
    },
    listByUser: async (accountId) =>
      (await usage.listByUser(accountId)).map((document) => ({
        ...readUsage(document),
        grantId: document._id.slice(grantPrefix.length),
        clientId: document.clientId,
      })),
    flush: () => poller.runNow(),
    start: () => poller.start(intervalMs),
    stop: async () => {
      await poller.runNow().catch((error: unknown) => {
        log.warn({ err: error }, 'the usage of tokens in the last minute could not be stored');
      });
      await poller.stop();
    },
  };
}
