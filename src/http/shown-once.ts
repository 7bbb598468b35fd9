/**
 * A secret that is shown on the page after the redirect that follows a form. The database has only its digest, so until
 * that page the value is in an encrypted cookie, which only the session or interaction that made it can open.
 */
import type { Context } from 'koa';
import type { Secrets } from '../crypto/secrets.ts';
import { UnsealableError } from '../errors.ts';
import type { CookieRules } from '../oidc/cookies.ts';

export interface ShownOnce {
  /** Keeps a value. @param binding the session or interaction that may show it */
  keep(ctx: Context, binding: string, value: string): void;
  /** The value, if one is kept for this binding. */
  read(ctx: Context, binding: string): string | undefined;
  /** Removes the value from the browser. */
  remove(ctx: Context): void;
}

/**
 * @param options.name the name of the cookie, which is also what the value is for
 * @param options.lifetimeMs milliseconds for which the value is kept
 */
export function createShownOnce(
  deps: { readonly cookies: CookieRules; readonly secrets: Pick<Secrets, 'seal' | 'unseal'> },
  { name, lifetimeMs }: { readonly name: string; readonly lifetimeMs: number },
): ShownOnce {
  const { cookies, secrets } = deps;
  const associatedData = (binding: string): string => `${name} of ${binding}`;
  /** What this request has kept: the cookie of a response cannot be read. */
  const kept = new WeakMap<Context, string>();

  return {
    keep: (ctx, binding, value) => {
      const sealed = secrets.seal(value, associatedData(binding));
      kept.set(ctx, sealed);
      ctx.cookies.set(name, sealed, { ...cookies.options, path: '/', maxAge: lifetimeMs });
    },
    read: (ctx, binding) => {
      const sealed = kept.get(ctx) ?? ctx.cookies.get(name, { signed: true });
      if (sealed === undefined || sealed === '') {
        return undefined;
      }
      try {
        return secrets.unseal(sealed, associatedData(binding));
      } catch (error) {
        if (error instanceof UnsealableError) {
          return undefined;
        }
        throw error;
      }
    },
    remove: (ctx) => {
      kept.set(ctx, '');
      ctx.cookies.set(name, null, { ...cookies.options, path: '/' });
    },
  };
}
