/**
 * Answers requests for keys and metadata from memory: they are the most frequent requests, and the documents change
 * only with the keys. Each set of keys has its own cache (engine.ts). Any origin may read them, as from the engine
 * itself (OpenID Connect Discovery §4, RFC 8414 §3).
 */
import type { Middleware } from 'koa';
import type { Endpoint } from './endpoints.ts';
import { requestContext } from './request-context.ts';

interface PublishedDocument {
  readonly contentType: string;
  readonly body: string;
}

/** Creates the cache. The engine answers the first request for each document. */
export function createPublishedDocuments(): Middleware {
  // Bound: one entry for each endpoint with a public document.
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
