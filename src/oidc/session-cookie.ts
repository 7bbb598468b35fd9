/** The cookie of the login session, for requests that the engine's own session step does not see. */
import type { Context } from 'koa';
import type { CookieRules, CookieSigner } from './cookies.ts';

/** A session cookie that this server has set. */
export interface SessionCookie {
  readonly value: string;
  readonly signature: string;
}

export interface SessionCookies {
  /** The cookie of a request; undefined if there is none, or the newest secret has not signed it. */
  read(ctx: Context): SessionCookie | undefined;
  /**
   * Sets the same cookie again, as the engine does in each answer. The signature is of the value, so it is the same.
   * @param expires undefined: the browser removes it when it is closed
   */
  renew(ctx: Context, cookie: SessionCookie, expires: Date | undefined): void;
}

export function createSessionCookies({ names, options }: CookieRules, signer: CookieSigner): SessionCookies {
  const { session: name } = names;
  const signatureName = `${name}.sig`;
  return {
    read: ({ cookies }) => {
      const value = cookies.get(name, { signed: false });
      const signature = value === undefined ? undefined : cookies.get(signatureName, { signed: false });
      return value !== undefined && signature !== undefined && signer.index(`${name}=${value}`, signature) === 0
        ? { value, signature }
        : undefined;
    },

    renew: ({ cookies }, { value, signature }, expires) => {
      const attributes = { ...options, signed: false, ...(expires === undefined ? {} : { expires }) };
      cookies.set(name, value, attributes);
      cookies.set(signatureName, signature, attributes);
    },
  };
}
