/**
 * The latest flows of a browser: the app of each, and the pages that were shown. The engine deletes a flow when it
 * ends, but its pages are opened later, too: by the back button, in a second tab, after a pause. They show how to
 * continue, and for that the browser keeps this list in a signed cookie. The list is no proof and gives no access. When
 * several tabs start at the same time, it may lack some flows. Their pages then lead to the start page.
 */
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { CookieRules } from './cookies.ts';

/** The cookie is sent with every request. With these bounds it has about one kilobyte, and three at most. */
const maxFlows = 8;
const maxPagesOfFlow = 4;

export interface RecentFlow {
  readonly clientId: string;
  /** The index of the redirect URI among those of the client; -1 if none is exactly equal. */
  readonly redirectUri: number;
  /** The uids of its interactions, in the order in which their pages were shown. */
  readonly uids: readonly string[];
}

export interface RecentFlows {
  /** Adds the interaction that starts in this response. */
  add(ctx: KoaContextWithOIDC): void;
  /** The flow that this interaction is or was a part of. */
  find(ctx: Pick<Context, 'cookies'>, uid: string): RecentFlow | undefined;
}

/** `client:position:uid!uid`; none of the separators occurs in an id of a client or an interaction. */
const format = /^([\w.-]{3,64}):(-?\d{1,4}):([\w!-]{1,300})$/;

function parse(cookie: string): RecentFlow[] {
  return cookie.split('~').flatMap((entry) => {
    const [, clientId, position, uids] = format.exec(entry) ?? [];
    return clientId === undefined || uids === undefined
      ? []
      : [{ clientId, redirectUri: Number(position), uids: uids.split('!') }];
  });
}

export function createRecentFlows({ names, options }: CookieRules): RecentFlows {
  const read = (ctx: Pick<Context, 'cookies'>): RecentFlow[] =>
    parse(ctx.cookies.get(names.recentFlows, { signed: true }) ?? '');

  return {
    add: (ctx) => {
      const { client, entities, params, route } = ctx.oidc;
      const uid = entities.Interaction?.uid;
      if (client === undefined || uid === undefined) {
        return;
      }
      const known = read(ctx);
      // When a flow continues after an answer, its next page has a new interaction.
      const previousUid = route === 'resume' ? String(ctx['params'].uid) : undefined;
      const continued = known.find(({ uids }) => previousUid !== undefined && uids.includes(previousUid));
      const flow: RecentFlow = {
        clientId: client.clientId,
        redirectUri: (client.redirectUris ?? []).indexOf(String(params?.['redirect_uri'])),
        uids: [...(continued?.uids ?? []), uid].slice(-maxPagesOfFlow),
      };
      const flows = [...known.filter((other) => other !== continued), flow].slice(-maxFlows);
      ctx.cookies.set(
        names.recentFlows,
        flows.map(({ clientId, redirectUri, uids }) => `${clientId}:${redirectUri}:${uids.join('!')}`).join('~'),
        { ...options, path: '/' },
      );
    },
    find: (ctx, uid) => read(ctx).find(({ uids }) => uids.includes(uid)),
  };
}
