/**
 * Makes a client wait that has made too many requests, or has failed to authenticate too often. It is asked as soon as
 * the engine knows which client a request is from, before it checks the client's credentials or does anything for it.
 */
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { onClientFound } from './engine-internals.ts';
import { refuseFor } from './too-many-requests.ts';

/** Seconds that a client has to wait before this request is looked at, if it has to. */
export type WaitOfClient = (ctx: Context, clientId: string) => number | undefined;

export function makeClientsWait(provider: Provider, waitOfClient: WaitOfClient): void {
  onClientFound(provider, (ctx, { clientId }) => {
    const wait = waitOfClient(ctx, clientId);
    if (wait !== undefined) {
      refuseFor(ctx, wait, 'this client makes too many requests; wait, then try again');
    }
  });
}
