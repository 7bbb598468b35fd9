/**
 * The user's own page: profile, sessions, apps with access, personal access tokens. The user can end sessions and
 * withdraw access; the forms about tokens are in personal-access-tokens.ts.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { accountCallbackPath } from '../../oidc/account-client.ts';
import type { Engine } from '../../oidc/engine.ts';
import { GatehouseError } from '../../errors.ts';
import { actorOf } from '../../oidc/request-context.ts';
import { redirectTarget } from '../../presenters/redirect-target.ts';
import type { ApiService } from '../../services/apis.ts';
import { scopeOfClaim } from '../../services/claims-by-scope.ts';
import type { ClientService } from '../../services/clients.ts';
import { permissionOf, type ConsentService } from '../../services/consents.ts';
import type { PersonalAccessTokenService } from '../../services/personal-access-tokens.ts';
import type { LoginSession, SessionService } from '../../services/sessions.ts';
import type { GrantUsage, TokenUsageService } from '../../services/token-usage.ts';
import type { ClientDocument, ConsentDocument } from '../../storage/collections.ts';
import type { ViewModels } from '../../views.ts';
import { accessInWords } from '../access-in-words.ts';
import { returnPageOf, type AccountLogin } from '../account-login.ts';
import type { Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';

export interface AccountRouteDependencies {
  readonly engine: Pick<Engine, 'cookies'>;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly sessions: SessionService;
  readonly consents: ConsentService;
  readonly clients: ClientService;
  readonly apis: ApiService;
  readonly personalAccessTokens: PersonalAccessTokenService;
  readonly tokenUsage: Pick<TokenUsageService, 'listByUser'>;
  readonly sessionIdle: number;
  readonly sessionRemember: number;
  /** The description of a scope about the user, in the language of the request. */
  readonly scopeInWords: (ctx: Context, scope: string) => string;
}

type Model = ViewModels['account/home'];

/** When and from where an app last obtained a token of this user. */
function lastUseBy(
  clientId: string,
  usage: readonly GrantUsage[],
): { readonly lastUse?: { readonly at: Date; readonly from: string } } {
  const [latest] = usage
    .filter((one) => one.clientId === clientId)
    .toSorted((one, other) => other.lastUsedAt.getTime() - one.lastUsedAt.getTime());
  return latest?.lastUsedFrom === undefined ? {} : { lastUse: { at: latest.lastUsedAt, from: latest.lastUsedFrom } };
}

