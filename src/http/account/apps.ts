/** The page that lists the apps which the user has allowed something. Access can be withdrawn. */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { actorOf } from '../../oidc/request-context.ts';
import { redirectTarget } from '../../presenters/redirect-target.ts';
import type { ApiService } from '../../services/clients/apis.ts';
import { scopeOfClaim } from '../../services/values/claims-by-scope.ts';
import type { ClientService } from '../../services/clients/clients.ts';
import { permissionOf, type ConsentService } from '../../services/clients/consents.ts';
import type { SessionService } from '../../services/sign-in/sessions.ts';
import type { GrantUsage, TokenUsageService } from '../../services/tokens/token-usage.ts';
import type { ConsentDocument } from '../../storage/collections.ts';
import type { ViewModels } from '../../views.ts';
import { returnPages, type AccountLogin } from '../account-login.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';

export interface AppRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly notices: Notices;
  readonly sessions: Pick<SessionService, 'listByUser'>;
  readonly consents: Pick<ConsentService, 'listByUser' | 'withdraw'>;
  readonly clients: Pick<ClientService, 'find'>;
  readonly apis: Pick<ApiService, 'findMany'>;
  readonly tokenUsage: Pick<TokenUsageService, 'listByUser'>;
  /** The description of a scope about the user, in the language of the request. */
  readonly scopeInWords: (ctx: Context, scope: string) => string;
}

type App = ViewModels['account/apps']['apps'][number];

/** When and from where an app last obtained a token of this user. */
function lastUseBy(clientId: string, usage: readonly GrantUsage[]): Pick<App, 'lastUse'> {
  const [latest] = usage
    .filter((one) => one.clientId === clientId)
    .toSorted((one, other) => other.lastUsedAt.getTime() - one.lastUsedAt.getTime());
  return latest?.lastUsedFrom === undefined ? {} : { lastUse: { at: latest.lastUsedAt, from: latest.lastUsedFrom } };
}

export function appRoutes(deps: AppRouteDependencies): Router {
  const { frame, login, notices, sessions, consents, clients, apis, tokenUsage, scopeInWords } = deps;
  const router = new Router();

  /** What the user allowed, in words: about the user, then of each API. */
  async function inWords(ctx: Context, consent: ConsentDocument): Promise<readonly string[]> {
    const { scopes, claims, resources } = permissionOf(consent);
    const aboutUser = new Set([...scopes, ...claims.flatMap((claim) => scopeOfClaim(claim) ?? [])]);
    const documents = await apis.findMany([...resources.keys()]);
    return [
      ...[...aboutUser].map((scope) => scopeInWords(ctx, scope)),
      ...documents.flatMap((api) =>
        api.scopes
          .filter(({ value }) => resources.get(api._id)?.includes(value))
          .map(({ description }) => `${api.name}: ${description}`),
      ),
    ];
  }

  async function present(ctx: Context, accountId: string): Promise<readonly App[]> {
    const usage = await tokenUsage.listByUser(accountId);
    const offline = new Set(
      (await sessions.listByUser(accountId)).flatMap((session) =>
        session.authorizations.filter((one) => one.persistsLogout).map(({ clientId }) => clientId),
      ),
    );
    const presented = (await consents.listByUser(accountId)).map(async (consent) => {
      const client = await clients.find(consent.clientId);
      if (client === null) {
        return [];
      }
      const [redirectUri] = client.redirectUris;
      return [
        {
          clientId: client._id,
          name: client.name,
          ...(client.logo === undefined ? {} : { logo: client.logo }),
          ...(redirectUri === undefined ? {} : { host: redirectTarget(redirectUri) }),
          since: consent.grantedAt,
          ...(consent.endsAt === undefined ? {} : { endsAt: consent.endsAt }),
          ...lastUseBy(client._id, usage),
          scopes: await inWords(ctx, consent),
          offline: offline.has(client._id),
        },
      ];
    });
    return (await Promise.all(presented)).flat();
  }

  frame.page(router, 'apps', async (ctx, signedIn) => {
    await frame.show(ctx, signedIn, 'account/apps', {
      csrf: frame.csrf(signedIn.session),
      apps: await present(ctx, signedIn.user._id),
    });
  });

  login.formRoutes(router, '/account/apps/:clientId/withdraw', async (ctx, { user }) => {
    await consents.withdraw(user._id, String(ctx['params'].clientId), actorOf(ctx.req, user._id));
    notices.leave(ctx, 'access-withdrawn');
    seeOther(ctx, returnPages.apps);
  });

  return router;
}
