/** Recovery codes as a text file to keep or print. */
import type { Context } from 'koa';

export function sendRecoveryCodes(
  ctx: Context,
  codes: readonly string[],
  about: { readonly brandName: string; readonly email: string },
): void {
  ctx.status = 200;
  ctx.set('Cache-Control', 'no-store');
  ctx.attachment('recovery-codes.txt');
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = [`${about.brandName}: ${about.email}`, '', ...codes, ''].join('\n');
}
