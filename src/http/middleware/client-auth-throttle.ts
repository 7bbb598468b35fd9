/**
 * Client authentication is a door too: who fails at it is made to wait (429), by address and by the pair of client and
 * address, never by client alone: that would hand any stranger an off switch for an app. Secrets have 256 random bits,
 * so this bounds noise and work rather than luck; it looks at the database only when an attempt has failed, and keeps
 * in memory who has to wait.
 */
import type { Context, Middleware } from 'koa';
import { monotonicMilliseconds } from '../../clock.ts';
import { ThrottledError } from '../../errors.ts';
import { claimedClientId } from '../../oidc/request-client.ts';
import { actorOf, requestContext } from '../../oidc/request-context.ts';
import { addressBlock } from '../../services/address-block.ts';
import type { AuditService } from '../../services/audit.ts';
import type { ThrottleKey } from '../../services/throttle-keys.ts';
import type { ThrottleService } from '../../services/throttle.ts';

const mostWaiting = 10_000;

function clientIdOf(ctx: Context): string {
  const claimed = claimedClientId(ctx);
  if (claimed !== undefined) {
    return claimed;
  }
  const [, value] = (ctx.req.headers.authorization ?? '').split(' ');
  return (
    Buffer.from(value ?? '', 'base64')
      .toString('latin1')
      .split(':', 1)[0] ?? ''
  );
}

function isFailure(ctx: Context): boolean {
  const { body } = ctx;
  return (
    ctx.status === 401 &&
    typeof body === 'object' &&
    body !== null &&
    'error' in body &&
    body.error === 'invalid_client'
  );
}

export interface ClientAuthThrottleDependencies {
  readonly throttle: ThrottleService;
  /** What attempts of a client from an address are counted by. */
  readonly keysOf: (clientId: string, address: string) => readonly ThrottleKey[];
  readonly audit: AuditService;
}

export function clientAuthThrottle({ throttle, keysOf, audit }: ClientAuthThrottleDependencies): Middleware {
  const waiting = new Map<string, number>();

  function mustWait(key: string): void {
    const until = waiting.get(key);
    if (until === undefined) {
      return;
    }
    const left = until - monotonicMilliseconds();
    if (left > 0) {
      throw new ThrottledError(Math.ceil(left / 1000), 'client authentication failed too often');
    }
    waiting.delete(key);
  }

  async function failed(ctx: Context, clientId: string, address: string): Promise<void> {
    const by = actorOf(ctx.req, 'system');
    try {
      await (await throttle.begin(keysOf(clientId, address))).failed();
      await audit.record({
        ...by,
        type: 'client.authentication_failed',
        outcome: 'failure',
        detail: { clientId: clientId.slice(0, 100) },
      });
    } catch (error) {
      if (error instanceof ThrottledError) {
        if (waiting.size >= mostWaiting) {
          waiting.clear();
        }
        waiting.set(`${addressBlock(address)} ${clientId}`, monotonicMilliseconds() + (error.retryAfter ?? 1) * 1000);
        await audit.record({
          ...by,
          type: 'client.throttled',
          outcome: 'failure',
          detail: { clientId: clientId.slice(0, 100) },
        });
      }
      throw error;
    }
  }

  return async function throttleClientAuthentication(ctx, next) {
    const { address, endpoint } = requestContext(ctx.req);
    if (endpoint?.clientAuthentication !== true || ctx.method !== 'POST') {
      await next();
      return;
    }
    if (waiting.size > 0) {
      mustWait(`${addressBlock(address)} ${clientIdOf(ctx)}`);
    }
    await next();
    if (isFailure(ctx)) {
      await failed(ctx, clientIdOf(ctx), address);
    }
  };
}
