/** Answers only under the issuer's host: a request for another name is refused with the right one, and nothing is done. */
import type { Middleware } from 'koa';
import { MisdirectedError } from '../../errors.ts';
import { requestContext } from '../../oidc/request-context.ts';

/**
 * The developer's own pages also answer under this machine's own name: where `ISSUER` is the address of a TLS proxy or a
 * tunnel, they are shown at no other (see local-caller.ts).
 */
const developmentPages = '/development/';

export function hostCheck(deps: { readonly issuer: string }): Middleware {
  const { host, port, protocol } = new URL(deps.issuer);
  const defaultPort = port === '' ? `:${protocol === 'https:' ? 443 : 80}` : '';
  return async function checkHost(ctx, next) {
    const named = ctx.req.headers.host?.toLowerCase();
    if (named === host || named === `${host}${defaultPort}`) {
      ctx.req.headers.host = host;
    } else if (!(requestContext(ctx.req).developer && ctx.path.startsWith(developmentPages))) {
      throw new MisdirectedError(deps.issuer);
    }
    await next();
  };
}
