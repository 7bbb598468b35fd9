/**
 * The headers of a JSON answer with something about a user or a token. They are set on Node's response: Koa would look
 * the type up in its tables and read `Vary` again for each answer.
 */
import type { Context } from 'koa';

export function setJsonHeaders({ res }: Context): void {
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  // RFC 6749 §5.1 and RFC 7662 §4.
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('Vary', 'Origin');
}
