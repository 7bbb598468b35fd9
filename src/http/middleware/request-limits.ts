/**
 * Limits the requests a minute of an address or a client. It protects the resources of this instance and counts in
 * memory. The throttle against guessing (services/foundation/throttle.ts) counts in the database, for all instances.
 */
import type { Middleware } from 'koa';
import { LRUCache } from 'lru-cache';
import { monotonicMilliseconds } from '../../clock.ts';
import { ThrottledError } from '../../errors.ts';
import type { WaitOfClient } from '../../oidc/client-waits.ts';
import { endpoints } from '../../oidc/endpoints.ts';
import type { WaitOfFlow } from '../../oidc/flow-limit.ts';
import { authenticatedClientId } from '../../oidc/request-client.ts';
import { requestContext } from '../../oidc/request-context.ts';
import { addressBlock } from '../../services/values/address-block.ts';

export interface RequestLimitSettings {
  /** Requests a minute; 0 is no limit. */
  readonly pagesPerAddress: number;
  readonly endpointsPerAddress: number;
  readonly endpointsPerClient: number;
  /** Requests to the revocation endpoint; they count as requests to the endpoints, too. */
  readonly revocationsPerClient: number;
  /** Interactions that may be started within {@link RequestLimitSettings.interactionLifetime}; 0 is no limit. */
  readonly interactionsPerAddress: number;
  /** Seconds for which an interaction is stored. */
  readonly interactionLifetime: number;
}

export interface RequestLimits {
  readonly middleware: Middleware;
  /**
   * Seconds that a client must wait if it has used up its requests of this minute. Called before it is authenticated.
   */
  readonly waitOfClient: WaitOfClient;
  /** Counts a new interaction, which will be stored. @returns seconds to wait if there are too many */
  readonly waitOfFlow: WaitOfFlow;
}

const minuteMs = 60_000;
/** Reports of leaked tokens a minute from one address. Each may name many tokens. */
const maxReports = 60;
/** Bound: keys that one window counts. Above it, the least recently used keys start again at 0. */
const maxCounters = 50_000;

interface Window {
  count(key: string): void;
  /** Seconds until the key may send a request again; undefined if it may now. */
  wait(key: string): number | undefined;
}

/** Counts by key in fixed windows of `lengthMs` milliseconds. */
function createWindow(limit: number, lengthMs = minuteMs): Window {
  if (limit === 0) {
    return { count: () => {}, wait: () => undefined };
  }
  // Created when it is needed, because it allocates room for all keys.
  let counts: LRUCache<string, number> | undefined;
  let endsAt = 0;
  return {
    count: (key) => {
      const now = monotonicMilliseconds();
      counts ??= new LRUCache({ max: maxCounters });
      if (now >= endsAt) {
        counts.clear();
        endsAt = now + lengthMs;
      }
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    wait: (key) => {
      const left = endsAt - monotonicMilliseconds();
      return left > 0 && (counts?.get(key) ?? 0) >= limit ? Math.ceil(left / 1000) : undefined;
    },
  };
}

export function createRequestLimits(settings: RequestLimitSettings): RequestLimits {
  const ofAddresses = {
    pages: createWindow(settings.pagesPerAddress),
    endpoints: createWindow(settings.endpointsPerAddress),
    reports: createWindow(maxReports),
  };
  const clients = createWindow(settings.endpointsPerClient);
  const revocations = createWindow(settings.revocationsPerClient);
  const flows = createWindow(settings.interactionsPerAddress, settings.interactionLifetime * 1000);

  const waitOfFlow: WaitOfFlow = (ctx) => {
    const block = addressBlock(requestContext(ctx.req).address);
    const wait = flows.wait(block);
    if (wait === undefined) {
      flows.count(block);
    }
    return wait;
  };

  return {
    waitOfFlow,
    waitOfClient: (ctx, clientId) => {
      const { endpoint } = requestContext(ctx.req);
      const wait = endpoint?.limit === 'endpoints' ? clients.wait(clientId) : undefined;
      return wait ?? (endpoint === endpoints.revocation ? revocations.wait(clientId) : undefined);
    },

    middleware: async function limitRequests(ctx, next) {
      const { address, endpoint } = requestContext(ctx.req);
      const block = addressBlock(address);
      const isProgram = endpoint?.limit === 'endpoints';
      const window = ofAddresses[endpoint?.limit ?? 'pages'];
      const wait = window.wait(block);
      if (wait !== undefined) {
        throw new ThrottledError(wait, 'too many requests a minute from this address');
      }
      window.count(block);
      // The engine stores the state of a logout page, for any caller, as it stores an interaction.
      const flowWait = endpoint === endpoints.end_session && ctx.method === 'GET' ? waitOfFlow(ctx) : undefined;
      if (flowWait !== undefined) {
        throw new ThrottledError(flowWait, 'too many sign-ins and sign-outs were started from this address');
      }
      await next();
      const client = isProgram ? authenticatedClientId(ctx) : undefined;
      if (client !== undefined) {
        clients.count(client);
        if (endpoint === endpoints.revocation) {
          revocations.count(client);
        }
      }
    },
  };
}
