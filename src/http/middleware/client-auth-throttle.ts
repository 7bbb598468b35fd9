/**
 * Clients that fail to authenticate have to wait (429), counted by address and by the pair of client and address. Never
 * by client alone: that would hand any stranger an off switch for an app. Secrets have 256 random bits, so this bounds
 * work, records and noise rather than luck, and a client that authenticates is not kept waiting by what others at its
 * address do.
 *
 * The database is asked only when an attempt has failed. Who has to wait is also kept in memory, and while it is there a
 * failure is neither counted nor recorded again.
 */
import type { Context, Middleware } from 'koa';
import { LRUCache } from 'lru-cache';
import { monotonicMilliseconds } from '../../clock.ts';
import { digest } from '../../crypto/secrets.ts';
import { ThrottledError } from '../../errors.ts';
import { claimedClientId } from '../../oidc/request-client.ts';
import { actorOf, requestContext } from '../../oidc/request-context.ts';
import type { AuditService } from '../../services/audit.ts';
import type { ThrottleKey, ThrottleKeys } from '../../services/throttle-keys.ts';
import type { ThrottleService } from '../../services/throttle.ts';

export interface ClientAuthThrottleDependencies {
  readonly throttle: ThrottleService;
  readonly keys: Pick<ThrottleKeys, 'address' | 'clientAndAddress'>;
  readonly audit: AuditService;
}

export interface ClientAuthThrottle {
  /** Counts failures and answers those that are too many with 429. */
  readonly middleware: Middleware;
  /**
   * Seconds that this client has to wait at the address that the request comes from, if it has to. Asked before
   * credentials are checked, wherever in the request they are: while it waits, right ones are not looked at.
   */
  waitOfClient(ctx: Context, clientId: string): number | undefined;
}

/** Pairs and addresses that wait at the same time. */
const maxWaiting = 10_000;
/** Characters of a claimed client id that are recorded: registered ones have at most 64. */
const maxRecorded = 100;

function isFailure({ status, body }: Context): boolean {
  return (
    status === 401 && typeof body === 'object' && body !== null && 'error' in body && body.error === 'invalid_client'
  );
}

export function createClientAuthThrottle({
  throttle,
  keys,
  audit,
}: ClientAuthThrottleDependencies): ClientAuthThrottle {
  /** Until which monotonic moment, in milliseconds; by digest, since a caller chooses what it claims to be. */
  const waits = new LRUCache<string, number>({ max: maxWaiting });
  const idOf = ({ kind, value }: ThrottleKey): string => digest(`${kind} ${value}`);

  function waitOf(key: ThrottleKey): number | undefined {
    const left = (waits.get(idOf(key)) ?? 0) - monotonicMilliseconds();
    return left > 0 ? Math.ceil(left / 1000) : undefined;
  }

  /** Remembers that this key has to wait, if it has to. @returns whether this is the first that is known of that wait */
  async function isNewWait(key: ThrottleKey): Promise<boolean> {
    if (waitOf(key) !== undefined) {
      return false;
    }
    try {
      const attempt = await throttle.begin([key]);
      await attempt.abandoned();
      return false;
    } catch (error) {
      if (!(error instanceof ThrottledError)) {
        throw error;
      }
      const isFirst = waitOf(key) === undefined;
      const milliseconds = (error.retryAfter ?? 1) * 1000;
      waits.set(idOf(key), monotonicMilliseconds() + milliseconds, { ttl: milliseconds });
      return isFirst;
    }
  }

  function record(
    ctx: Context,
    { type, clientId }: { readonly type: string; readonly clientId: string },
  ): Promise<void> {
    const detail = { clientId: clientId.slice(0, maxRecorded) };
    return audit.record({ ...actorOf(ctx.req, 'system'), type, outcome: 'failure', detail });
  }

  async function failed(ctx: Context): Promise<void> {
    const { address } = requestContext(ctx.req);
    const clientId = claimedClientId(ctx) ?? '';
    const [ofAddress, ofPair] = [keys.address('client', address), keys.clientAndAddress(clientId, address)];
    const wait = waitOf(ofAddress) ?? waitOf(ofPair);
    if (wait !== undefined) {
      throw new ThrottledError(wait, 'client authentication failed too often');
    }
    try {
      const attempt = await throttle.begin([ofAddress, ofPair]);
      await attempt.failed();
    } catch (error) {
      if (error instanceof ThrottledError) {
        const news = [await isNewWait(ofAddress), await isNewWait(ofPair)];
        if (news.includes(true)) {
          await record(ctx, { type: 'client.throttled', clientId });
        }
      }
      throw error;
    }
    await record(ctx, { type: 'client.authentication_failed', clientId });
  }

  return {
    waitOfClient: (ctx, clientId) => {
      const { address, endpoint } = requestContext(ctx.req);
      return endpoint?.clientAuthentication === true ? waitOf(keys.clientAndAddress(clientId, address)) : undefined;
    },
    middleware: async function throttleClientAuthentication(ctx, next) {
      await next();
      if (requestContext(ctx.req).endpoint?.clientAuthentication === true && isFailure(ctx)) {
        await failed(ctx);
      }
    },
  };
}
