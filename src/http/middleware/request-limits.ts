/**
 * How many requests a minute an address, or a client, may make: a guard of this instance's resources, counted in its
 * memory. Guessing is another matter (services/throttle.ts): that is counted in the database, for all instances.
 */
import type { Context, Middleware } from 'koa';
import { monotonicMilliseconds } from '../../clock.ts';
import { ThrottledError } from '../../errors.ts';
import { requestState } from '../../oidc/request.ts';
import { addressBlock } from '../../services/address-block.ts';

export interface RequestLimits {
  /** Requests a minute; 0 is no limit. */
  readonly pagesPerAddress: number;
  readonly endpointsPerAddress: number;
  readonly endpointsPerClient: number;
}

/** What programs call. Everything else is a page, or what a page loads. */
const endpoints = new Set(['/token', '/introspect', '/revoke', '/userinfo', '/par', '/jwks', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']);

const minute = 60_000;
/** Counters that are kept: beyond that the oldest minute's make room. */
const mostCounters = 100_000;

/** Counts by key in windows of a minute. */
function createWindow(limit: number): (key: string) => void {
  let counts = new Map<string, number>();
  let endsAt = 0;
  return (key) => {
    if (limit === 0) {
      return;
    }
    const now = monotonicMilliseconds();
    if (now >= endsAt || counts.size >= mostCounters) {
      counts = new Map();
      endsAt = now + minute;
    }
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > limit) {
      throw new ThrottledError(Math.max(1, Math.ceil((endsAt - now) / 1000)), 'too many requests a minute');
    }
  };
}

/** The client that a Basic header names; the body is not read for this. Unproven: it only decides which counter is used. */
function namedClient(ctx: Context): string | undefined {
  const [scheme, value] = (ctx.req.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || value === undefined || value.length > 1024) {
    return undefined;
  }
  return Buffer.from(value, 'base64').toString('latin1').split(':', 1)[0];
}

export function requestLimits(limits: RequestLimits): Middleware {
  const pages = createWindow(limits.pagesPerAddress);
  const addresses = createWindow(limits.endpointsPerAddress);
  const clients = createWindow(limits.endpointsPerClient);
  return async function limitRequests(ctx, next) {
    const block = addressBlock(requestState(ctx.req).address);
    if (endpoints.has(ctx.path)) {
      addresses(block);
      const client = namedClient(ctx);
      if (client !== undefined) {
        clients(client);
      }
    } else {
      pages(block);
    }
    await next();
  };
}
