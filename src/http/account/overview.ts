/** The first page of the account: who the user is, and a link to each other page with what is on it. */
import { Router } from '@koa/router';
import type { ConsentService } from '../../services/clients/consents.ts';
import type { PersonalAccessTokenService } from '../../services/tokens/personal-access-tokens.ts';
import type { SessionService } from '../../services/sign-in/sessions.ts';
import type { AccountFrame } from './frame.ts';

export interface OverviewRouteDependencies {
  readonly frame: AccountFrame;
  readonly sessions: Pick<SessionService, 'listByUser'>;
  readonly consents: Pick<ConsentService, 'listByUser'>;
  readonly personalAccessTokens: Pick<PersonalAccessTokenService, 'listByUser'>;
}

export function overviewRoutes({ frame, sessions, consents, personalAccessTokens }: OverviewRouteDependencies): Router {
  const router = new Router();

  frame.page(router, 'account', async (ctx, signedIn) => {
    const { _id, email, emailVerified, createdAt, role, profile } = signedIn.user;
    const { name } = profile;
    await frame.show(ctx, signedIn, 'account/overview', {
      user: { email, emailVerified, createdAt, role, ...(typeof name === 'string' ? { name } : {}) },
      sessions: (await sessions.listByUser(_id)).length,
      apps: (await consents.listByUser(_id)).length,
      tokens: (await personalAccessTokens.listByUser(_id)).length,
    });
  });

  return router;
}
