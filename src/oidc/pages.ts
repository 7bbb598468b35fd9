/** The pages that the engine needs: its error page, its auto-submit forms, and the two pages of a logout. */
import type { KoaContextWithOIDC, errors } from 'oidc-provider';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import type { ErrorKind, ViewContext, ViewModels, Views } from '../views.ts';
import type { ExpiredError, NextStep } from '../errors.ts';
import { accountClientId } from './account-client.ts';
import { brandingOf, siteOf } from './client-metadata.ts';
import { followingPage, type MissingFlow } from './missing-flow.ts';
import { endpoints } from './endpoints.ts';
import { createErrorPage } from './error-page.ts';
import { explainLogoutMistake, registerHint } from './logout-requests.ts';
import { readLoginSession } from './login-session.ts';
import { requestContext } from './request-context.ts';
import { seeOther } from './see-other.ts';
import { settingHint } from './setting-hints.ts';
import { TooManyRequests } from './too-many-requests.ts';
import { viewContextOf } from './view-context.ts';
import type { AutoSubmitForm } from './auto-submit-forms.ts';

type EngineError = Error | errors.OIDCProviderError;

const kinds: Readonly<Record<string, ErrorKind>> = {
  invalid_redirect_uri: 'redirect_uri',
  invalid_client: 'unknown_client',
  access_denied: 'access_denied',
  server_error: 'general',
};

/** The engine's error for a flow without its cookies or interaction: an expired page, a second tab, the back button. */
const missingFlowError = 'SessionNotFound';

/** Explains the error to a developer: the received value next to the registered ones, and how to fix it. */
function explanation(
  ctx: KoaContextWithOIDC,
  kind: ErrorKind,
): Pick<ViewModels['error'], 'comparison' | 'hint' | 'command'> {
  const { redirect_uri: redirectUri, client_id: clientId } = ctx.oidc.params ?? {};
  const { client } = ctx.oidc;
  if (kind === 'redirect_uri' && typeof redirectUri === 'string' && client?.redirectUris !== undefined) {
    return {
      comparison: { label: 'redirect_uri', received: redirectUri, registered: [...client.redirectUris] },
      hint: registerHint,
      // The received value is untrusted text, so it does not appear in a command that people paste into a shell.
      command: [
        `npx gatehouse client update ${client.clientId}`,
        ...client.redirectUris.map((uri) => `--redirect-uri '${uri}'`),
        "--redirect-uri '…'",
      ].join(' \\\n  '),
    };
  }
  if (kind === 'unknown_client' && typeof clientId === 'string' && client === undefined) {
    return {
      comparison: { label: 'client_id', received: clientId, registered: [] },
      hint: 'Let the app send the id of an existing client (the first command lists them), or create one:',
      command: 'npx gatehouse client list\nnpx gatehouse client create --name … --type …',
    };
  }
  return {};
}

function kindOf(ended: ExpiredError | undefined): ErrorKind | undefined {
  return ended === undefined ? undefined : ended.code === 'already_signed_in' ? 'already_signed_in' : 'expired';
}

function detailOf(error: EngineError): string | undefined {
  return 'error_detail' in error ? error.error_detail : undefined;
}

export interface EnginePages {
  renderError(
    ctx: KoaContextWithOIDC,
    out: { readonly error: string; readonly error_description?: string | undefined },
    error: EngineError,
  ): Promise<void>;
  logoutSource(ctx: KoaContextWithOIDC): Promise<void>;
  postLogoutSuccessSource(ctx: KoaContextWithOIDC): Promise<void>;
  forward(ctx: KoaContextWithOIDC, form: AutoSubmitForm): Promise<void>;
}

