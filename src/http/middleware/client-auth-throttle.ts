/**
 * Throttles failed client authentication (429), by address and by the pair of client and address. It never counts by
 * client alone: then any stranger could lock an app out. Secrets have 256 random bits and cannot be guessed, so this
 * bounds work, audit events and log lines. A client that authenticates is not affected by failures of others at its
 * address.
 *
 * The database is used only after a failed attempt. Waits are also kept in memory. During a known wait, a failure is
 * neither counted nor recorded again.
 */
import type { Context, Middleware } from 'koa';
import { LRUCache } from 'lru-cache';
import { monotonicMilliseconds } from '../../clock.ts';
import { isClientSecret } from '../../crypto/client-secrets.ts';
import { isPersonalAccessToken } from '../../crypto/personal-access-tokens.ts';
import { digest } from '../../crypto/secrets.ts';
import { ThrottledError } from '../../errors.ts';
import { claimedClientId, registeredClientId } from '../../oidc/request-client.ts';
import { actorOf, rejectionReasonOf, requestContext } from '../../oidc/request-context.ts';
import type { AuditService } from '../../services/foundation/audit.ts';
import type { ThrottleKey, ThrottleKeys } from '../../services/foundation/throttle-keys.ts';
import type { ThrottleService } from '../../services/foundation/throttle.ts';

export interface ClientAuthThrottleDependencies {
  readonly throttle: ThrottleService;
  readonly keys: Pick<ThrottleKeys, 'address' | 'clientAndAddress'>;
  readonly audit: AuditService;
}

export interface ClientAuthThrottle {
  /** Counts failures, and answers with 429 when there were too many. */
  readonly middleware: Middleware;
  /**
   * Seconds that this client must wait at the address of the request; undefined if it need not wait. Called before
   * credentials are checked, in whatever form they are sent: during the wait, correct credentials are rejected too.
   */
  waitOfClient(ctx: Context, clientId: string): number | undefined;
}

/** Bound: pairs and addresses that wait at the same time. */
const maxWaiting = 10_000;
/** Characters of a claimed client id that are recorded. Registered ids have at most 64. */
const maxRecordedIdLength = 100;
/** Characters. */
const maxReasonLength = 200;

function isFailure({ status, body }: Context): boolean {
  return (
    status === 401 && typeof body === 'object' && body !== null && 'error' in body && body.error === 'invalid_client'
  );
}

/** The forms of stored tokens, of which later refresh tokens have a second part, and of JWTs. */
const tokenForm = /^(?:[\w-]{43}(?:\.[\w-]{43})?|eyJ[\w-]*\.[\w-]*\.[\w-]*)$/;

/**
 * What was sent as the id of a client that does not exist, if it is a secret: a script sends its token as the user name
 * of HTTP Basic, and an app confuses its id and its secret. Audit and log must not have it. Undefined for other texts.
 */
function nameOfSecret(text: string): string | undefined {
  return isPersonalAccessToken(text)
    ? 'a personal access token'
    : isClientSecret(text)
      ? 'a client secret'
      : tokenForm.test(text)
        ? 'a token'
        : undefined;
}

export function createClientAuthThrottle({
  throttle,
  keys,
  audit,
}: ClientAuthThrottleDependencies): ClientAuthThrottle {
  /**
   * The end of each wait, in monotonic milliseconds. Keyed by digest, because callers choose the client id (its
   * length).
   */
  const waits = new LRUCache<string, number>({ max: maxWaiting });
  const idOf = ({ kind, value }: ThrottleKey): string => digest(`${kind} ${value}`);

  function waitOf(key: ThrottleKey): number | undefined {
    // Usually nobody waits, and then no request needs a digest.
    if (waits.size === 0) {
      return undefined;
    }
    const left = (waits.get(idOf(key)) ?? 0) - monotonicMilliseconds();
    return left > 0 ? Math.ceil(left / 1000) : undefined;
  }

  /** Keeps the wait of this key in memory, if it must wait. @returns whether this wait was not known before */
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
    const recorded = registeredClientId(ctx) ?? nameOfSecret(clientId) ?? clientId.slice(0, maxRecordedIdLength);
    const reason = rejectionReasonOf(ctx.req)?.slice(0, maxReasonLength);
    const detail = { clientId: recorded, ...(reason === undefined ? {} : { reason }) };
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
        const newWaits = [await isNewWait(ofAddress), await isNewWait(ofPair)];
        if (newWaits.includes(true)) {
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
