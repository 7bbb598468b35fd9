/**
 * Token requests in their plainest form (plain-requests.ts) go to their grant in one step, instead of the engine's
 * thirteen that read the form, authenticate the client and check parameters. All other requests take those. The grants,
 * their errors and everything around them are the same on both ways.
 */
import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { replaceTokenRequests, type EngineStep } from './engine-internals.ts';
import type { Grants } from './grants/registration.ts';
import type { ReadPlainRequest } from './plain-requests.ts';

/** @param deps.checkScope the check of `scope`, `resource` and `audience` before each grant */
export function shortenPlainTokenRequests(
  provider: Provider,
  deps: {
    readonly grants: Grants;
    readonly readPlainRequest: ReadPlainRequest;
    readonly checkScope: EngineStep;
  },
): void {
  const { grants, readPlainRequest, checkScope } = deps;
  replaceTokenRequests(provider, async (ctx, next, original) => {
    const request = await readPlainRequest(ctx);
    const grantType = request?.form['grant_type'] ?? '';
    const grant = grants.get(grantType);
    if (request === undefined || grant === undefined || !request.client.grantTypeAllowed(grantType)) {
      await original(ctx, next);
      return;
    }
    const { client, form } = request;
    const names = ['grant_type', 'client_id', ...grant.parameters];
    Object.assign(ctx.oidc, {
      body: form,
      // An empty parameter counts as absent (RFC 6749 §3.2).
      params: Object.fromEntries(names.map((name) => [name, form[name] || undefined])),
    });
    ctx.set('Cache-Control', 'no-store');
    ctx.oidc.entity('Client', client);
    await checkScope(ctx, async () => {
      await grant.handle(ctx as TokenEndpointGrantContext);
      provider.emit('grant.success', ctx);
    });
  });
}
