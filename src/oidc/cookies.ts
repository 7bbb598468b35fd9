/**
 * Cookie names, flags and signatures, all derived from the issuer. On https, names have the prefix that makes browsers
 * enforce the flags (`__Host-`, or `__Secure-` if the engine sets a path). On plain http, which only a loopback issuer
 * may use, browsers accept neither the prefix nor `Secure`.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../crypto/secrets.ts';

/** The interface of a signer for the `cookies` library. */
export interface CookieSigner {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** The index of the secret that made the signature, newest first; -1 if none did. */
  index(data: string, signature: string): number;
}

/** Signs by HMAC-SHA-256. Verifies with the keys derived from every configured secret, so that secrets can rotate. */
export function createCookieSigner(secrets: Secrets): CookieSigner {
  const index = (data: string, signature: string): number => {
    const given = Buffer.from(signature);
    return secrets.macs('cookies', data).findIndex((mac) => {
      const expected = Buffer.from(mac);
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
  };
  return {
    index,
    sign: (data) => secrets.mac('cookies', data),
    verify: (data, signature) => index(data, signature) >= 0,
  };
}

export interface CookieRules {
  readonly secure: boolean;
  readonly names: {
    readonly session: string;
    readonly interaction: string;
    readonly resume: string;
    /** The prefix of the name of each flow's cookie. The flow's uid follows (flow-cookies.ts). */
    readonly flow: string;
    readonly device: string;
    /** The sign-in by mail that this browser asked for, encrypted (http/mail-sign-in-cookie.ts). */
    readonly mailSignIn: string;
    readonly notice: string;
    readonly recentFlows: string;
    /** The value of a new personal access token, encrypted, for the page that shows it. */
    readonly newToken: string;
    /** Recovery codes, encrypted, for the page that shows them. */
    readonly recoveryCodes: string;
    /** Shows that this browser need not be asked for a second factor (services/sign-in/remembered-devices.ts). */
    readonly rememberedDevice: string;
    /** What the browser is doing to get a new account, encrypted (http/sign-up-progress.ts). */
    readonly signUp: string;
    /** The language that the user picked. Not signed. */
    readonly language: string;
  };
  readonly options: {
    readonly signed: true;
    readonly httpOnly: true;
    readonly sameSite: 'lax';
    readonly secure: boolean;
    readonly overwrite: true;
  };
}

export function createCookieRules(issuer: string): CookieRules {
  const secure = new URL(issuer).protocol === 'https:';
  const host = secure ? '__Host-' : '';
  const path = secure ? '__Secure-' : '';
  return {
    secure,
    names: {
      session: `${host}gatehouse_session`,
      interaction: `${path}gatehouse_interaction`,
      resume: `${path}gatehouse_resume`,
      flow: `${host}gatehouse_flow_`,
      device: `${host}gatehouse_device`,
      mailSignIn: `${host}gatehouse_mail_sign_in`,
      notice: `${host}gatehouse_notice`,
      recentFlows: `${host}gatehouse_recent`,
      newToken: `${host}gatehouse_new_token`,
      recoveryCodes: `${host}gatehouse_recovery_codes`,
      rememberedDevice: `${host}gatehouse_remembered_device`,
      signUp: `${host}gatehouse_sign_up`,
      language: `${host}gatehouse_language`,
    },
    options: { signed: true, httpOnly: true, sameSite: 'lax', secure, overwrite: true },
  };
}
