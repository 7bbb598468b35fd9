/**
 * Binds each flow (an interaction, from the app's request to its answer) to the browser that started it. The engine's
 * own cookies of a flow have a path, so they cannot be `__Host-` cookies, and any site under the same registrable
 * domain can set them. An attacker could plant the cookies of their own flow in a victim's browser, let the victim sign
 * in, and continue as the victim. So a browser also gets a `__Host-` cookie for each flow, which no other host can set.
 * Without it the flow is not found. There is one cookie for each flow, because a shared list would lose entries when
 * several tabs start at the same time.
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Clock } from '../clock.ts';
import type { CookieRules, CookieSigner } from './cookies.ts';

/**
 * Maximum of flows in one browser. Each has six cookies, and Chromium keeps about 150 of a site before it removes the
 * oldest, the login session first. When a new flow starts, the cookies of the oldest flows are removed.
 */
const maxFlows = 20;

export interface FlowCookies {
  /** Sets the cookie of the new flow `uid`, and removes the cookies of the browser's oldest flows. */
  begin(ctx: Context, uid: string): void;
  /** Whether the browser that sends this request started the flow. */
  holds(request: IncomingMessage, uid: string): boolean;
  /** Removes the cookies of a flow that has ended. */
  end(ctx: Context, uid: string): void;
}

/**
 * Reads the cookies of a request, the first of each name. The cookie library is not used, because it caches a regular
 * expression for each name for ever, and each flow has its own name.
 */
function readCookies(request: IncomingMessage): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const name = pair.slice(0, Math.max(0, pair.indexOf('='))).trim();
    if (name !== '' && !cookies.has(name)) {
      cookies.set(name, pair.slice(pair.indexOf('=') + 1).trim());
    }
  }
  return cookies;
}

/**
 * @param deps.lifetime seconds that a flow may take
 * @param deps.authorizationPath the path at which a flow is resumed, without `/` and its uid
 */
export function createFlowCookies(deps: {
  readonly rules: CookieRules;
  readonly signer: CookieSigner;
  readonly clock: Clock;
  readonly lifetime: number;
  readonly authorizationPath: string;
}): FlowCookies {
  const { rules, signer, clock, lifetime, authorizationPath } = deps;
  const { names, options } = rules;

  const nameOf = (uid: string): string => names.flow + uid;

  function isGenuine(cookies: ReadonlyMap<string, string>, name: string): boolean {
    const [value, signature] = [cookies.get(name), cookies.get(`${name}.sig`)];
    return value !== undefined && signature !== undefined && signer.verify(`${name}=${value}`, signature);
  }

  /** The flows whose cookies the browser sent, oldest first. */
  function heldFlows(request: IncomingMessage): readonly string[] {
    const cookies = readCookies(request);
    return [...cookies]
      .filter(([name]) => name.startsWith(names.flow) && /^[\w-]{1,64}$/.test(name.slice(names.flow.length)))
      .toSorted(([, one], [, other]) => Number(one) - Number(other))
      .map(([name]) => name.slice(names.flow.length));
  }

  function end(ctx: Context, uid: string): void {
    // With `overwrite`, the library would drop cookies of the same name that this response sets for other paths.
    const keepOthers = { ...options, overwrite: false };
    ctx.cookies.set(names.interaction, null, { ...keepOthers, path: `/interaction/${uid}` });
    ctx.cookies.set(names.resume, null, { ...keepOthers, path: `${authorizationPath}/${uid}` });
    ctx.cookies.set(nameOf(uid), null, { ...options, path: '/' });
  }

  return {
    begin: (ctx, uid) => {
      for (const old of heldFlows(ctx.req).slice(0, -(maxFlows - 1))) {
        end(ctx, old);
      }
      ctx.cookies.set(nameOf(uid), String(clock.now().getTime()), { ...options, path: '/', maxAge: lifetime * 1000 });
    },
    holds: (request, uid) => isGenuine(readCookies(request), nameOf(uid)),
    end,
  };
}
