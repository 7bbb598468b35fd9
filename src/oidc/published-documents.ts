/**
 * Answers requests for keys and metadata from memory: they are the most frequent requests, and the documents change
 * only with the keys. Each set of keys has its own cache (engine.ts).
 */
import type { Context, Middleware, Next } from 'koa';
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

  async function answer(ctx: Context, next: Next, endpoint: Endpoint): Promise<void> {
    const known = documents.get(endpoint);
    if (known !== undefined) {
      ctx.set('Vary', 'Origin');
      ctx.set('Content-Type', known.contentType);
      ctx.body = known.body;
      return;
    }
    await next();
    if (ctx.method === 'GET' && ctx.status === 200) {
      documents.set(endpoint, { contentType: ctx.response.get('content-type'), body: JSON.stringify(ctx.body) });
    }
  }

  return function answerPublishedDocuments(ctx, next) {
    const { endpoint } = requestContext(ctx.req);
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    return endpoint?.caching === 'public' && isRead ? answer(ctx, next, endpoint) : next();
  };
}
