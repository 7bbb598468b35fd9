/**
 * The short way to an answer of introspection (RFC 7662), for the requests that APIs send for each of their own
 * requests: if they are plain (plain-requests.ts), they are answered before the engine. It saves a quarter of the time.
 */
import type { Middleware } from 'koa';
import { endpoints } from './endpoints.ts';
import { reportedUse, type DescribeToken } from './introspection.ts';
import { setJsonHeaders } from './json-answer.ts';
import type { ReadPlainRequest } from './plain-requests.ts';
import { setAuthenticatedClient } from './request-client.ts';
import { requestContext } from './request-context.ts';

export function answerIntrospectionDirectly(deps: {
  readonly describeToken: DescribeToken;
  readonly readPlainRequest: ReadPlainRequest;
}): Middleware {
  const { describeToken, readPlainRequest } = deps;
  return async function answerDirectly(ctx, next) {
    const request =
      requestContext(ctx.req).endpoint === endpoints.introspection ? await readPlainRequest(ctx) : undefined;
    const token = request?.form['token'];
    if (request === undefined || token === undefined || token === '') {
      await next();
      return;
    }
    const { client, form } = request;
    setAuthenticatedClient(ctx, client);
    setJsonHeaders(ctx);
    ctx.body = (await describeToken(client, token, reportedUse(ctx.req, form))) ?? { active: false };
  };
}
