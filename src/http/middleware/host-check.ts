/** Rejects requests for another host than the issuer's, with a page that names the right one. */
import type { Middleware } from 'koa';
import { MisdirectedError } from '../../errors.ts';
import { requestContext } from '../../oidc/request-context.ts';

/**
 * The developer's own pages are also served under a loopback host. If `ISSUER` is the address of a TLS proxy or a
 * tunnel, that is the only host that shows them (see local-caller.ts).
 */
const developmentPages = '/development/';

export function hostCheck(deps: { readonly issuer: string }): Middleware {
  const { host, port, protocol } = new URL(deps.issuer);
  const defaultPort = port === '' ? `:${protocol === 'https:' ? 443 : 80}` : '';
  return function checkHost(ctx, next) {
    const requested = ctx.req.headers.host?.toLowerCase();
    if (requested === host || requested === `${host}${defaultPort}`) {
      ctx.req.headers.host = host;
    } else if (!(requestContext(ctx.req).developer && ctx.path.startsWith(developmentPages))) {
      throw new MisdirectedError(deps.issuer);
    }
    return next();
  };
}
