/**
 * Security headers of every answer, and the content policy. No `form-action`: Chromium holds every hop of the redirects
 * after a form to it, those beyond the app's own callback too, so that with it no login ends (tried).
 */
import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

/** Seconds: two years, as the preload list asks. */
const strictTransport = 63_072_000;

/** @param deps.brandLogos the pictures that the operator named; pages may load them from other hosts, too */
export function securityHeaders(deps: { readonly issuer: string; readonly brandLogos: readonly string[] }): Middleware {
  const https = new URL(deps.issuer).protocol === 'https:';
  const logosElsewhere = deps.brandLogos.filter((logo) => logo.startsWith('https://'));
  const pictures = [...new Set(logosElsewhere.map((logo) => new URL(logo).origin))];
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', ...pictures],
        'font-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        ...(https ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: https ? { maxAge: strictTransport, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    // Tokens, keys and userinfo are read by pages of other origins, by the CORS rules.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    xFrameOptions: { action: 'deny' },
    xPoweredBy: false,
    // For browsers of the past, or the default of those of today: each would be read by nobody, in every answer.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  // The headers depend on nothing in a request, so they are made once.
  let headers: readonly (readonly [string, string])[] | undefined;
  return async function sendSecurityHeaders(ctx, next) {
    if (headers === undefined) {
      const before = new Set(ctx.res.getHeaderNames());
      await setHeaders(ctx, () => Promise.resolve());
      headers = ctx.res
        .getHeaderNames()
        .filter((name) => !before.has(name))
        .map((name) => [name, String(ctx.res.getHeader(name))] as const);
    } else {
      for (const [name, value] of headers) {
        ctx.res.setHeader(name, value);
      }
    }
    await next();
  };
}
