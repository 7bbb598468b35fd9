/**
 * Listens to the issuer's revocation feed, so that a token that was revoked is refused within a second, without a
 * request for each token. The connection is opened by the first request and stays open; after a failure it is opened
 * again, later each time.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { ageOf, type Now } from './clock.ts';
import type { Metadata } from './discovery.ts';
import { readEvents } from './event-stream.ts';
import type { FeedMessage, ReadFeedMessage } from './feed-message.ts';
import { UnexpectedStatus } from './http.ts';
import type { RemoteDocument } from './remote-document.ts';
import { createRevocationList, type RevocationList } from './revocation-list.ts';
import type { Outcomes } from './trouble.ts';

export interface Feed extends Pick<RevocationList, 'hasEnded' | 'isOutdated'> {
  /**
   * Begins to listen, and waits a moment for the first message.
   * @returns when the state is known: the list is complete, or cannot be had at the moment
   */
  listen(): Promise<void>;
  /** Whether something may have been revoked that is not known here. False if the issuer has no feed. */
  isSilent(): boolean;
  close(): void;
}

/** Milliseconds. The server sends something every 10 seconds. */
const maxQuiet = 25_000;
/** Milliseconds that a request waits for the first message of the feed. */
const maxFirstWait = 1000;
/** Milliseconds between two looks whether the issuer has a feed now. */
const retryWithoutFeed = 60_000;
const firstRetry = 250;
const maxRetry = 15_000;

/** Milliseconds until the next attempt, shortened at random so that not all APIs come at the same moment. */
function retryDelay(failures: number): number {
  return Math.min(maxRetry, firstRetry * 2 ** Math.min(failures - 1, 10)) * (0.5 + Math.random() / 2);
}

export interface FeedOptions extends Outcomes {
  readonly audience: string;
  readonly mode: 'stream' | 'poll';
  /** Seconds between two requests, when polling. */
  readonly pollInterval: number;
  /** Seconds. */
  readonly maxStaleness: number;
  readonly metadata: RemoteDocument<Metadata>;
  readonly read: ReadFeedMessage;
  readonly now: Now;
}

export function createFeed(options: FeedOptions): Feed {
  const { mode, pollInterval, maxStaleness, metadata, read, now, onFailure, onSuccess } = options;
  const list = createRevocationList(options);
  const closing = new AbortController();
  /** Milliseconds since the epoch: everything that had ended until then is in the list. */
  let knownUntil = Number.NEGATIVE_INFINITY;
  let isPublished = true;
  let etag: string | undefined;
  /** Of the last message that was polled, in milliseconds since the epoch. */
  let signedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let running = false;
  let isSettled = false;
  let settle: (() => void) | undefined;
  /** Ends with the first message, or the first failure. */
  const settled = new Promise<void>((resolve) => {
    settle = () => {
      isSettled = true;
      resolve();
    };
  });

  function take({ issuedAt, revocations }: FeedMessage): void {
    list.add(revocations, issuedAt);
    // The server's clock may be ahead of ours, and ours may have been set back.
    knownUntil = Math.min(issuedAt * 1000, now());
    failures = 0;
    settle?.();
    onSuccess();
  }

  /** @throws if the answer has another status than those */
  async function request(feed: URL, headers: Record<string, string>, statuses: readonly number[], signal: AbortSignal) {
    const response = await fetch(feed, { headers, signal, redirect: 'error' });
    if (!statuses.includes(response.status)) {
      await response.body?.cancel();
      throw new UnexpectedStatus(feed, response.status);
    }
    return response;
  }

  async function poll(feed: URL, signal: AbortSignal): Promise<void> {
    const accept = 'application/jwt';
    // An answer 304 is not signed, so that it is believed only for some time after a message that is.
    const askedAt = now();
    const known = ageOf(signedAt, now) <= (maxStaleness * 1000) / 2 ? etag : undefined;
    const response = await (known === undefined
      ? request(feed, { accept }, [200], signal)
      : request(feed, { accept, 'if-none-match': known }, [200, 304], signal));
    if (response.status === 304) {
      take({ issuedAt: Math.floor(askedAt / 1000), isComplete: true, revocations: [] });
      return;
    }
    const message = await read(await response.text());
    take(message);
    signedAt = message.issuedAt * 1000;
    etag = response.headers.get('etag') ?? undefined;
  }

  /** Ends when the connection does. */
  async function stream(feed: URL, signal: AbortSignal, onChunk: () => void): Promise<void> {
    const { body } = await request(feed, { accept: 'text/event-stream' }, [200], signal);
    let isComplete = false;
    for await (const event of readEvents(body as unknown as AsyncIterable<Uint8Array>, onChunk)) {
      const message = await read(event);
      isComplete ||= message.isComplete;
      if (!isComplete) {
        throw new Error('the revocation feed does not begin with everything');
      }
      take(message);
    }
    throw new Error('the revocation feed ended');
  }

  /** One connection, or one question; both end when nothing arrives for too long. */
  async function connect(feed: URL): Promise<void> {
    const connection = new AbortController();
    const abort = (): void => connection.abort();
    const quiet = setTimeout(abort, maxQuiet);
    quiet.unref();
    closing.signal.addEventListener('abort', abort);
    try {
      await (mode === 'poll'
        ? poll(feed, connection.signal)
        : stream(feed, connection.signal, () => void quiet.refresh()));
    } finally {
      clearTimeout(quiet);
      closing.signal.removeEventListener('abort', abort);
      connection.abort();
    }
  }

  /** @returns the milliseconds until the next round */
  async function round(): Promise<number> {
    try {
      const { revocationFeed } = await metadata.current();
      isPublished = revocationFeed !== undefined;
      if (revocationFeed === undefined) {
        settle?.();
        return retryWithoutFeed;
      }
      closing.signal.throwIfAborted();
      await connect(revocationFeed);
      return pollInterval * 1000;
    } catch (error) {
      failures += 1;
      if (!closing.signal.aborted) {
        onFailure(error);
      }
      settle?.();
      return retryDelay(failures);
    }
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const pause = await round();
      await wait(pause, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    async listen() {
      if (!running) {
        running = true;
        void run();
      }
      if (!isSettled) {
        await Promise.race([settled, wait(maxFirstWait, undefined, { ref: false })]);
      }
    },
    hasEnded: (claims) => list.hasEnded(claims),
    isOutdated: (claims) => list.isOutdated(claims),
    isSilent: () => isPublished && (ageOf(knownUntil, now) > maxStaleness * 1000 || !list.isComplete()),
    close: () => closing.abort(),
  };
}
