/**
 * When an app has signed the user out here: signs the user out of the other identity provider, too, where the operator
 * has configured that, and then returns to the app.
 */
import type { Context, Middleware, Next } from 'koa';
import { endpoints } from '../../oidc/endpoints.ts';
import { requestContext } from '../../oidc/request-context.ts';
import { endedUpstreamLogin } from '../../oidc/upstream-login.ts';
import type { SignOutReturns } from '../../services/upstream/sign-out-returns.ts';
import type { Notices } from '../notices.ts';
import type { FindUpstreamSignOut } from '../upstream-sign-out.ts';

export function upstreamLogout(deps: {
  readonly findUpstreamSignOut: FindUpstreamSignOut;
  readonly notices: Pick<Notices, 'leave'>;
  readonly signOutReturns: Pick<SignOutReturns, 'keep'>;
}): Middleware {
  const { findUpstreamSignOut, notices, signOutReturns } = deps;

  async function leadToProvider(ctx: Context, next: Next): Promise<void> {
    await next();
    const upstream = endedUpstreamLogin(ctx);
    if (upstream === undefined || ctx.status !== 303) {
      return;
    }
    const target = await findUpstreamSignOut({ upstream });
    if (target !== undefined) {
      notices.leave(ctx, 'signed-out-of-app', await signOutReturns.keep(upstream.id, ctx.response.get('Location')));
      ctx.redirect(target);
      ctx.status = 303;
    }
  }

  return function signOutUpstream(ctx, next) {
    return requestContext(ctx.req).endpoint === endpoints.end_session_confirm ? leadToProvider(ctx, next) : next();
  };
}
