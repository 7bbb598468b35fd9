/** Answers only under the issuer's host: whoever comes by another name is told the right one, and nothing is done. */
import type { Middleware } from 'koa';
import { requestContext } from '../../oidc/request-context.ts';
import type { Views } from '../../views.ts';

/**
 * The developer's own pages also answer under this machine's own name: where `ISSUER` is the address of a TLS proxy or a
 * tunnel, they are shown at no other (see local-caller.ts).
 */
const developmentPages = '/development/';

/** 421 Misdirected Request (RFC 9110 §15.5.20). */
const misdirected = 421;

export function hostCheck(deps: { readonly issuer: string; readonly views: Views }): Middleware {
  const { host } = new URL(deps.issuer);
  const defaultPort =
    new URL(deps.issuer).port === '' ? `:${new URL(deps.issuer).protocol === 'https:' ? 443 : 80}` : '';
  return async function checkHost(ctx, next) {
    const named = ctx.req.headers.host?.toLowerCase();
    if (named === host || named === `${host}${defaultPort}`) {
      ctx.req.headers.host = host;
      await next();
      return;
    }
    const { requestId, locale, developer } = requestContext(ctx.req);
    if (developer && ctx.path.startsWith(developmentPages)) {
      await next();
      return;
    }
    const message = `This server is ${deps.issuer}. The request came for another host.`;
    ctx.status = misdirected;
    ctx.set('Cache-Control', 'no-store');
    if (ctx.accepts('json', 'html') === 'html') {
      ctx.type = 'html';
      ctx.body = views(deps, locale, requestId, message);
    } else {
      ctx.body = { error: 'invalid_request', error_description: message, reference: requestId };
    }
  };
}

function views(
  deps: { readonly issuer: string; readonly views: Views },
  locale: string,
  reference: string,
  message: string,
): string {
  return deps.views.render(
    'error',
    { locale, assetsPath: '/assets' },
    { status: misdirected, kind: 'wrong_host', message, reference, restartUri: deps.issuer },
  );
}