export function accountRoutes(deps: AccountRouteDependencies): Router {
  const { engine, login, forms, notices, show, sessions, consents, clients, apis, personalAccessTokens } = deps;
  const { tokenUsage } = deps;
  const router = new Router();

  /** Names, by client id, of the apps that have access: those that the user allowed, and first-party apps. */
  async function namesOfApps(
    ids: readonly string[],
    allowed: readonly ConsentDocument[],
  ): Promise<ReadonlyMap<string, string>> {
    const found = await Promise.all([...new Set(ids)].map((id) => clients.find(id)));
    const hasAccess = (client: ClientDocument): boolean =>
      client.firstParty || allowed.some(({ clientId }) => clientId === client._id);
    return new Map(
      found.flatMap((client) => (client === null || !hasAccess(client) ? [] : [[client._id, client.name] as const])),
    );
  }

  async function presentSessions(
    list: readonly LoginSession[],
    current: string,
    allowed: readonly ConsentDocument[],
  ): Promise<Model['sessions']> {
    // A session also lists apps whose consent was denied or not given yet, so these are filtered.
    const names = await namesOfApps(
      list.flatMap((session) => session.authorizations.map(({ clientId }) => clientId)),
      allowed,
    );
    const presented = list.map((session) => {
      const idle = (session.remembered ? deps.sessionRemember : deps.sessionIdle) * 1000;
      const signedInAt = session.signedInAt ?? new Date(session.expiresAt.getTime() - idle);
      return {
        id: session.uid,
        current: session.uid === current,
        signedInAt,
        lastActiveAt: new Date(Math.max(signedInAt.getTime(), session.expiresAt.getTime() - idle)),
        expiresAt: session.expiresAt,
        apps: session.authorizations.flatMap(({ clientId }) => names.get(clientId) ?? []),
        ...(session.userAgent === undefined ? {} : { userAgent: session.userAgent }),
      };
    });
    return presented.toSorted(
      (one, other) =>
        Number(other.current) - Number(one.current) || other.lastActiveAt.getTime() - one.lastActiveAt.getTime(),
    );
  }

  async function presentApps(
    ctx: Context,
    allowed: readonly ConsentDocument[],
    active: readonly LoginSession[],
    usage: readonly GrantUsage[],
  ): Promise<Model['apps']> {
    const offline = new Set(
      active.flatMap((session) =>
        session.authorizations.filter((one) => one.persistsLogout).map(({ clientId }) => clientId),
      ),
    );
    return (
      await Promise.all(
        allowed.map(async (consent) => {
          const client = await clients.find(consent.clientId);
          if (client === null) {
            return [];
          }
          const permission = permissionOf(consent);
          const aboutUser = new Set([
            ...permission.scopes,
            ...permission.claims.flatMap((claim) => scopeOfClaim(claim) ?? []),
          ]);
          const documents = await apis.findMany([...permission.resources.keys()]);
          const [redirectUri] = client.redirectUris;
          const ofApis = documents.flatMap((api) =>
            api.scopes
              .filter(({ value }) => permission.resources.get(api._id)?.includes(value))
              .map(({ description }) => `${api.name}: ${description}`),
          );
          return [
            {
              clientId: client._id,
              name: client.name,
              ...(redirectUri === undefined ? {} : { host: redirectTarget(redirectUri) }),
              since: consent.grantedAt,
              ...lastUseBy(client._id, usage),
              scopes: [...[...aboutUser].map((scope) => deps.scopeInWords(ctx, scope)), ...ofApis],
              offline: offline.has(client._id),
            },
          ];
        }),
      )
    ).flat();
  }

  /** @returns undefined if no API allows personal access tokens and the user has none: the page then omits them */
  async function presentTokens(accountId: string): Promise<Model['tokens']> {
    const own = await personalAccessTokens.listByUser(accountId);
    const available = await personalAccessTokens.listApis();
    if (own.length === 0 && available.length === 0) {
      return undefined;
    }
    const nameOf = (identifier: string): string => available.find(({ _id }) => _id === identifier)?.name ?? identifier;
    return {
      mayCreate: available.length > 0,
      list: own.map(({ id, name, access, createdAt, expiresAt, lastUsedAt, lastUsedFrom, lastUsedApi }) => ({
        id,
        name,
        scopes: accessInWords(access, available),
        createdAt,
        expiresAt,
        ...(lastUsedAt === undefined || lastUsedApi === undefined
          ? {}
          : { lastUse: { at: lastUsedAt, from: lastUsedFrom ?? nameOf(lastUsedApi) } }),
      })),
    };
  }

  router.get('/account', async (ctx) => {
    const signedIn = await login.find(ctx);
    if (signedIn === undefined) {
      login.signIn(ctx);
      return;
    }
    const { session, user } = signedIn;
    const active = await sessions.listByUser(user._id);
    const allowed = await consents.listByUser(user._id);
    const notice = notices.take(ctx, ['session-ended', 'sessions-ended', 'access-withdrawn', 'token-revoked']);
    const { name } = user.profile;
    const tokens = await presentTokens(user._id);
    show(
      ctx,
      'account/home',
      {
        csrf: forms.token(login.bindingOf(session)),
        ...(notice === undefined ? {} : { notice }),
        user: {
          email: user.email,
          emailVerified: user.emailVerified,
          createdAt: user.createdAt,
          role: user.role,
          ...(typeof name === 'string' ? { name } : {}),
        },
        sessions: await presentSessions(active, session.uid, allowed),
        apps: await presentApps(ctx, allowed, active, await tokenUsage.listByUser(user._id)),
        ...(tokens === undefined ? {} : { tokens }),
      },
      { signedInAs: user.email },
    );
  });

  router.get(accountCallbackPath, (ctx) => {
    const { error, state } = ctx.query;
    if (error !== undefined && error !== 'access_denied') {
      throw new GatehouseError('invalid_input', 'Signing in to the account page failed.', {
        next: { action: 'sign-in', uri: '/account' },
      });
    }
    const page = returnPageOf(state) ?? '/account';
    // A user who cancelled is not sent to the sign-in page again.
    seeOther(ctx, error === undefined ? page : page === '/account' ? '/' : '/account');
  });

  function signedOut(ctx: Context): void {
    notices.leave(ctx, 'signed-out');
    seeOther(ctx, '/');
  }

  login.formRoutes(router, '/account/sessions/end-others', async (ctx, { session, user }) => {
    await sessions.endAll(user._id, { except: session.uid }, actorOf(ctx.req, user._id));
    notices.leave(ctx, 'sessions-ended');
    seeOther(ctx, '/account');
  });

  login.formRoutes(router, '/account/sessions/:id/end', async (ctx, { user }) => {
    await sessions.end(user._id, String(ctx['params'].id), actorOf(ctx.req, user._id));
    notices.leave(ctx, 'session-ended');
    seeOther(ctx, '/account');
  });

  login.formRoutes(router, '/account/apps/:clientId/withdraw', async (ctx, { user }) => {
    await consents.withdraw(user._id, String(ctx['params'].clientId), actorOf(ctx.req, user._id));
    notices.leave(ctx, 'access-withdrawn');
    seeOther(ctx, '/account');
  });

  login.formRoutes(
    router,
    '/account/sign-out',
    async (ctx, { session, user }) => {
      await sessions.end(user._id, session.uid, actorOf(ctx.req, user._id));
      ctx.cookies.set(engine.cookies.names.session, null, { ...engine.cookies.options, path: '/' });
      signedOut(ctx);
    },
    // A second click, or another tab, has already ended the session.
    signedOut,
  );

  return router;
}
