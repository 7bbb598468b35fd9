/**
 * Keys and metadata, answered from memory: they are asked for more often than anything else and change with the keys
 * alone. Each set of keys has a memory of its own (engine.ts). Everybody may read them from any origin, as the engine
 * has it (OpenID Connect Discovery §4, RFC 8414 §3).
 */
import type { Middleware } from 'koa';
import type { Endpoint } from './endpoints.ts';
import { requestContext } from './request-context.ts';

interface PublishedDocument {
  readonly contentType: string;
  readonly body: string;
}

/** Makes the memory. What it does not have yet, the engine behind it answers. */
export function createPublishedDocuments(): Middleware {
  // One for each endpoint with public documents.
  const documents = new Map<Endpoint, PublishedDocument>();
  return async function answerPublishedDocuments(ctx, next) {
    const { endpoint } = requestContext(ctx.req);
    if (endpoint?.caching !== 'public' || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) {
      await next();
      return;
    }
    const known = documents.get(endpoint);
    if (known !== undefined) {
      ctx.set('Vary', 'Origin');
      ctx.set('Access-Control-Allow-Origin', ctx.get('origin') || '*');
      ctx.set('Content-Type', known.contentType);
      ctx.body = known.body;
      return;
    }
    await next();
    if (ctx.method === 'GET' && ctx.status === 200) {
      documents.set(endpoint, { contentType: ctx.response.get('content-type'), body: JSON.stringify(ctx.body) });
    }
  };
}
