/** The page that lists where the user is signed in. One session, or all others, can be ended. */
import { Router } from '@koa/router';
import { actorOf } from '../../oidc/request-context.ts';
import type { ClientService } from '../../services/clients/clients.ts';
import type { ConsentService } from '../../services/clients/consents.ts';
import type { LoginSession, SessionService } from '../../services/sign-in/sessions.ts';
import type { ClientDocument, ConsentDocument } from '../../storage/collections.ts';
import type { ViewModels } from '../../views.ts';
import { returnPages, type AccountLogin } from '../account-login.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';

export interface SessionRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly notices: Notices;
  readonly sessions: SessionService;
  readonly consents: Pick<ConsentService, 'listByUser'>;
  readonly clients: Pick<ClientService, 'find'>;
  /** Seconds without use after which a session ends, and the same for one that the user is remembered by. */
  readonly sessionIdle: number;
  readonly sessionRemember: number;
}

type Sessions = ViewModels['account/sessions']['sessions'];

export function sessionRoutes(deps: SessionRouteDependencies): Router {
  const { frame, login, notices, sessions, consents, clients, sessionIdle, sessionRemember } = deps;
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

  async function present(accountId: string, list: readonly LoginSession[], current: string): Promise<Sessions> {
    // A session also lists apps whose consent was denied or not given yet, so these are filtered.
    const names = await namesOfApps(
      list.flatMap((session) => session.authorizations.map(({ clientId }) => clientId)),
      await consents.listByUser(accountId),
    );
    const presented = list.map((session) => {
      const idle = (session.remembered ? sessionRemember : sessionIdle) * 1000;
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

  frame.page(router, 'sessions', async (ctx, signedIn) => {
    const { session, user } = signedIn;
    await frame.show(ctx, signedIn, 'account/sessions', {
      csrf: frame.csrf(session),
      sessions: await present(user._id, await sessions.listByUser(user._id), session.uid),
    });
  });

  login.formRoutes(router, '/account/sessions/end-others', async (ctx, { session, user }) => {
    await sessions.endAll(user._id, { except: session.uid }, actorOf(ctx.req, user._id));
    notices.leave(ctx, 'sessions-ended');
    seeOther(ctx, returnPages.sessions);
  });

  login.formRoutes(router, '/account/sessions/:id/end', async (ctx, { user }) => {
    await sessions.end(user._id, String(ctx['params'].id), actorOf(ctx.req, user._id));
    notices.leave(ctx, 'session-ended');
    seeOther(ctx, returnPages.sessions);
  });

  return router;
}
