import type { Context } from 'koa';

/** Redirects the browser with 303: it continues with GET, whatever the method of this request (RFC 9110 §15.4.4). */
export function seeOther(ctx: Pick<Context, 'redirect' | 'status'>, address: string): void {
  ctx.redirect(address);
  ctx.status = 303;
}
