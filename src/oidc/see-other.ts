import type { Context } from 'koa';

/** Sends the browser on with a GET, whatever method it came with (RFC 9110 §15.4.4). */
export function seeOther(ctx: Pick<Context, 'redirect' | 'status'>, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}
