/**
 * The request line and its host, made plain before anything reads them. A request may name the host in its target
 * (`GET http://other.example/token`), and that name then wins over the `Host` header (RFC 9112 §3.2.2): Koa and the
 * engine build their URLs from such a target, so it is split into host and path here, and the host judged like any.
 */
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';

function hostsOf({ rawHeaders }: IncomingMessage): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    hosts += name.length === 4 && name.toLowerCase() === 'host' ? 1 : 0;
  }
  return hosts;
}

/** @returns false for a target that is no path and no http address, and for two hosts (RFC 9112 §3.2) */
function makePlain(request: IncomingMessage): boolean {
  if (hostsOf(request) > 1) {
    return false;
  }
  const { url = '' } = request;
  if (url.startsWith('/')) {
    // A target has no fragment (RFC 9112 §3.2); with one, what is left of the path depends on who reads it.
    return !url.includes('#');
  }
  const target = /^https?:/i.test(url) ? URL.parse(url) : null;
  if (target === null || target.username !== '' || target.password !== '') {
    return false;
  }
  request.headers.host = target.host;
  request.url = `${target.pathname}${target.search}`;
  return true;
}

export const requestTarget: Middleware = async function plainRequestTarget(ctx, next) {
  if (!makePlain(ctx.req)) {
    ctx.status = 400;
    ctx.body = 'Bad Request';
    return;
  }
  ctx.originalUrl = ctx.req.url ?? '/';
  ctx.request.originalUrl = ctx.originalUrl;
  await next();
};
