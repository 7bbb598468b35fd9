/**
 * Finds out who is calling and gives the request its id. It overwrites the forwarding headers with verified values,
 * because Koa and the engine read them: the scheme of `ISSUER` and the address of the caller. (The engine builds its
 * URLs from the request, although RFC 9700 §4.15 advises against it.)
 */
import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import { pageOf, setRequestContext } from '../../oidc/request-context.ts';
import type { Views } from '../../views.ts';
import type { PickedLanguage } from '../picked-language.ts';
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

/** Characters. Those of browsers are shorter. */
const maxUserAgentLength = 256;

export function identify(deps: {
  readonly issuer: string;
  readonly trustedProxies: readonly string[];
  readonly development: boolean;
  readonly views: Views;
  readonly siteMap: SiteMap;
  readonly pickedLanguage: Pick<PickedLanguage, 'find' | 'tokenOf'>;
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
    let ofApp: string | undefined;
    let ofAccount: string | undefined;
    // The path as it is in the request line: Koa's `ctx.path` is already parsed and normalized.
    const target = ctx.req.url ?? '';
    const endpoint = deps.siteMap.find(target.split('?', 1)[0] ?? '');
    const userAgent = headers['user-agent']?.slice(0, maxUserAgentLength);
    setRequestContext(ctx.req, {
      requestId,
      address,
      ...(userAgent === undefined || userAgent === '' ? {} : { userAgent }),
      developer,
      endpoint,
      page: pageOf(ctx.method, target, endpoint),
      get languageToken() {
        return deps.pickedLanguage.tokenOf(this.page);
      },
      preferLocales: (uiLocales) => {
        ofApp = uiLocales;
      },
      preferLocaleOfAccount: (locale) => {
        ofAccount = locale;
      },
      // Computed on use, because answers to programs need no locale.
      get locale() {
        const inQuery = typeof ctx.query['ui_locales'] === 'string' ? ctx.query['ui_locales'] : undefined;
        const preferred = [deps.pickedLanguage.find(ctx), ofApp ?? inQuery, ofAccount];
        return deps.views.negotiateLocale({
          uiLocales: preferred.filter((one) => one !== undefined).join(' '),
          acceptLanguage: headers['accept-language'],
        });
      },
    });
    ctx.set('X-Request-Id', requestId);
    await next();
  };
}
