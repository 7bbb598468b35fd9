/** A person's own page: who am I, where am I signed in, which apps have access; and an end to each. */
import { Router } from '@koa/router';
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { randomToken } from '../../crypto/secrets.ts';
import { accountCallbackPath, accountClientId } from '../../oidc/configuration.ts';
import { endpoints } from '../../oidc/endpoints.ts';
import type { Engine } from '../../oidc/engine.ts';
import type { SignedIn } from '../../oidc/login-session.ts';
import { GatehouseError } from '../../errors.ts';
import { actorOf } from '../../oidc/request-context.ts';
import { credentialsVersionOf, type UserService } from '../../services/users.ts';
import type { ApiService } from '../../services/apis.ts';
import type { ClientService } from '../../services/clients.ts';
import { permissionOf, type ConsentService } from '../../services/consents.ts';
import type { LoginSession, SessionService } from '../../services/sessions.ts';
import type { ClientDocument, ConsentDocument, UserDocument } from '../../storage/collections.ts';
import type { ViewModels } from '../../views.ts';
import type { Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther, type ShowPage } from '../page.ts';
import { redirectPlace } from '../presenters/client.ts';

export interface AccountRouteDependencies {
  readonly engine: Engine;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly consents: ConsentService;
  readonly clients: ClientService;
  readonly apis: ApiService;
  readonly issuer: string;
  readonly sessionIdle: number;
  readonly sessionRemember: number;
  /** The words for a scope of OpenID Connect. */
  readonly scopeInWords: (ctx: Context, scope: string) => string;
}

type Model = ViewModels['account/home'];

export function accountRoutes(deps: AccountRouteDependencies): Router {
  const { engine, forms, notices, show, users, sessions, consents, clients, apis, issuer } = deps;
  const router = new Router();

  const bindingOf = (who: SignedIn): string => `session ${who.uid}`;

  async function signedIn(ctx: Context): Promise<{ who: SignedIn; user: UserDocument } | undefined> {
    const who = await engine.findLoginSession(ctx);
    const user = who === undefined ? null : await users.find(who.accountId);
    return who === undefined || user === null || user.disabled || credentialsVersionOf(user) !== who.credentialsVersion
      ? undefined
      : { who, user };
  }

  /**
   * Signs the person in by the flow that every app uses. The code that comes back is not redeemed (its verifier is
   * nobody's) and ends by itself: what counts here is the login session that the flow leaves behind.
   */
  function signIn(ctx: Context): void {
    const url = new URL(`${issuer}${endpoints.authorization.path}`);
    url.search = new URLSearchParams({
      client_id: accountClientId,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${issuer}${accountCallbackPath}`,
      code_challenge: createHash('sha256').update(randomToken()).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    seeOther(ctx, url.href);
  }

  /** Names by client id of the apps that have access: those that the person allowed, and those of the operator. */
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
    // A session also knows the apps whose question was refused or not answered.
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
              ...(redirectUri === undefined ? {} : { host: redirectPlace(redirectUri) }),
              since: consent.grantedAt,
              scopes: [...permission.scopes.map((scope) => deps.scopeInWords(ctx, scope)), ...ofApis],
              offline: offline.has(client._id),
            },
          ];
        }),
      )
    ).flat();
  }

  router.get('/account', async (ctx) => {
    const person = await signedIn(ctx);
    if (person === undefined) {
      signIn(ctx);
      return;
    }
    const { who, user } = person;
    const active = await sessions.listByUser(user._id);
    const allowed = await consents.listByUser(user._id);
    const notice = notices.take(ctx, ['session-ended', 'sessions-ended', 'access-withdrawn']);
    const { name } = user.profile;
    show(
      ctx,
      'account/home',
      {
        csrf: forms.token(bindingOf(who)),
        ...(notice === undefined ? {} : { notice }),
        user: {
          email: user.email,
          emailVerified: user.emailVerified,
          createdAt: user.createdAt,
          role: user.role,
          ...(typeof name === 'string' ? { name } : {}),
        },
        sessions: await presentSessions(active, who.uid, allowed),
        apps: await presentApps(ctx, allowed, active),
      },
      { signedInAs: user.email },
    );
  });

  router.get(accountCallbackPath, (ctx) => {
    const { error } = ctx.query;
    if (error !== undefined && error !== 'access_denied') {
      throw new GatehouseError('invalid_input', 'Signing in to the account page failed.', {
        next: { action: 'sign-in', uri: '/account' },
      });
    }
    // Whoever cancelled is not asked again.
    seeOther(ctx, error === undefined ? '/account' : '/');
  });

  /** A form of the account page. Whoever is not signed in signs in first and sees the page anew; so does a GET. */
  function change(
    path: string,
    act: (ctx: Context, person: { who: SignedIn; user: UserDocument }) => Promise<void>,
    whenSignedOut: (ctx: Context) => void = signIn,
  ): void {
    router.get(path, (ctx) => seeOther(ctx, '/account'));
    router.post(path, async (ctx) => {
      const person = await signedIn(ctx);
      if (person === undefined) {
        whenSignedOut(ctx);
        return;
      }
      await forms.read(ctx, bindingOf(person.who));
      await act(ctx, person);
    });
  }

  function signedOut(ctx: Context): void {
    notices.leave(ctx, 'signed-out');
    seeOther(ctx, '/');
  }

  change('/account/sessions/end-others', async (ctx, { who, user }) => {
    await sessions.endAll(user._id, { except: who.uid }, actorOf(ctx.req, user._id));
    notices.leave(ctx, 'sessions-ended');
    seeOther(ctx, '/account');
  });

  change('/account/sessions/:id/end', async (ctx, { user }) => {
    await sessions.end(user._id, String(ctx['params'].id), actorOf(ctx.req, user._id));
    notices.leave(ctx, 'session-ended');
    seeOther(ctx, '/account');
  });

  change('/account/apps/:clientId/withdraw', async (ctx, { user }) => {
    await consents.withdraw(user._id, String(ctx['params'].clientId), actorOf(ctx.req, user._id));
    notices.leave(ctx, 'access-withdrawn');
    seeOther(ctx, '/account');
  });

  change(
    '/account/sign-out',
    async (ctx, { who, user }) => {
      await sessions.end(user._id, who.uid, actorOf(ctx.req, user._id));
      ctx.cookies.set(engine.cookies.names.session, null, { ...engine.cookies.options, path: '/' });
      signedOut(ctx);
    },
    // The second of two clicks, or another tab.
    signedOut,
  );

  return router;
}
