/** Too many requests, in the engine's terms: it answers with the page or the JSON of the endpoint (RFC 6585 §4). */
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
    // A browser that was sent back to the app would most likely be sent here again at once.
    this.allow_redirect = false;
  }
}

/** Refuses the request until so many seconds have passed. @throws TooManyRequests */
export function refuseFor(ctx: Pick<Context, 'set'>, seconds: number, description: string): never {
  ctx.set('Retry-After', String(seconds));
  throw new TooManyRequests(seconds, description);
}
