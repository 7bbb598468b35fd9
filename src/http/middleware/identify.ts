/**
 * Finds out who is calling and gives the request its id. It overwrites the forwarding headers with verified values,
 * because Koa and the engine read them: the scheme of `ISSUER` and the address of the caller. (The engine builds its
 * URLs from the request, although RFC 9700 §4.15 advises against it.)
 */
import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import { setRequestContext } from '../../oidc/request-context.ts';
import type { Views } from '../../views.ts';
import { createFindCaller } from '../caller.ts';
import { isLocalCaller } from '../local-caller.ts';
import { createProxyWarnings } from '../proxy-warnings.ts';
import type { SiteMap } from '../site-map.ts';

/** Headers in which a client or proxy could claim another scheme, host, path or method. They are removed. */
const untrustedHeaders = [
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-real-ip',
  'x-http-method-override',
  'x-original-url',
  'x-rewrite-url',
];

export function identify(deps: {
  readonly issuer: string;
  readonly trustedProxies: readonly string[];
  readonly development: boolean;
  readonly views: Views;
  readonly siteMap: SiteMap;
  readonly log: { warn(fields: object, message: string): void };
}): Middleware {
  const scheme = new URL(deps.issuer).protocol.slice(0, -1);
  const findCaller = createFindCaller(deps.trustedProxies);
  const warnOfProxy = createProxyWarnings(deps);
  return async function identifyRequest(ctx, next) {
    const caller = findCaller(ctx.req);
    const { address } = caller;
    // This and the local-caller check must see the original headers.
    warnOfProxy(ctx.req.headers, caller);
    const developer = deps.development && isLocalCaller(ctx.req);
    const { headers } = ctx.req;
    for (const name of untrustedHeaders) {
      if (headers[name] !== undefined) {
        delete headers[name];
      }
    }
    headers['x-forwarded-proto'] = scheme;
    headers['x-forwarded-for'] = address;
    const requestId = randomUUID();
    let preferred: string | undefined;
    setRequestContext(ctx.req, {
      requestId,
      address,
      developer,
      // The path as it is in the request line: Koa's `ctx.path` is already parsed and normalized.
      endpoint: deps.siteMap.find(ctx.req.url?.split('?', 1)[0] ?? ''),
      preferLocales: (uiLocales) => {
        preferred = uiLocales;
      },
      // Computed on use, because answers to programs need no locale.
      get locale() {
        const uiLocales =
          preferred ?? (typeof ctx.query['ui_locales'] === 'string' ? ctx.query['ui_locales'] : undefined);
        return deps.views.negotiateLocale({ uiLocales, acceptLanguage: headers['accept-language'] });
      },
    });
    ctx.set('X-Request-Id', requestId);
    await next();
  };
}
