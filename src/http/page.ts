/** Shows a page: the one way in which our own routes answer a browser. */
import type { Context } from 'koa';
import { requestState } from '../oidc/request.ts';
import type { Locale, ViewContext, ViewModels, ViewName, Views } from '../views.ts';

export interface PageOptions {
  readonly status?: number;
  readonly client?: ViewContext['client'] | undefined;
  readonly signedInAs?: string | undefined;
  /** Languages that an app asked for (`ui_locales`, OIDC Core §3.1.2.1); they win over the browser's. */
  readonly uiLocales?: string | undefined;
}

export type ShowPage = <K extends ViewName>(ctx: Context, name: K, model: ViewModels[K], options?: PageOptions) => void;

export function createShowPage(views: Views): ShowPage {
  function localeOf(ctx: Context, uiLocales: string | undefined): Locale {
    return uiLocales === undefined
      ? requestState(ctx.req).locale
      : views.negotiateLocale({ uiLocales, acceptLanguage: ctx.get('accept-language') || undefined });
  }
  return (ctx, name, model, { status = 200, client, signedInAs, uiLocales } = {}) => {
    ctx.status = status;
    ctx.type = 'html';
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Vary', 'Accept-Language');
    ctx.body = views.render(
      name,
      {
        locale: localeOf(ctx, uiLocales),
        assetsPath: '/assets',
        ...(client === undefined ? {} : { client }),
        ...(signedInAs === undefined ? {} : { signedInAs }),
      },
      model,
    );
  };
}
