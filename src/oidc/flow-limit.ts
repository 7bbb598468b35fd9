/**
 * Bounds what strangers can make this server store: authorization requests that wait for a user to sign in, and pushed
 * requests of public clients. Each is stored until its lifetime ends, whether or not it continues. Requests that are
 * answered immediately, and later steps of a flow, are not counted.
 */
import type { Context } from 'koa';
import { Provider, type Adapter, type KoaContextWithOIDC } from 'oidc-provider';
import { endpoints } from './endpoints.ts';
import { requestContext } from './request-context.ts';
import { rejectTooManyRequests } from './too-many-requests.ts';

/** Counts a new flow for the address of this request. @returns seconds to wait if there are too many */
export type WaitOfFlow = (ctx: Context) => number | undefined;

function startsFlow(model: string, { req, oidc }: KoaContextWithOIDC): boolean {
  return model === 'Interaction'
    ? requestContext(req).endpoint === endpoints.authorization
    : oidc.client?.clientAuthMethod === 'none';
}

/** Wraps the engine's storage with this limit. */
export function limitFlows(adapterOf: (model: string) => Adapter, waitOfFlow: WaitOfFlow): (model: string) => Adapter {
  return (model) => {
    const adapter = adapterOf(model);
    if (model !== 'Interaction' && model !== 'PushedAuthorizationRequest') {
      return adapter;
    }
    return {
      ...adapter,
      upsert: (id, payload, expiresIn) => {
        const ctx = Provider.ctx;
        if (ctx !== undefined && startsFlow(model, ctx)) {
          const wait = waitOfFlow(ctx);
          if (wait !== undefined) {
            rejectTooManyRequests(
              ctx,
              wait,
              'too many sign-ins were started from this network address; wait, then try again',
            );
          }
        }
        return adapter.upsert(id, payload, expiresIn);
      },
    };
  };
}
