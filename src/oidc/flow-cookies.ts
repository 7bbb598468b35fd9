/**
 * Binds each flow (an interaction, from the app's request to its answer) to the browser that began it. The engine's own
 * cookies of a flow have a path, so they cannot be `__Host-` cookies, and any site under the same registrable domain can
 * set them: an attacker could give a victim the cookies of a flow of their own, let the victim sign in to it, and go on
 * as the victim. So a browser also gets a `__Host-` cookie for each flow, which no other host can set, and without it no
 * flow is found. There is one cookie for each flow, because a list would lose entries when several tabs begin at once.
 */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Clock } from '../clock.ts';
import type { CookieRules, CookieSigner } from './cookies.ts';

/**
 * Flows of one browser. Each has six cookies, and Chromium keeps about 150 of a site before it removes the oldest, the
 * login session first. The cookies of older flows are removed when a new one begins.
 */
const maxFlows = 20;

export interface FlowCookies {
  /** Notes in this response that the browser began the flow `uid`, and removes the cookies of its oldest flows. */
  begin(ctx: Context, uid: string): void;
  /** Whether the browser that sends this request began the flow. */
  holds(request: IncomingMessage, uid: string): boolean;
  /** Removes the cookies of a flow that has ended. */
  end(ctx: Context, uid: string): void;
}

/**
 * Reads the cookies of a request, the first of each name. The cookie library keeps one compiled expression for each name
 * that was ever asked for, and here each flow has a name of its own.
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
 * @param deps.authorizationPath where a flow is resumed, with its uid behind it
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

  /** The flows whose cookies the browser sent, the oldest first. */
  function heldFlows(request: IncomingMessage): readonly string[] {
    const cookies = readCookies(request);
    return [...cookies]
      .filter(([name]) => name.startsWith(names.flow) && /^[\w-]{1,64}$/.test(name.slice(names.flow.length)))
      .toSorted(([, one], [, other]) => Number(one) - Number(other))
      .map(([name]) => name.slice(names.flow.length));
  }

  function end(ctx: Context, uid: string): void {
    // `overwrite` would remove what is set for other paths under the same name.
    const gone = { ...options, overwrite: false };
    ctx.cookies.set(names.interaction, null, { ...gone, path: `/interaction/${uid}` });
    ctx.cookies.set(names.resume, null, { ...gone, path: `${authorizationPath}/${uid}` });
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