/** Creates the pages. They are in the language that the app requests, if the engine has read its request. */
export function createEnginePages(deps: {
  readonly issuer: string;
  readonly views: Views;
  readonly clients: Pick<ClientRepository, 'find'>;
  readonly missingFlow: MissingFlow;
}): EnginePages {
  const { issuer, views, clients, missingFlow } = deps;
  const showError = createErrorPage(views);

  function preferLanguageOfApp({ req, oidc }: KoaContextWithOIDC): void {
    const uiLocales = oidc.params?.['ui_locales'];
    if (typeof uiLocales === 'string' && uiLocales !== '') {
      requestContext(req).preferLocales(uiLocales);
    }
  }

  function show<K extends keyof ViewModels & ('forward' | 'logout/confirm' | 'logout/done')>(
    ctx: KoaContextWithOIDC,
    name: K,
    model: ViewModels[K],
    client?: ViewContext['client'],
  ): void {
    preferLanguageOfApp(ctx);
    ctx.type = 'html';
    ctx.body = views.render(name, { ...viewContextOf(ctx.req), ...(client === undefined ? {} : { client }) }, model);
  }

  async function brandOf({ client }: KoaContextWithOIDC['oidc']): Promise<ViewContext['client']> {
    const document = client === undefined ? null : await clients.find(client.clientId);
    return document === null ? undefined : brandingOf(document);
  }

  async function backToApp({ client }: KoaContextWithOIDC['oidc']): Promise<NextStep | undefined> {
    const document = client === undefined ? null : await clients.find(client.clientId);
    const uri = document === null ? undefined : siteOf(document, issuer);
    return document === null || uri === undefined ? undefined : { action: 'app', uri, app: document.name };
  }

  /** The target of the logout form, with the language, because the engine does not keep it. */
  function confirmUrl({ oidc }: KoaContextWithOIDC): string {
    const url = new URL(oidc.urlFor('end_session_confirm'));
    const uiLocales = oidc.params?.['ui_locales'];
    if (typeof uiLocales === 'string' && uiLocales !== '') {
      url.searchParams.set('ui_locales', uiLocales);
    }
    return url.href;
  }

  return {
    renderError: async (ctx, out, error) => {
      const { developer, endpoint } = requestContext(ctx.req);
      if (endpoint?.errors === 'json') {
        // The engine wants a page for whoever accepts HTML.
        ctx.body = out;
        return;
      }
      const isLogoutForm = ctx.oidc.route === 'end_session_confirm' && out.error === 'invalid_request';
      if (isLogoutForm && ctx.oidc.body !== undefined && ctx.oidc.session?.accountId === undefined) {
        // A second click, or an old page: the user is already signed out. A form that cannot be read stays an error.
        return seeOther(ctx, endpoints.end_session_success.path);
      }
      const ended = error.name === missingFlowError ? await missingFlow(ctx, String(ctx['params']?.uid)) : undefined;
      const page = ended === undefined ? undefined : followingPage(ctx.method, ended);
      if (page !== undefined) {
        return seeOther(ctx, page);
      }
      const retryAfter = error instanceof TooManyRequests ? error.retryAfter : undefined;
      const kind = isLogoutForm
        ? 'stale_form'
        : retryAfter !== undefined
          ? 'throttled'
          : (kindOf(ended) ?? kinds[out.error] ?? 'general');
      const next = ended?.next ?? (await backToApp(ctx.oidc));
      const detail = developer ? detailOf(error) : undefined;
      const setting = developer ? settingHint(ctx, error) : undefined;
      preferLanguageOfApp(ctx);
      showError(ctx, {
        status: ctx.status,
        kind,
        ...(retryAfter === undefined ? {} : { retryAfter }),
        message: [out.error, out.error_description, detail].filter((part) => part !== undefined).join(': '),
        ...(next === undefined || isLogoutForm ? {} : { next }),
        ...(developer ? explanation(ctx, kind) : {}),
        ...(setting?.library === undefined ? {} : { setting: { ...setting, library: setting.library } }),
      });
    },

    forward: async (ctx, { action, fields }) => {
      const { client, route } = ctx.oidc;
      const confirms = new URL(action).pathname === endpoints.end_session_confirm.path;
      show(
        ctx,
        'forward',
        {
          to: !confirms ? 'app' : route === 'end_session' ? 'signed-out' : 'account',
          action: confirms ? confirmUrl(ctx) : action,
          fields,
          ...(client?.clientName === undefined || client.clientId === accountClientId
            ? {}
            : { client: { name: client.clientName } }),
        },
        await brandOf(ctx.oidc),
      );
    },

    logoutSource: async (ctx) => {
      const { session, client, entities } = ctx.oidc;
      const secret = session?.state?.['secret'];
      const hinted = entities.IdTokenHint?.payload['sub'];
      const technical = explainLogoutMistake(ctx, client);
      if (technical !== undefined) {
        // The status reports the mistake to programs. The user can sign out anyway.
        ctx.status = 400;
      }
      show(
        ctx,
        'logout/confirm',
        {
          action: confirmUrl(ctx),
          xsrf: typeof secret === 'string' ? secret : '',
          ...(client?.clientName === undefined ? {} : { client: { name: client.clientName } }),
          // An ID token of the signed-in user proves that the app sent the request (RP-Initiated Logout §2). A page
          // that explains a mistake stays: the app does not get the user back.
          autoSubmit: technical === undefined && hinted !== undefined && hinted === session?.accountId,
          ...(technical === undefined ? {} : { technical }),
        },
        await brandOf(ctx.oidc),
      );
    },

    postLogoutSuccessSource: async (ctx) => {
      const { client, provider } = ctx.oidc;
      const signedIn = (await readLoginSession(provider, ctx)) !== undefined;
      show(
        ctx,
        'logout/done',
        { signedIn, ...(client?.clientName === undefined ? {} : { client: { name: client.clientName } }) },
        await brandOf(ctx.oidc),
      );
    },
  };
}
