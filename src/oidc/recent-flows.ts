/**
 * What the latest flows of a browser were about: which app asked, and which page each has come to. The engine forgets a
 * flow when it ends, but its pages are opened later, too: by Back, from a second tab, after a pause. They say how to go
 * on, and for that the browser keeps this in a signed cookie. It proves nothing and opens nothing. When several tabs begin
 * at once some may be missing from it; their pages then lead to the start page.
 */
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { CookieRules } from './cookies.ts';

/** The cookie is sent with every request: with these bounds it has about a kilobyte, and never more than three. */
const maxFlows = 8;
const maxPagesOfFlow = 4;

export interface RecentFlow {
  readonly clientId: string;
  /** The position of the redirect URI among those of the client; -1 where it is not one of them to the letter. */
  readonly redirectUri: number;
  /** The uids of its interactions: its pages in the order in which they were shown. */
  readonly uids: readonly string[];
}

export interface RecentFlows {
  /** Notes the interaction that begins in this response. */
  note(ctx: KoaContextWithOIDC): void;
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
    note: (ctx) => {
      const { client, entities, params, route } = ctx.oidc;
      const uid = entities.Interaction?.uid;
      if (client === undefined || uid === undefined) {
        return;
      }
      const known = read(ctx);
      // A flow that goes on after an answer has another interaction for its next page.
      const before = route === 'resume' ? String(ctx['params'].uid) : undefined;
      const begun = known.find(({ uids }) => before !== undefined && uids.includes(before));
      const flow: RecentFlow = {
        clientId: client.clientId,
        redirectUri: (client.redirectUris ?? []).indexOf(String(params?.['redirect_uri'])),
        uids: [...(begun?.uids ?? []), uid].slice(-maxPagesOfFlow),
      };
      const flows = [...known.filter((one) => one !== begun), flow].slice(-maxFlows);
      ctx.cookies.set(
        names.recentFlows,
        flows.map(({ clientId, redirectUri, uids }) => `${clientId}:${redirectUri}:${uids.join('!')}`).join('~'),
        { ...options, path: '/' },
      );
    },
    find: (ctx, uid) => read(ctx).find(({ uids }) => uids.includes(uid)),
  };
}
