/** Where other identity providers end the sessions that were started with them (OpenID Connect Back-Channel Logout). */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import { InvalidInputError, NotFoundError, UnsupportedMediaTypeError } from '../../errors.ts';
import { endpoints } from '../../oidc/endpoints.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type { AcceptUpstreamLogout } from '../../oidc/upstream-logout.ts';
import type { UpstreamLinks } from '../../services/upstream/upstream-links.ts';
import type { UpstreamService } from '../../services/upstream/upstreams.ts';
import { waitForOthers } from '../../storage/request-scope.ts';

/** Bytes. */
const maxBodyBytes = 16 * 1024;

async function readToken(ctx: Context): Promise<string> {
  if (ctx.is('application/x-www-form-urlencoded') === false || ctx.get('content-encoding') !== '') {
    throw new UnsupportedMediaTypeError('A logout token is sent as application/x-www-form-urlencoded.');
  }
  const { length } = ctx.request;
  const options = { limit: maxBodyBytes, encoding: 'utf8', ...(length === undefined ? {} : { length }) } as const;
  const body = await waitForOthers(() => getRawBody(ctx.req, options));
  const [token, second] = new URLSearchParams(body).getAll('logout_token');
  if (token === undefined || second !== undefined) {
    throw new InvalidInputError('Expected one logout_token.');
  }
  return token;
}

export function upstreamLogoutRoutes(deps: {
  readonly upstreams: Pick<UpstreamService, 'find'>;
  readonly links: Pick<UpstreamLinks, 'endSessions'>;
  readonly accept: AcceptUpstreamLogout;
}): Router {
  const router = new Router();
  router.post(endpoints.upstream_logout.path, async (ctx) => {
    const upstream = await deps.upstreams.find(String(ctx['params']['id']));
    if (upstream?.issuer === undefined) {
      throw new NotFoundError('There is no such provider.');
    }
    await deps.accept(upstream, await readToken(ctx), (ended) =>
      deps.links.endSessions(upstream._id, ended, actorOf(ctx.req, 'system')),
    );
    // §2.8: 200, and nothing of it may be cached.
    ctx.set('Cache-Control', 'no-store');
    ctx.status = 200;
    ctx.body = '';
  });
  return router;
}
