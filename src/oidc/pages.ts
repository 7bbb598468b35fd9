/** The pages that the engine asks for: its errors, and the two of signing out. */
import type { KoaContextWithOIDC, errors } from 'oidc-provider';
import type { ErrorKind, ViewModels, Views } from '../views.ts';
import { requestState } from './request.ts';

type EngineError = Error | errors.OIDCProviderError;

const kinds: Readonly<Record<string, ErrorKind>> = {
  invalid_redirect_uri: 'redirect_uri',
  invalid_client: 'unknown_client',
  access_denied: 'access_denied',
  server_error: 'general',
};

/** The engine's name for a flow whose cookies or interaction are gone: an expired page, a second tab, the back button. */
const expired = 'SessionNotFound';

function comparison(ctx: KoaContextWithOIDC, kind: ErrorKind): ViewModels['error']['comparison'] {
  const received = ctx.oidc.params?.['redirect_uri'];
  const registered = ctx.oidc.client?.redirectUris;
  return kind === 'redirect_uri' && typeof received === 'string' && registered !== undefined
    ? { label: 'redirect_uri', received, registered: [...registered] }
    : undefined;
}

export interface EnginePages {
  renderError(ctx: KoaContextWithOIDC, out: { readonly error: string; readonly error_description?: string | undefined }, error: EngineError): void;
  logoutSource(ctx: KoaContextWithOIDC): void;
  postLogoutSuccessSource(ctx: KoaContextWithOIDC): void;
}

export function createEnginePages(deps: { readonly views: Views; readonly development: boolean }): EnginePages {
  const { views, development } = deps;

  function show<K extends keyof ViewModels & ('error' | 'logout/confirm' | 'logout/done')>(ctx: KoaContextWithOIDC, name: K, model: ViewModels[K]): void {
    const { locale } = requestState(ctx.req);
    ctx.type = 'html';
    ctx.body = views.render(name, { locale, assetsPath: '/assets' }, model);
  }

  return {
    renderError: (ctx, out, error) => {
      const kind = error.name === expired ? 'expired' : (kinds[out.error] ?? 'general');
      const compared = development ? comparison(ctx, kind) : undefined;
      const hint = development && 'error_detail' in error ? error.error_detail : undefined;
      show(ctx, 'error', {
        status: ctx.status,
        kind,
        message: out.error_description === undefined ? out.error : `${out.error}: ${out.error_description}`,
        reference: requestState(ctx.req).requestId,
        ...(compared === undefined ? {} : { comparison: compared }),
        ...(hint === undefined ? {} : { hint }),
      });
    },

    logoutSource: (ctx) => {
      const { session, client, entities } = ctx.oidc;
      const secret = session?.state?.['secret'];
      const hinted = entities.IdTokenHint?.payload['sub'];
      show(ctx, 'logout/confirm', {
        action: ctx.oidc.urlFor('end_session_confirm'),
        xsrf: typeof secret === 'string' ? secret : '',
        ...(client?.clientName === undefined ? {} : { client: { name: client.clientName } }),
        // An ID token of this very person says that it is the app that asks (OpenID Connect RP-Initiated Logout §2).
        autoSubmit: hinted !== undefined && hinted === session?.accountId,
      });
    },

    postLogoutSuccessSource: (ctx) => {
      const { client } = ctx.oidc;
      show(ctx, 'logout/done', client?.clientName === undefined ? {} : { client: { name: client.clientName } });
    },
  };
}
