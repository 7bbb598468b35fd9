/**
 * The form with which a user adds an app that shows codes: while signing in, or on the account page. Until the user has
 * entered a code of the app, its seed is stored nowhere: it is in the form, encrypted, and only the session or
 * interaction that made the form can send it back.
 */
import { epochSeconds, type Clock } from '../clock.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { ConflictError, InvalidInputError, UnsealableError } from '../errors.ts';
import type { Actor } from '../services/foundation/audit.ts';
import type { NewAuthenticatorApp, SecondFactorService } from '../services/sign-in/second-factors.ts';
import type { UserDocument } from '../storage/collections.ts';
import type { AuthenticatorAppError, AuthenticatorAppModel } from '../views.ts';
import type { Form } from './middleware/forms.ts';
import { qrCode } from './qr-code.ts';

export type TakenAuthenticatorApp =
  | { readonly outcome: 'added'; readonly recoveryCodes?: readonly string[] }
  /** Something is wrong; the form is to be shown again. */
  | { readonly outcome: 'refused'; readonly model: AuthenticatorAppModel }
  /** The user has another factor meanwhile, or this form was sent before. */
  | { readonly outcome: 'conflict' };

export interface AuthenticatorAppForm {
  /** A form with a new app. @param binding the session or interaction of this browser */
  begin(user: UserDocument, binding: string): Promise<AuthenticatorAppModel>;
  /** Adds the app of a form. */
  take(user: UserDocument, binding: string, form: Form, actor: Actor): Promise<TakenAuthenticatorApp>;
}

/** Seconds for which a form can be sent. */
const lifetime = 20 * 60;
const maxSealedLength = 1000;
/** Characters of a seed that are shown together, so that it is easier to type. */
const groupLength = 4;

export function createAuthenticatorAppForm(deps: {
  readonly secondFactors: Pick<SecondFactorService, 'beginApp' | 'addressOf' | 'addApp'>;
  readonly secrets: Pick<Secrets, 'seal' | 'unseal'>;
  readonly clock: Clock;
}): AuthenticatorAppForm {
  const { secondFactors, secrets, clock } = deps;
  const associatedData = ({ _id }: UserDocument, binding: string): string => `new app of ${_id}, ${binding}`;

  function seal(app: NewAuthenticatorApp, user: UserDocument, binding: string): string {
    const content = { id: app.id, seed: app.seed, expiresAt: epochSeconds(clock) + lifetime };
    return secrets.seal(JSON.stringify(content), associatedData(user, binding));
  }

  /** @returns undefined if it was made for another session or user, or has expired */
  function unseal(sealed: string, user: UserDocument, binding: string): NewAuthenticatorApp | undefined {
    try {
      const { id, seed, expiresAt } = JSON.parse(
        secrets.unseal(sealed.slice(0, maxSealedLength), associatedData(user, binding)),
      ) as NewAuthenticatorApp & { readonly expiresAt: number };
      return expiresAt > epochSeconds(clock) ? { id, seed } : undefined;
    } catch (error) {
      if (error instanceof UnsealableError) {
        return undefined;
      }
      throw error;
    }
  }

  function present(
    app: NewAuthenticatorApp,
    user: UserDocument,
    binding: string,
    filledIn: { readonly name?: string; readonly error?: AuthenticatorAppError } = {},
  ): AuthenticatorAppModel {
    const address = secondFactors.addressOf(app, user);
    return {
      app: seal(app, user, binding),
      seed: app.seed.match(new RegExp(`.{1,${groupLength}}`, 'g'))?.join(' ') ?? app.seed,
      address,
      qr: qrCode(address),
      ...filledIn,
    };
  }

  return {
    begin: async (user, binding) => present(await secondFactors.beginApp(user), user, binding),

    take: async (user, binding, form, actor) => {
      const app = unseal(form.get('app') ?? '', user, binding);
      const name = form.get('name') ?? '';
      if (app === undefined) {
        const fresh = await secondFactors.beginApp(user);
        return { outcome: 'refused', model: present(fresh, user, binding, { name, error: 'expired' }) };
      }
      try {
        return {
          outcome: 'added',
          ...(await secondFactors.addApp(user, { ...app, name, code: form.get('code') ?? '' }, actor)),
        };
      } catch (error) {
        if (error instanceof ConflictError) {
          return { outcome: 'conflict' };
        }
        if (!(error instanceof InvalidInputError)) {
          throw error;
        }
        const reason = error.field === 'name' ? 'name' : 'code';
        return {
          outcome: 'refused',
          model: present(app, user, binding, { name: name.slice(0, 200), error: reason }),
        };
      }
    },
  };
}
