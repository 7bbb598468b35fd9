/**
 * The pages on which users list their personal access tokens, revoke them, and make new ones for their scripts after
 * signing in again.
 *
 * The value of a new token is shown once, on the page after the form, to which the form redirects: so a reload does not
 * make another token. Until that page it is in an encrypted cookie, because the database has only its digest.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { ConflictError, GatehouseError, InvalidInputError } from '../../errors.ts';
import { actorOf } from '../../oidc/request-context.ts';
import type {
  ApiAccess,
  NewPersonalAccessToken,
  PersonalAccessTokenService,
} from '../../services/tokens/personal-access-tokens.ts';
import type { UserDocument } from '../../storage/collections.ts';
import type { NewTokenErrorCode, ViewModels } from '../../views.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import { accessInWords } from '../access-in-words.ts';
import type { Form, Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { ShownOnce } from '../shown-once.ts';
import type { AccountFrame } from './frame.ts';

export interface PersonalAccessTokenRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly tokens: PersonalAccessTokenService;
  /** The value of a new token, for the page that shows it. */
  readonly valueToShow: ShownOnce;
  /** Seconds. */
  readonly maxLifetime: number;
}

/** Seconds since the password was entered: for opening the form. */
const confirmedForForm = 10 * 60;
/** The same for sending it: a form that was opened in time can be filled in. */
const confirmedForCreation = 20 * 60;
/** Milliseconds for which the value of a new token is kept for the page that shows it. */
export const newTokenShownWithinMs = 2 * 60_000;
const day = 86_400;
/** Lifetimes to choose from, in seconds, as far as they are allowed. */
const lifetimes = [7 * day, 30 * day, 60 * day, 90 * day, 180 * day, 365 * day];
const defaultLifetime = 30 * day;
/** The names of the fields of scopes begin with this. Their values are an API's identifier, a space, and a scope. */
const scopeField = 'scope-';

const formPath = returnPages['new-token'];
const createdPath = '/account/tokens/created';

function readAccess(form: Form): readonly ApiAccess[] {
  const access = new Map<string, string[]>();
  for (const [name, value] of form) {
    const [api, scope] = value.split(' ');
    if (name.startsWith(scopeField) && api !== undefined && scope !== undefined) {
      access.set(api, [...(access.get(api) ?? []), scope]);
    }
  }
  return [...access].map(([api, scopes]) => ({ api, scopes }));
}

function readForm(form: Form): NewPersonalAccessToken {
  return {
    name: form.get('name') ?? '',
    access: readAccess(form),
    expiresIn: Number(form.get('expires_in') ?? Number.NaN),
  };
}

function errorCodeOf(error: unknown): NewTokenErrorCode | undefined {
  if (error instanceof ConflictError) {
    return 'conflict';
  }
  if (!(error instanceof InvalidInputError)) {
    return undefined;
  }
  return error.field === 'name' ? 'name' : error.field === 'access' ? 'scope' : 'other';
}

export function personalAccessTokenRoutes(deps: PersonalAccessTokenRouteDependencies): Router {
  const { frame, login, forms, notices, tokens, valueToShow, maxLifetime } = deps;
  const router = new Router();
  const choices = [...new Set([...lifetimes.filter((seconds) => seconds < maxLifetime), maxLifetime])];

  async function showForm(
    ctx: Context,
    signedIn: AccountUser,
    filledIn?: { readonly input: NewPersonalAccessToken; readonly error: NewTokenErrorCode },
    status = 200,
  ): Promise<void> {
    const { input, error } = filledIn ?? {};
    const isChosen = (api: string, scope: string): boolean =>
      input?.access.some((one) => one.api === api && one.scopes.includes(scope)) === true;
    const chosen = choices.find((seconds) => seconds === input?.expiresIn);
    const selected = chosen ?? choices.findLast((seconds) => seconds <= defaultLifetime) ?? maxLifetime;
    let fields = 0;
    await frame.show(
      ctx,
      signedIn,
      'account/new-token',
      {
        csrf: frame.csrf(signedIn.session),
        ...(error === undefined ? {} : { error }),
        ...(input === undefined ? {} : { name: input.name.slice(0, 200) }),
        apis: (await tokens.listGrantable(signedIn.user)).map((api) => ({
          name: api.name,
          identifier: api._id,
          scopes: api.scopes.map(({ value, description }) => ({
            field: `${scopeField}${(fields += 1)}`,
            value: `${api._id} ${value}`,
            description,
            checked: isChosen(api._id, value),
          })),
        })),
        lifetimes: choices.map((seconds) => ({ seconds, selected: seconds === selected })),
      },
      { status },
    );
  }

  async function present(user: UserDocument): Promise<Omit<ViewModels['account/tokens'], 'csrf'>> {
    const available = await tokens.listApis();
    const nameOf = (identifier: string): string => available.find(({ _id }) => _id === identifier)?.name ?? identifier;
    return {
      mayCreate: (await tokens.listGrantable(user)).length > 0,
      tokens: (await tokens.listByUser(user._id)).map(
        ({ id, name, access, createdAt, expiresAt, lastUsedAt, lastUsedFrom, lastUsedApi }) => ({
          id,
          name,
          scopes: accessInWords(access, available),
          createdAt,
          expiresAt,
          ...(lastUsedAt === undefined || lastUsedApi === undefined
            ? {}
            : { lastUse: { at: lastUsedAt, from: lastUsedFrom ?? nameOf(lastUsedApi) } }),
        }),
      ),
    };
  }

  frame.page(router, 'tokens', async (ctx, signedIn) => {
    await frame.show(ctx, signedIn, 'account/tokens', {
      csrf: frame.csrf(signedIn.session),
      ...(await present(signedIn.user)),
    });
  });

  router.get(formPath, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'new-token', confirmedForForm);
    if (signedIn !== undefined) {
      await showForm(ctx, signedIn);
    }
  });

  router.post(formPath, async (ctx) => {
    const signedIn = await frame.findConfirmed(ctx, 'new-token', confirmedForCreation);
    if (signedIn === undefined) {
      return;
    }
    const { session, user } = signedIn;
    const input = readForm(await forms.read(ctx, login.bindingOf(session)));
    try {
      const { value } = await tokens.create(user._id, input, actorOf(ctx.req, user._id));
      valueToShow.keep(ctx, session.uid, value);
      seeOther(ctx, createdPath);
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === undefined || !(error instanceof GatehouseError)) {
        throw error;
      }
      await showForm(ctx, signedIn, { input, error: code }, error.status);
    }
  });

  router.get(createdPath, async (ctx) => {
    const signedIn = await login.find(ctx);
    const value = signedIn === undefined ? undefined : valueToShow.read(ctx, signedIn.session.uid);
    if (signedIn !== undefined) {
      valueToShow.remove(ctx);
    }
    const token = value === undefined ? null : await tokens.find(value);
    if (signedIn === undefined || value === undefined || token === null) {
      seeOther(ctx, returnPages.tokens);
      return;
    }
    const { name, expiresAt } = token;
    const access = accessInWords(token.access, await tokens.listApis());
    await frame.show(ctx, signedIn, 'account/token-created', { name, value, expiresAt, access });
  });

  login.formRoutes(router, '/account/tokens/:id/revoke', async (ctx, { user }) => {
    await tokens.revoke(String(ctx['params'].id), actorOf(ctx.req, user._id), { accountId: user._id });
    notices.leave(ctx, 'token-revoked');
    seeOther(ctx, returnPages.tokens);
  });

  return router;
}
