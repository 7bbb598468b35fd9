/**
 * What a browser is doing to get a new account: the address that it asked a mail for, or the link that it has opened.
 * Kept in an encrypted cookie, so the token of a link is in no address after the one of the mail, and a code can be
 * entered only in the browser that asked for it.
 */
import type { Context } from 'koa';
import type { Secrets } from '../crypto/secrets.ts';
import { UnsealableError } from '../errors.ts';
import type { CookieRules } from '../oidc/cookies.ts';
import type { AskedProviderMail } from '../services/upstream/provider-sign-up.ts';
import type { SignUpLink } from '../services/users/sign-up.ts';

export interface SignUpProgress {
  /** The email address to which a mail was sent, and the interaction in which it was asked for. */
  readonly asked?: { readonly email: string; readonly flow: string };
  readonly link?: SignUpLink;
  /** The mail that was asked for after a sign-in with another provider. */
  readonly ofProvider?: AskedProviderMail;
}

export interface SignUpProgressCookie {
  read(ctx: Context): SignUpProgress;
  write(ctx: Context, progress: SignUpProgress): void;
  clear(ctx: Context): void;
}

/** What the sealed value is for: no other sealed value is accepted. */
const purpose = 'sign-up progress';
/** Milliseconds. The links have their own, shorter or longer, lifetimes. */
const lifetimeMs = 60 * 60_000;

export function createSignUpProgress(
  { names, options }: CookieRules,
  secrets: Pick<Secrets, 'seal' | 'unseal'>,
): SignUpProgressCookie {
  return {
    read: (ctx) => {
      const sealed = ctx.cookies.get(names.signUp, { signed: true });
      try {
        return sealed === undefined ? {} : (JSON.parse(secrets.unseal(sealed, purpose)) as SignUpProgress);
      } catch (error) {
        if (error instanceof UnsealableError) {
          return {};
        }
        throw error;
      }
    },
    write: (ctx, progress) => {
      const sealed = secrets.seal(JSON.stringify(progress), purpose);
      ctx.cookies.set(names.signUp, sealed, { ...options, path: '/', maxAge: lifetimeMs });
    },
    clear: (ctx) => {
      ctx.cookies.set(names.signUp, null, { ...options, path: '/' });
    },
  };
}
