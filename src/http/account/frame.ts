/**
 * What all pages of the account have in common: they are for the signed-in user, they show the navigation and the
 * notice of the last action, and some of them ask the user to sign in again first.
 */
import type { Router } from '@koa/router';
import type { Context } from 'koa';
import type { SignedIn } from '../../oidc/login-session.ts';
import type { PersonalAccessTokenService } from '../../services/tokens/personal-access-tokens.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { ViewModels, ViewName } from '../../views.ts';
import { returnPages, type AccountLogin, type AccountUser, type ReturnPage } from '../account-login.ts';
import type { Forms } from '../middleware/forms.ts';
import { accountNotices, type Notices } from '../notices.ts';
import type { ShowPage } from '../page.ts';

export interface AccountFrame {
  /** The CSRF token of all forms on the account pages of this session. */
  csrf(session: SignedIn): string;
  /** Renders a page of the account, with the navigation and the notice of the last action, if there is one. */
  show<K extends ViewName>(
    ctx: Context,
    signedIn: AccountUser,
    name: K,
    model: ViewModels[K],
    options?: { readonly status?: number },
  ): Promise<void>;
  /** Adds the GET route of a page. Users who are not signed in sign in first, and return to it. */
  page(router: Router, page: ReturnPage, show: (ctx: Context, signedIn: AccountUser) => Promise<void>): void;
  /**
   * The signed-in user who has signed in, or confirmed the login, within these seconds. Otherwise the response is a
   * redirect to the sign-in page, which leads back to `page`.
   */
  findConfirmed(ctx: Context, page: ReturnPage, seconds: number): Promise<AccountUser | undefined>;
}

export interface AccountFrameDependencies {
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly show: ShowPage;
  readonly personalAccessTokens: Pick<PersonalAccessTokenService, 'listGrantable' | 'listByUser'>;
}

export function createAccountFrame(deps: AccountFrameDependencies): AccountFrame {
  const { login, forms, notices, show, personalAccessTokens } = deps;

  const csrf = (session: SignedIn): string => forms.token(login.bindingOf(session));

  /** The page about personal access tokens is linked where the user may make one, or still has one. */
  async function hasTokens(user: UserDocument): Promise<boolean> {
    return (
      (await personalAccessTokens.listGrantable(user)).length > 0 ||
      (await personalAccessTokens.listByUser(user._id)).length > 0
    );
  }

  return {
    csrf,

    show: async (ctx, { session, user }, name, model, { status = 200 } = {}) => {
      const tokens = await hasTokens(user);
      const notice = notices.take(ctx, accountNotices);
      show(ctx, name, model, {
        status,
        signedInAs: user.email,
        account: { csrf: csrf(session), tokens, ...(notice === undefined ? {} : { notice }) },
      });
    },

    page: (router, page, showTo) => {
      router.get(returnPages[page], async (ctx) => {
        const signedIn = await login.find(ctx);
        await (signedIn === undefined ? login.signIn(ctx, page) : showTo(ctx, signedIn));
      });
    },

    findConfirmed: async (ctx, page, seconds) => {
      const signedIn = await login.find(ctx);
      if (signedIn === undefined) {
        login.signIn(ctx, page);
        return undefined;
      }
      if (!login.isConfirmed(signedIn.session, seconds)) {
        login.confirm(ctx, page);
        return undefined;
      }
      return signedIn;
    },
  };
}
