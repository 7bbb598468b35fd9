/**
 * How many requests a minute an address, or a client, may make: a guard of this instance's resources, counted in its
 * memory. Guessing is another matter (services/throttle.ts): that is counted in the database, for all instances.
 */
import type { Middleware } from 'koa';
import { monotonicMilliseconds } from '../../clock.ts';
import { ThrottledError } from '../../errors.ts';
import { authenticatedClientId } from '../../oidc/request-client.ts';
import { requestContext } from '../../oidc/request-context.ts';
import { addressBlock } from '../../services/address-block.ts';

export interface RequestLimitSettings {
  /** Requests a minute; 0 is no limit. */
  readonly pagesPerAddress: number;
  readonly endpointsPerAddress: number;
  readonly endpointsPerClient: number;
}

export interface RequestLimits {
  readonly middleware: Middleware;
  /** Seconds that a client has to wait, if it has made all its requests of this minute: asked before it is authenticated. */
  waitOfClient(clientId: string): number | undefined;
}

const minute = 60_000;
/** Counters that are kept; when there would be more, all begin anew. */
const mostCounters = 100_000;

interface Window {
  count(key: string): void;
  /** Seconds until the key may go on; undefined when it may now. */
  wait(key: string): number | undefined;
}

/** Counts by key in windows of a minute. */
function createWindow(limit: number): Window {
  let counts = new Map<string, number>();
  let endsAt = 0;
  const unlimited = limit === 0;
  return {
    count: (key) => {
      if (unlimited) {
        return;
      }
      const now = monotonicMilliseconds();
      if (now >= endsAt || counts.size >= mostCounters) {
        counts = new Map();
        endsAt = now + minute;
      }
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    wait: (key) => {
      if (unlimited || (counts.get(key) ?? 0) < limit) {
        return undefined;
      }
      const left = endsAt - monotonicMilliseconds();
      return left > 0 ? Math.ceil(left / 1000) : undefined;
    },
  };
}

export function createRequestLimits(settings: RequestLimitSettings): RequestLimits {
  const pages = createWindow(settings.pagesPerAddress);
  const addresses = createWindow(settings.endpointsPerAddress);
  const clients = createWindow(settings.endpointsPerClient);
  return {
    waitOfClient: (clientId) => clients.wait(clientId),

    middleware: async function limitRequests(ctx, next) {
      const { address, endpoint } = requestContext(ctx.req);
      const block = addressBlock(address);
      const byProgram = endpoint?.limit === 'endpoints';
      const window = byProgram ? addresses : pages;
      const wait = window.wait(block);
      if (wait !== undefined) {
        throw new ThrottledError(wait, 'too many requests a minute from this address');
      }
      window.count(block);
      await next();
      const client = byProgram ? authenticatedClientId(ctx) : undefined;
      if (client !== undefined) {
        clients.count(client);
      }
    },
  };
}
