/**
 * The page on which users edit the standard claims about them (OpenID Connect Core §5.1). Only the fields of this page
 * are read, so that no form can set anything else, such as a verified flag.
 */
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { actorOf } from '../../oidc/request-context.ts';
import { InvalidInputError } from '../../errors.ts';
import { userProfileFields, type UserProfileField } from '../../services/values/profile.ts';
import type { UserService } from '../../services/users/users.ts';
import type { UserDocument } from '../../storage/collections.ts';
import { returnPages, type AccountLogin, type AccountUser } from '../account-login.ts';
import type { Form, Forms } from '../middleware/forms.ts';
import type { Notices } from '../notices.ts';
import { seeOther } from '../page.ts';
import type { AccountFrame } from './frame.ts';

export interface ProfileRouteDependencies {
  readonly frame: AccountFrame;
  readonly login: AccountLogin;
  readonly forms: Forms;
  readonly notices: Notices;
  readonly users: Pick<UserService, 'update'>;
}

/** The values of the form, by field. Parts of the address are `address.<part>`. */
type Values = Readonly<Record<UserProfileField, string>>;

const addressPrefix = 'address.';

function valuesOf({ profile }: UserDocument): Values {
  const { address } = profile;
  return Object.fromEntries(
    userProfileFields.map((field) => {
      const value = field.startsWith(addressPrefix)
        ? typeof address === 'object'
          ? address[field.slice(addressPrefix.length)]
          : undefined
        : profile[field];
      return [field, typeof value === 'string' ? value : ''];
    }),
  ) as Values;
}

function valuesIn(form: Form): Values {
  // A browser sends the lines of a textarea with CRLF.
  const read = (field: string): string => (form.get(field) ?? '').trim().replaceAll('\r\n', '\n');
  return Object.fromEntries(userProfileFields.map((field) => [field, read(field)])) as Values;
}

/** The claims that differ, as `users.update` takes them: the others are not validated again. */
function changesOf(before: Values, after: Values): Readonly<Record<string, unknown>> {
  const changed = userProfileFields.filter((field) => before[field] !== after[field]);
  const claims = changed.filter((field) => !field.startsWith(addressPrefix)).map((field) => [field, after[field]]);
  if (claims.length === changed.length) {
    return Object.fromEntries(claims) as Readonly<Record<string, unknown>>;
  }
  // The whole address: one that was written as a single text would no longer agree with its parts.
  const parts = userProfileFields
    .filter((field) => field.startsWith(addressPrefix) && after[field] !== '')
    .map((field) => [field.slice(addressPrefix.length), after[field]]);
  return { ...Object.fromEntries(claims), address: parts.length === 0 ? null : Object.fromEntries(parts) };
}

export function profileRoutes({ frame, login, forms, notices, users }: ProfileRouteDependencies): Router {
  const router = new Router();

  async function show(ctx: Context, signedIn: AccountUser, values: Values, invalid?: UserProfileField): Promise<void> {
    const { preferred_username: username } = signedIn.user.profile;
    await frame.show(
      ctx,
      signedIn,
      'account/profile',
      {
        csrf: frame.csrf(signedIn.session),
        ...(typeof username === 'string' ? { username } : {}),
        values,
        ...(invalid === undefined ? {} : { invalid }),
        zones: [
          ...new Set([...Intl.supportedValuesOf('timeZone'), ...(values.zoneinfo === '' ? [] : [values.zoneinfo])]),
        ],
      },
      { status: invalid === undefined ? 200 : 400 },
    );
  }

  frame.page(router, 'profile', (ctx, signedIn) => show(ctx, signedIn, valuesOf(signedIn.user)));

  router.post(returnPages.profile, async (ctx) => {
    const signedIn = await login.find(ctx);
    if (signedIn === undefined) {
      login.signIn(ctx, 'profile');
      return;
    }
    const { user } = signedIn;
    const values = valuesIn(await forms.read(ctx, login.bindingOf(signedIn.session)));
    const profile = changesOf(valuesOf(user), values);
    try {
      if (Object.keys(profile).length > 0) {
        await users.update(user._id, { profile }, actorOf(ctx.req, user._id));
      }
      notices.leave(ctx, 'profile-saved');
      seeOther(ctx, returnPages.profile);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) {
        throw error;
      }
      const field = userProfileFields.find((one) => one === error.field || one.startsWith(`${error.field}.`));
      await show(ctx, signedIn, values, field ?? 'name');
    }
  });

  return router;
}
