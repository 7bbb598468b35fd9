/**
 * The sign-in by mail that this browser asked for. Kept in an encrypted cookie, also for an address without a user, so
 * that codes are counted by the address in both cases.
 */
import type { Context } from 'koa';
import type { Secrets } from '../crypto/secrets.ts';
import { UnsealableError } from '../errors.ts';
import type { CookieRules } from '../oidc/cookies.ts';
import { mailSignInLifetime, type AskedMail } from '../services/sign-in/mail-sign-in.ts';

export interface MailSignInCookie {
  /** What this browser asked for in a flow, if it did. */
  read(ctx: Context, flow: string): AskedMail | undefined;
  write(ctx: Context, asked: AskedMail): void;
}

/** What the sealed value is for: no other sealed value is accepted. */
const purpose = 'mail sign-in';

export function createMailSignInCookie(
  { names, options }: CookieRules,
  secrets: Pick<Secrets, 'seal' | 'unseal'>,
): MailSignInCookie {
  return {
    read: (ctx, flow) => {
      const sealed = ctx.cookies.get(names.mailSignIn, { signed: true });
      try {
        const asked = sealed === undefined ? undefined : (JSON.parse(secrets.unseal(sealed, purpose)) as AskedMail);
        return asked?.flow === flow ? asked : undefined;
      } catch (error) {
        if (error instanceof UnsealableError) {
          return undefined;
        }
        throw error;
      }
    },
    write: (ctx, asked) => {
      const sealed = secrets.seal(JSON.stringify(asked), purpose);
      ctx.cookies.set(names.mailSignIn, sealed, { ...options, path: '/', maxAge: mailSignInLifetime * 1000 });
    },
  };
}
