/**
 * The revocation feed: `GET /revocations` answers with everything that has ended lately, signed, or with server-sent
 * events (HTML §9.2) that continue with what ends from then on. It is public, because it names nothing that a reader
 * does not know. It needs no database, so it is outside the scope of a request and its deadline.
 */
import type { Context, Middleware } from 'koa';
import { endpoints } from '../../oidc/endpoints.ts';
import { requestContext } from '../../oidc/request-context.ts';
import type { RevocationDocuments } from '../../oidc/revocation-document.ts';
import { addressBlock } from '../../services/values/address-block.ts';
import type { Revocation, Revocations } from '../../services/tokens/revocations.ts';
import { createEventStreams, type EventStreamLimits } from '../event-streams.ts';

export interface RevocationFeed {
  readonly middleware: Middleware;
  /** Ends all streams; new ones are answered with 503. */
  close(): void;
}

/** Milliseconds in which what ends is collected for one event. */
const batchMs = 100;
/** Milliseconds between events, at most, so that readers and proxies know that the connection works. */
const heartbeatMs = 10_000;
/** Milliseconds after which an event that could not be signed is tried again. */
const retryMs = 1000;
/** Bound: ends that wait for their event. Above it, readers must connect again and get everything. */
const maxWaiting = 10_000;
/** Milliseconds after which the system checks whether the other side of an idle connection still exists. */
const keepAliveMs = 30_000;

export function createRevocationFeed(deps: {
  readonly revocations: Pick<Revocations, 'subscribe'>;
  readonly documents: RevocationDocuments;
  readonly limits: EventStreamLimits;
  readonly onReaders: (readers: number) => void;
  readonly log: { warn(fields: object, message: string): void };
}): RevocationFeed {
  const { revocations, documents, limits, onReaders, log } = deps;
  const streams = createEventStreams(limits, onReaders);
  let waiting: Revocation[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;

  function schedule(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void sendEvent(), milliseconds).unref();
  }

  /** While an event cannot be signed, readers get nothing, and so they know that they may miss something. */
  async function sendEvent(): Promise<void> {
    timer = undefined;
    if (streams.size === 0) {
      waiting = [];
      isFailing = false;
      return;
    }
    const batch = waiting;
    waiting = [];
    try {
      streams.send(await documents.update(batch));
      isFailing = false;
      schedule(waiting.length === 0 ? heartbeatMs : batchMs);
    } catch (error) {
      if (!isFailing) {
        log.warn({ err: error }, 'the revocation feed has no news; its readers do not know what has ended');
        isFailing = true;
      }
      waiting = [...batch, ...waiting];
      schedule(retryMs);
    }
  }

  revocations.subscribe((revocation) => {
    if (streams.size === 0) {
      return;
    }
    if (waiting.length >= maxWaiting) {
      waiting = [];
      streams.endAll();
      return;
    }
    waiting.push(revocation);
    if (waiting.length === 1 && !isFailing) {
      schedule(batchMs);
    }
  });

  async function answer(ctx: Context): Promise<void> {
    ctx.set('Vary', 'Accept');
    ctx.set('Cache-Control', 'no-cache');
    if (ctx.accepts('application/jwt', 'text/event-stream') === 'text/event-stream') {
      ctx.set('Content-Type', 'text/event-stream');
      // nginx would keep events until its buffer is full.
      ctx.set('X-Accel-Buffering', 'no');
      if (ctx.method === 'HEAD') {
        ctx.status = 200;
        return;
      }
      ctx.body = await streams.open(
        addressBlock(requestContext(ctx.req).address),
        async () => (await documents.complete()).jws,
      );
      ctx.req.socket.setKeepAlive(true, keepAliveMs);
      if (timer === undefined) {
        schedule(heartbeatMs);
      }
      return;
    }
    const { jws, etag } = await documents.complete();
    ctx.status = 200;
    ctx.set('ETag', etag);
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.set('Content-Type', 'application/jwt');
    ctx.body = jws;
  }

  return {
    middleware: function answerRevocationFeed(ctx, next) {
      return requestContext(ctx.req).endpoint === endpoints.revocation_feed ? answer(ctx) : next();
    },
    close: streams.close,
  };
}
