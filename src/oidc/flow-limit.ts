/**
 * Bounds what strangers can make this server store: requests for authorization that wait for a person to sign in, and
 * requests that public clients push. Each of them is kept until its lifetime ends, whether or not anybody goes on with it.
 * Requests that are answered at once, and whatever follows in a flow that has begun, are not counted.
 */
import type { Context } from 'koa';
import { Provider, type Adapter, type KoaContextWithOIDC } from 'oidc-provider';
import { endpoints } from './endpoints.ts';
import { requestContext } from './request-context.ts';
import { refuseFor } from './too-many-requests.ts';

/** Counts a flow that begins at this request's address; seconds to wait when it is one too many. */
export type WaitOfFlow = (ctx: Context) => number | undefined;

function beginsFlow(model: string, { req, oidc }: KoaContextWithOIDC): boolean {
  return model === 'Interaction'
    ? requestContext(req).endpoint === endpoints.authorization
    : oidc.client?.clientAuthMethod === 'none';
}

/** The engine's storage with that bound. */
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
        if (ctx !== undefined && beginsFlow(model, ctx)) {
          const wait = waitOfFlow(ctx);
          if (wait !== undefined) {
            refuseFor(ctx, wait, 'too many sign-ins were begun from this network address; wait, then try again');
          }
        }
        return adapter.upsert(id, payload, expiresIn);
      },
    };
  };
}
