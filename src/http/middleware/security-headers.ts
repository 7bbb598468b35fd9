/**
 * Sets the security headers and the content security policy of every response. There is no `form-action`: Chromium
 * applies it to every redirect after a form, also to those after the app's callback, so logins would fail (tried).
 */
import type { Context, Middleware, Next } from 'koa';
import helmet from 'koa-helmet';
import { requestContext } from '../../oidc/request-context.ts';

/** Seconds: two years, which the HSTS preload list recommends. */
const hstsMaxAge = 63_072_000;

/** @param deps.brandLogos URLs of the operator's logos. Pages may load them from other hosts. */
export function securityHeaders(deps: { readonly issuer: string; readonly brandLogos: readonly string[] }): Middleware {
  const https = new URL(deps.issuer).protocol === 'https:';
  const remoteLogos = deps.brandLogos.filter((logo) => logo.startsWith('https://'));
  const imageOrigins = [...new Set(remoteLogos.map((logo) => new URL(logo).origin))];
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', ...imageOrigins],
        'font-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        ...(https ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: hstsMaxAge, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    // Pages of other origins read tokens, keys and userinfo. CORS decides which.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    xFrameOptions: { action: 'deny' },
    xPoweredBy: false,
    // Obsolete headers, or the default of today's browsers.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  // The headers are the same for every request, so they are computed once.
  let headers: readonly (readonly [string, string])[] | undefined;

  async function compute(ctx: Context, next: Next): Promise<void> {
    const before = new Set(ctx.res.getHeaderNames());
    await setHeaders(ctx, () => Promise.resolve());
    headers = ctx.res
      .getHeaderNames()
      .filter((name) => !before.has(name))
      .map((name) => [name, String(ctx.res.getHeader(name))] as const);
    await next();
  }

  return function sendSecurityHeaders(ctx, next) {
    if (headers === undefined) {
      return compute(ctx, next);
    }
    for (const [name, value] of headers) {
      ctx.res.setHeader(name, value);
    }
    return next();
  };
}

/**
 * Lets a page of a flow keep its opener: with `same-origin`, a popup that an app of another origin opened would lose
 * `window.opener` for good, and could not give the response to the app after the sign-in. All other pages keep
 * `same-origin`. Must run after the endpoint of the request is known.
 */
export const keepOpenerInFlows: Middleware = function keepOpener(ctx, next) {
  if (requestContext(ctx.req).endpoint?.inPopups === true) {
    ctx.set('Cross-Origin-Opener-Policy', 'unsafe-none');
  }
  return next();
};
