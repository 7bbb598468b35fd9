/**
 * The public keys of other issuers, found by discovery (OpenID Connect Discovery §4, RFC 8414 §3) and kept in memory.
 *
 * Keys are fetched again when they are no longer fresh, or for a token with an unknown `kid`, but not more often than
 * every {@link cooldown} seconds, whatever tokens strangers send. If an issuer does not answer, its last known keys are
 * used for {@link maxAgeInOutage} seconds; whether it has a key that is not among them is not known then. Requests go
 * only to addresses that the outbound rule allows.
 */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { JWK } from 'jose';
import { epochSeconds, type Clock } from '../clock.ts';
import { waitForOthers } from '../storage/request-scope.ts';

/** Seconds. */
const cooldown = 30;
/** Seconds for which keys are fresh: what `Cache-Control` says, within these bounds. */
const minFreshness = 60;
const maxFreshness = 3600;
const defaultFreshness = 600;
/** Seconds. A key that an issuer has withdrawn may be accepted for so long while it does not answer. */
const maxAgeInOutage = 24 * 3600;
/** Milliseconds for both requests together. */
const timeout = 4000;
const maxBytes = 256 * 1024;
const maxKeys = 100;
/** Issuers whose keys are kept. Only issuers that an operator has registered are fetched. */
const maxIssuers = 200;

export interface IssuerKeys {
  /**
   * The current keys of an issuer.
   * @param kid that of the token; if no kept key has it, the keys are fetched again
   * @throws IssuerUnreachableError when there are no keys, also no old ones; or when the old ones lack `kid`, and the
   *   issuer does not answer whether it has that key now
   */
  find(issuer: string, kid: string | undefined): Promise<readonly JWK[]>;
  /** Fetches the keys now, for an operator. `problem` is the reason why there are none. */
  check(issuer: string): Promise<{
    readonly jwksUri: string;
    readonly keys: readonly JWK[];
    readonly problem?: string;
  }>;
}

/** The keys of an issuer cannot be fetched. The message has the reason, for the operator. */
export class IssuerUnreachableError extends Error {}

interface Kept {
  readonly keys: readonly JWK[];
  /** Seconds since the epoch. */
  readonly fetchedAt: number;
  readonly freshUntil: number;
}

const metadata = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(maxKeys) });

/** @returns seconds */
function freshnessOf(response: Response): number {
  const [, seconds] = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(response.headers.get('cache-control') ?? '') ?? [];
  const wished = seconds === undefined ? defaultFreshness : Number(seconds);
  return Math.min(maxFreshness, Math.max(minFreshness, wished));
}

