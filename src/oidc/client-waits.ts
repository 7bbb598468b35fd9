/**
 * Rejects requests of a client that has sent too many, or has failed to authenticate too often. The check runs as soon
 * as the engine knows the client of a request, before it checks the client's credentials.
 */
import type { Context } from 'koa';
import type { Provider } from 'oidc-provider';
import { onClientFound } from './engine-internals.ts';
import { rejectTooManyRequests } from './too-many-requests.ts';

/** Seconds that a client must wait; undefined if the request may be processed. */
export type WaitOfClient = (ctx: Context, clientId: string) => number | undefined;

export function makeClientsWait(provider: Provider, waitOfClient: WaitOfClient): void {
  onClientFound(provider, (ctx, { clientId }) => {
    const wait = waitOfClient(ctx, clientId);
    if (wait !== undefined) {
      rejectTooManyRequests(ctx, wait, 'this client makes too many requests; wait, then try again');
    }
  });
}
