/** The engine's error for too many requests. The engine answers with a page or with JSON (RFC 6585 §4). */
import type { Context } from 'koa';
import { errors } from 'oidc-provider';

export class TooManyRequests extends errors.OIDCProviderError {
  /** Seconds. */
  readonly retryAfter: number;

  /** @param description for the app's developer */
  constructor(retryAfter: number, description: string) {
    super(429, 'temporarily_unavailable');
    this.retryAfter = retryAfter;
    this.error_description = description;
    this.expose = true;
    // Not sent to the app: it would most likely redirect the browser back here immediately.
    this.allow_redirect = false;
  }
}

/** Rejects the request; the client may retry after `seconds`. @throws TooManyRequests */
export function rejectTooManyRequests(ctx: Pick<Context, 'set'>, seconds: number, description: string): never {
  ctx.set('Retry-After', String(seconds));
  throw new TooManyRequests(seconds, description);
}
