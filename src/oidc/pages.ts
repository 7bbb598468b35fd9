/** The pages that the engine asks for: its errors, and the two of signing out. */
import type { KoaContextWithOIDC, errors } from 'oidc-provider';
import type { ErrorKind, ViewModels, Views } from '../views.ts';
import { readLoginSession } from './login-session.ts';
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

/** What a developer is shown: what came beside what is registered, and how to mend it. */
function lesson(ctx: KoaContextWithOIDC, kind: ErrorKind): Pick<ViewModels['error'], 'comparison' | 'hint'> {
  const { redirect_uri: redirectUri, client_id: clientId } = ctx.oidc.params ?? {};
  const { client } = ctx.oidc;
  if (kind === 'redirect_uri' && typeof redirectUri === 'string' && client?.redirectUris !== undefined) {
    return {
      comparison: { label: 'redirect_uri', received: redirectUri, registered: [...client.redirectUris] },
      hint: 'Let the app send exactly what is registered, or register what it sends beside the others: '
        + `gatehouse client update ${client.clientId} --redirect-uri …`,
    };
  }
  if (kind === 'unknown_client' && typeof clientId === 'string' && client === undefined) {
    return {
      comparison: { label: 'client_id', received: clientId, registered: [] },
      hint: 'Let the app send the id of a client that is there (gatehouse client list), or make one: gatehouse client create --name … --type …',
    };
  }
  return {};
}

function detailOf(error: EngineError): string | undefined {
  return 'error_detail' in error ? error.error_detail : undefined;
}

export interface EnginePages {
  renderError(ctx: KoaContextWithOIDC, out: { readonly error: string; readonly error_description?: string | undefined }, error: EngineError): void;
  logoutSource(ctx: KoaContextWithOIDC): void;
  postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void>;
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
      const detail = development ? detailOf(error) : undefined;
      show(ctx, 'error', {
        status: ctx.status,
        kind,
        message: [out.error, out.error_description, detail].filter((part) => part !== undefined).join(': '),
        reference: requestState(ctx.req).requestId,
        ...(development ? lesson(ctx, kind) : {}),
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

    postLogoutSuccessSource: async (ctx) => {
      const { client, provider } = ctx.oidc;
      const signedIn = (await readLoginSession(provider, ctx)) !== undefined;
      show(ctx, 'logout/done', { signedIn, ...(client?.clientName === undefined ? {} : { client: { name: client.clientName } }) });
    },
  };
}
