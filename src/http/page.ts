/** The two answers that our own routes give a browser: a page and a redirect. */
import type { Context } from 'koa';
import { viewContextOf } from '../oidc/view-context.ts';
import type { ViewContext, ViewModels, ViewName, Views } from '../views.ts';

export { seeOther } from '../oidc/see-other.ts';

export interface PageOptions {
  readonly status?: number;
  readonly client?: ViewContext['client'] | undefined;
  readonly signedInAs?: string | undefined;
  readonly account?: ViewContext['account'] | undefined;
}

export type ShowPage = <K extends ViewName>(ctx: Context, name: K, model: ViewModels[K], options?: PageOptions) => void;

/** Creates the function that renders a view in the language of the request. */
export function createShowPage(views: Views): ShowPage {
  return (ctx, name, model, { status = 200, client, signedInAs, account } = {}) => {
    ctx.status = status;
    ctx.type = 'html';
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Vary', 'Accept-Language, Cookie');
    ctx.body = views.render(
      name,
      {
        ...viewContextOf(ctx.req),
        ...(client === undefined ? {} : { client }),
        ...(signedInAs === undefined ? {} : { signedInAs }),
        ...(account === undefined ? {} : { account }),
      },
      model,
    );
  };
}
