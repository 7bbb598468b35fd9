/**
 * Cookie names, flags and signatures. All follow from the issuer: on https names carry the prefix that makes a browser
 * hold them to their flags (`__Host-`, or `__Secure-` where the engine sets a path); on plain http, which only a
 * loopback issuer may use, neither prefix nor `Secure` would be accepted.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../crypto/secrets.ts';

/** What the `cookies` library asks of whoever signs. */
export interface CookieSigner {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** Position of the secret that made the signature, newest first; -1 when none did. */
  index(data: string, signature: string): number;
}

/** Signs by HMAC-SHA-256 under keys derived from every listed secret, with key objects that are made once. */
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
    /** What the name of each flow's cookie begins with; its uid follows (flow-cookies.ts). */
    readonly flow: string;
    readonly device: string;
    readonly notice: string;
    readonly recentFlows: string;
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
      notice: `${host}gatehouse_notice`,
      recentFlows: `${host}gatehouse_recent`,
    },
    options: { signed: true, httpOnly: true, sameSite: 'lax', secure, overwrite: true },
  };
}
