/**
 * The first thing done to a request: who is calling, by the proxy rules, and under which reference it is spoken of.
 * Whatever its headers say, the request then carries the truth where Koa and the engine look for it: scheme and host
 * of `ISSUER`, address of the caller. (The engine builds its URLs from the request, RFC 9700 §4.15 notwithstanding.)
 */
import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import { setRequestContext } from '../../oidc/request-context.ts';
import type { Views } from '../../views.ts';
import { createFindCaller } from '../caller.ts';
import { isLocalCaller } from '../local-caller.ts';
import { createProxyWarnings } from '../proxy-warnings.ts';
import type { SiteMap } from '../site-map.ts';

/** Headers by which a client or proxy could claim another scheme, host, path or method. */
const claims = [
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
    // Before the headers are replaced.
    warnOfProxy(ctx.req.headers, caller);
    const developer = deps.development && isLocalCaller(ctx.req);
    const { headers } = ctx.req;
    for (const name of claims) {
      if (headers[name] !== undefined) {
        delete headers[name];
      }
    }
    headers['x-forwarded-proto'] = scheme;
    headers['x-forwarded-for'] = address;
    const requestId = randomUUID();
    let asked: string | undefined;
    setRequestContext(ctx.req, {
      requestId,
      address,
      developer,
      // As the request line has it: Koa's path is what is left when odd characters were interpreted.
      endpoint: deps.siteMap.find(ctx.req.url?.split('?', 1)[0] ?? ''),
      preferLocales: (uiLocales) => {
        asked = uiLocales;
      },
      // Programs are answered without one.
      get locale() {
        const uiLocales = asked ?? (typeof ctx.query['ui_locales'] === 'string' ? ctx.query['ui_locales'] : undefined);
        return deps.views.negotiateLocale({ uiLocales, acceptLanguage: headers['accept-language'] });
      },
    });
    ctx.set('X-Request-Id', requestId);
    await next();
  };
}
