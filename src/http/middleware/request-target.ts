/**
 * Normalizes the request target and the host before anything reads them. A request may name the host in its target
 * (`GET http://other.example/token`), which then overrides the `Host` header (RFC 9112 §3.2.2). Koa and the engine
 * build their URLs from such a target, so it is split into host and path here. The host check then checks this host.
 */
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';

function countHosts({ rawHeaders }: IncomingMessage): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    hosts += name.length === 4 && name.toLowerCase() === 'host' ? 1 : 0;
  }
  return hosts;
}

/** @returns false for a target that is neither a path nor an http URL, and for two `Host` headers (RFC 9112 §3.2) */
function normalizeTarget(request: IncomingMessage): boolean {
  if (countHosts(request) > 1) {
    return false;
  }
  const { url = '' } = request;
  if (url.startsWith('/')) {
    // A target has no fragment (RFC 9112 §3.2). Parsers disagree about the path of a target that has one.
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

export const requestTarget: Middleware = function normalizeRequestTarget(ctx, next) {
  if (!normalizeTarget(ctx.req)) {
    ctx.status = 400;
    ctx.body = 'Bad Request';
    return undefined;
  }
  ctx.originalUrl = ctx.req.url ?? '/';
  ctx.request.originalUrl = ctx.originalUrl;
  return next();
};