async function readBytes({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new IssuerUnreachableError(`the answer has more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseAs<T>(schema: z.ZodType<T>, bytes: Buffer, expected: string): T {
  let parsed;
  try {
    parsed = schema.safeParse(JSON.parse(bytes.toString('utf8')));
  } catch {
    parsed = undefined;
  }
  if (parsed?.success !== true) {
    throw new IssuerUnreachableError(`the answer is not ${expected}`);
  }
  return parsed.data;
}

/** Only public signature keys: a symmetric key in a public document would prove nothing. */
function isUsable({ kty, use }: JWK): boolean {
  return kty !== 'oct' && (use === undefined || use === 'sig');
}

/**
 * @param deps.fetch follows the outbound rule and no redirects
 * @param deps.isAllowed whether keys may be fetched from this address: https, and in development plain http on loopback
 */
export function createIssuerKeys(deps: {
  readonly fetch: (url: string, options: RequestInit) => Promise<Response>;
  readonly isAllowed: (uri: string) => boolean;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}): IssuerKeys {
  const { fetch, isAllowed, clock, log } = deps;
  const kept = new LRUCache<string, Kept>({ max: maxIssuers });
  /** When the last fetch of an issuer began. */
  const attempts = new LRUCache<string, number>({ max: maxIssuers });
  /** Bounded by the number of issuers: one fetch of each at a time. */
  const running = new Map<string, Promise<Kept>>();

  async function get(
    url: string,
    signal: AbortSignal,
  ): Promise<{ readonly response: Response; readonly bytes: Buffer }> {
    try {
      return await waitForOthers(async () => {
        const response = await fetch(url, { headers: { accept: 'application/json' }, signal });
        if (response.status !== 200) {
          await response.body?.cancel();
          throw new IssuerUnreachableError(`the status is ${response.status}`);
        }
        return { response, bytes: await readBytes(response) };
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new IssuerUnreachableError(`${url}: ${reason}`, { cause: error });
    }
  }

  async function download(issuer: string) {
    const signal = AbortSignal.timeout(timeout);
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { bytes } = await get(address, signal);
    const document = parseAs(metadata, bytes, `metadata with issuer and jwks_uri (${address})`);
    if (document.issuer !== issuer) {
      // Otherwise one issuer could speak for another one (OpenID Connect Discovery §4.3).
      throw new IssuerUnreachableError(
        `${address} is the metadata of another issuer, ${document.issuer.slice(0, 200)}`,
      );
    }
    const jwksUri = document.jwks_uri;
    if (!isAllowed(jwksUri)) {
      throw new IssuerUnreachableError(`its jwks_uri must use https: ${jwksUri.slice(0, 200)}`);
    }
    const { response, bytes: set } = await get(jwksUri, signal);
    const keys = parseAs(keySet, set, `a JWK Set of at most ${maxKeys} keys (${jwksUri})`).keys as JWK[];
    return { jwksUri, keys: keys.filter(isUsable), freshness: freshnessOf(response) };
  }

  /** One fetch at a time. The caller has checked that it is due. */
  function refresh(issuer: string): Promise<Kept> {
    const current = running.get(issuer);
    if (current !== undefined) {
      return current;
    }
    attempts.set(issuer, epochSeconds(clock));
    const fetching = download(issuer)
      .then(({ keys, freshness }) => {
        const now = epochSeconds(clock);
        const fetched = { keys, fetchedAt: now, freshUntil: now + freshness };
        kept.set(issuer, fetched);
        return fetched;
      })
      .finally(() => running.delete(issuer));
    running.set(issuer, fetching);
    return fetching;
  }

  function mayFetch(issuer: string): boolean {
    const last = attempts.get(issuer);
    // Also if the clock was set back since: otherwise there were no new keys until it has caught up.
    return running.has(issuer) || last === undefined || Math.abs(epochSeconds(clock) - last) >= cooldown;
  }

  /** The kept keys, while they may be used without an answer of the issuer. */
  function keysInOutage(issuer: string): Kept | undefined {
    const known = kept.get(issuer);
    return known !== undefined && epochSeconds(clock) - known.fetchedAt < maxAgeInOutage ? known : undefined;
  }

  return {
    find: async (issuer, kid) => {
      const known = keysInOutage(issuer);
      const now = epochSeconds(clock);
      // Keys from the future were fetched before the clock was set back: nobody knows how old they are.
      const isFresh = known !== undefined && known.fetchedAt <= now && now < known.freshUntil;
      const hasKey = kid === undefined || known?.keys.some((key) => key.kid === kid) === true;
      if (isFresh && hasKey) {
        return known.keys;
      }
      if (!mayFetch(issuer)) {
        const hasFailed = known === undefined || (attempts.get(issuer) ?? 0) > known.fetchedAt;
        if (known === undefined || (hasFailed && !hasKey)) {
          throw new IssuerUnreachableError(`the keys of ${issuer} could not be fetched a moment ago`);
        }
        return known.keys;
      }
      try {
        return (await refresh(issuer)).keys;
      } catch (error) {
        log.warn({ err: error, issuer, hasOldKeys: known !== undefined }, 'the keys of an issuer cannot be fetched');
        if (known === undefined || !hasKey) {
          throw error;
        }
        return known.keys;
      }
    },

    check: async (issuer) => {
      try {
        const { jwksUri, keys } = await download(issuer);
        return { jwksUri, keys };
      } catch (error) {
        if (error instanceof IssuerUnreachableError) {
          return { jwksUri: '', keys: [], problem: error.message };
        }
        throw error;
      }
    },
  };
}
