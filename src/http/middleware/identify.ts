/**
 * Finds out who is calling and gives the request its id. It overwrites the forwarding headers with verified values,
 * because Koa and the engine read them: the scheme of `ISSUER` and the address of the caller. (The engine builds its
 * URLs from the request, although RFC 9700 §4.15 advises against it.)
 */
import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Endpoint } from '../../oidc/endpoints.ts';
import { pageOf, setRequestContext, type RequestContext } from '../../oidc/request-context.ts';
import type { Locale, Views } from '../../views.ts';
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

interface IdentifyDependencies {
  readonly issuer: string;
  readonly trustedProxies: readonly string[];
  readonly development: boolean;
  readonly views: Views;
  readonly siteMap: SiteMap;
  readonly pickedLanguage: Pick<PickedLanguage, 'find' | 'tokenOf'>;
  readonly log: { warn(fields: object, message: string): void };
}

/** What only pages need is determined on use, because most answers are for programs. */
class IdentifiedRequest implements RequestContext {
  readonly requestId = randomUUID();
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly developer: boolean;
  readonly endpoint: Endpoint | undefined;
  readonly #ctx: Context;
  readonly #deps: IdentifyDependencies;
  /** The path and the query as they are in the request line: Koa's `ctx.path` is already parsed and normalized. */
  readonly #target: string;
  #ofApp: string | undefined;
  #ofAccount: string | undefined;

  constructor(
    ctx: Context,
    caller: { readonly address: string; readonly developer: boolean },
    deps: IdentifyDependencies,
  ) {
    this.#ctx = ctx;
    this.#deps = deps;
    this.address = caller.address;
    this.developer = caller.developer;
    this.#target = ctx.req.url ?? '';
    this.endpoint = deps.siteMap.find(this.#target.split('?', 1)[0] ?? '');
    this.userAgent = ctx.req.headers['user-agent']?.slice(0, maxUserAgentLength) || undefined;
  }

  get page(): string {
    return pageOf(this.#ctx.method, this.#target, this.endpoint);
  }

  get languageToken(): string {
    return this.#deps.pickedLanguage.tokenOf(this.page);
  }

  get locale(): Locale {
    const inQuery = this.#ctx.query['ui_locales'];
    const ofApp = this.#ofApp ?? (typeof inQuery === 'string' ? inQuery : undefined);
    const preferred = [this.#deps.pickedLanguage.find(this.#ctx), ofApp, this.#ofAccount];
    return this.#deps.views.negotiateLocale({
      uiLocales: preferred.filter((one) => one !== undefined).join(' '),
      acceptLanguage: this.#ctx.req.headers['accept-language'],
    });
  }

  preferLocales(uiLocales: string): void {
    this.#ofApp = uiLocales;
  }

  preferLocaleOfAccount(locale: string): void {
    this.#ofAccount = locale;
  }
}

export function identify(deps: IdentifyDependencies): Middleware {
  const scheme = new URL(deps.issuer).protocol.slice(0, -1);
  const findCaller = createFindCaller(deps.trustedProxies);
  const warnOfProxy = createProxyWarnings(deps);
  return function identifyRequest(ctx, next) {
    const caller = findCaller(ctx.req);
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
    headers['x-forwarded-for'] = caller.address;
    const request = new IdentifiedRequest(ctx, { ...caller, developer }, deps);
    setRequestContext(ctx.req, request);
    ctx.res.setHeader('X-Request-Id', request.requestId);
    return next();
  };
}
