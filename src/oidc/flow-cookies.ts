/**
 * Keeps the cookies of flows that were begun and left. The engine sets four for each, on paths of their own, and a
 * browser that holds too many of one host throws out the oldest, the login session first. So the newest flows are
 * listed in a cookie of ours, and the cookies of those that fall off its end are removed.
 */
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { CookieRules } from './cookies.ts';

/** Four cookies each: with some room this stays below the 150 that Chromium keeps of a host. */
const mostFlows = 25;

/** Lists a flow that begins in this response, and removes the cookies of those that are too many. */
export function limitFlowCookies(
  ctx: KoaContextWithOIDC,
  uid: string,
  rules: CookieRules,
  authorizationPath: string,
): void {
  const { names, options } = rules;
  const known = (ctx.cookies.get(names.flows, { signed: true }) ?? '')
    .split('.')
    .filter((one) => /^[A-Za-z0-9_-]{1,64}$/.test(one));
  const flows = [...known.filter((one) => one !== uid), uid];
  const left = flows.slice(0, -mostFlows);
  for (const old of left) {
    ctx.cookies.set(names.interaction, null, { ...options, overwrite: false, path: `/interaction/${old}` });
    ctx.cookies.set(names.resume, null, { ...options, overwrite: false, path: `${authorizationPath}/${old}` });
  }
  ctx.cookies.set(names.flows, flows.slice(-mostFlows).join('.'), { ...options, path: '/' });
}
