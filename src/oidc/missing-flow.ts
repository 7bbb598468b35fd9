/** The next step for a user on a page of a flow that has ended, has expired, or never belonged to this browser. */
import type { Context } from 'koa';
import { ExpiredError, type NextStep } from '../errors.ts';
import type { ClientRepository } from '../storage/repositories/clients.ts';
import { accountClientId } from './account-client.ts';
import { siteOf } from './client-metadata.ts';
import type { FlowCookies } from './flow-cookies.ts';
import type { RecentFlows } from './recent-flows.ts';

/** Creates the error for a page whose interaction does not exist. */
export type MissingFlow = (ctx: Context, uid: string) => Promise<ExpiredError>;

/**
 * The page of this server where the user can continue. A GET is redirected there immediately. A POST is not: the user
 * must see that the form had no effect.
 */
export function followingPage(method: string, { next }: ExpiredError): string | undefined {
  return method === 'GET' && (next?.action === 'continue' || next?.action === 'account') ? next.uri : undefined;
}

export function createMissingFlow(deps: {
  readonly issuer: string;
  readonly recentFlows: Pick<RecentFlows, 'find'>;
  readonly clients: Pick<ClientRepository, 'find'>;
  readonly flows: Pick<FlowCookies, 'holds'>;
  readonly isSignedIn: (ctx: Context) => Promise<boolean>;
}): MissingFlow {
  const { issuer, recentFlows, clients, flows, isSignedIn } = deps;

  async function nextStep(ctx: Context, uid: string, alreadySignedIn: boolean): Promise<NextStep | undefined> {
    const flow = recentFlows.find(ctx, uid);
    if (flow === undefined) {
      return undefined;
    }
    // The flow may have continued on another page. The cookie of an interaction is removed when the interaction ends.
    const open = flow.uids.slice(flow.uids.indexOf(uid) + 1).findLast((later) => flows.holds(ctx.req, later));
    if (open !== undefined) {
      return { action: 'continue', uri: `/interaction/${open}` };
    }
    if (flow.clientId === accountClientId) {
      return { action: alreadySignedIn ? 'account' : 'sign-in', uri: '/account' };
    }
    const client = await clients.find(flow.clientId);
    const uri = client === null ? undefined : siteOf(client, issuer, flow.redirectUri);
    return client === null || uri === undefined ? undefined : { action: 'app', uri, app: client.name };
  }

  return async (ctx, uid) => {
    const alreadySignedIn = await isSignedIn(ctx);
    const next = await nextStep(ctx, uid, alreadySignedIn);
    return new ExpiredError('there is no such interaction in this browser', { alreadySignedIn, next });
  };
}
