/**
 * Answers requests for keys and metadata from memory: they are the most frequent requests, and the documents change
 * only with the keys. Each set of keys has its own cache (engine.ts).
 */
import type { Context, Middleware, Next } from 'koa';
import type { Endpoint } from './endpoints.ts';
import { requestContext } from './request-context.ts';

interface PublishedDocument {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Headers of a document. The cache stores them when the answer is complete, so nothing is left to do for it. */
const storedHeaders = ['Content-Type', 'Cache-Control', 'Access-Control-Allow-Origin'];

/** Creates the cache. The engine answers the first request for each document. */
export function createPublishedDocuments(): Middleware {
  // Bound: one entry for each endpoint with a public document.
  const documents = new Map<Endpoint, PublishedDocument>();

  function send(ctx: Context, { headers, body }: PublishedDocument): void {
    for (const [name, value] of headers) {
      ctx.res.setHeader(name, value);
    }
    ctx.body = body;
  }

  async function ask(ctx: Context, next: Next, endpoint: Endpoint): Promise<void> {
    await next();
    if (ctx.method === 'GET' && ctx.status === 200) {
      const headers = storedHeaders.map((name) => [name, ctx.response.get(name)] as const);
      documents.set(endpoint, { headers: [['Vary', 'Origin'], ...headers], body: JSON.stringify(ctx.body) });
    }
  }

  return function answerPublishedDocuments(ctx, next) {
    const { endpoint } = requestContext(ctx.req);
    if (endpoint?.caching !== 'public' || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) {
      return next();
    }
    const known = documents.get(endpoint);
    return known === undefined ? ask(ctx, next, endpoint) : send(ctx, known);
  };
}
