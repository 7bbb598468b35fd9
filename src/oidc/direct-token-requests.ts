/**
 * The short way to a token (RFC 6749 §3.2): a plain request (plain-requests.ts) goes to its grant at once, before the
 * engine's router and its thirteen steps that read the form, authenticate the client and check parameters. The grants,
 * their errors and their events are the same on both ways.
 */
import type { Middleware } from 'koa';
import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { endpoints } from './endpoints.ts';
import { runAtTokenEndpoint, type EngineStep } from './engine-internals.ts';
import type { Grant, Grants } from './grants/registration.ts';
import { setJsonHeaders } from './json-answer.ts';
import type { PlainRequest, ReadPlainRequest } from './plain-requests.ts';
import { requestContext } from './request-context.ts';

/** @param deps.checkScope the check of `scope`, `resource` and `audience` before each grant */
export function answerTokenRequestsDirectly(
  provider: Provider,
  deps: {
    readonly grants: Grants;
    readonly readPlainRequest: ReadPlainRequest;
    readonly checkScope: EngineStep;
  },
): Middleware {
  const { grants, readPlainRequest, checkScope } = deps;

  function grantOf({ client, form }: PlainRequest): Grant | undefined {
    const { grant_type: grantType = '' } = form;
    return client.grantTypeAllowed(grantType) ? grants.get(grantType) : undefined;
  }

  return async function answerDirectly(ctx, next) {
    const request = requestContext(ctx.req).endpoint === endpoints.token ? await readPlainRequest(ctx) : undefined;
    const grant = request && grantOf(request);
    if (request === undefined || grant === undefined) {
      await next();
      return;
    }
    const { client, form } = request;
    setJsonHeaders(ctx);
    ctx.res.setHeader('Access-Control-Allow-Origin', '*');
    ctx.res.setHeader('Access-Control-Expose-Headers', 'WWW-Authenticate');
    await runAtTokenEndpoint(provider, ctx, async (engineContext) => {
      const { oidc } = engineContext;
      const names = ['grant_type', 'client_id', ...grant.parameters];
      // An empty parameter counts as absent (RFC 6749 §3.2).
      const params = Object.fromEntries(names.map((name) => [name, form[name] || undefined]));
      Object.assign(oidc, { body: form, params });
      oidc.entity('Client', client);
      await checkScope(engineContext, async () => {
        await grant.handle(engineContext as TokenEndpointGrantContext);
        provider.emit('grant.success', engineContext);
      });
    });
  };
}
