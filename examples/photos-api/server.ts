/**
 * A protected API. Each route names the scope that it needs; the guard checks the token (RFC 6750).
 *
 *   GET  /photos    photos:read    JWT access token
 *   POST /photos    photos:write   JWT access token
 *   GET  /archive   archive:read   opaque access token, by introspection
 */
import { once } from 'node:events';
import { Router } from '@koa/router';
import Koa, { type Context } from 'koa';
// In an API of your own: import { guard } from 'gatehouse/guard';
import { guard } from '../../src/guard/index.ts';
import { createLibrary } from './library.ts';

export interface PhotosApiOptions {
  readonly issuer: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The identifier of this API at the server: the audience of its tokens. */
  readonly identifier: string;
  /** The API with opaque tokens, and the client that asks the server about them. */
  readonly archive?: { readonly identifier: string; readonly clientId: string; readonly clientSecret: string };
}

/** In characters. A title needs far fewer. */
const maxBodyLength = 4096;
const maxTitleLength = 60;

async function readTitle(ctx: Context): Promise<string | undefined> {
  let text = '';
  for await (const chunk of ctx.req.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > maxBodyLength) {
      return undefined;
    }
  }
  try {
    const body: unknown = JSON.parse(text);
    const title =
      typeof body === 'object' && body !== null && 'title' in body && typeof body.title === 'string'
        ? body.title.trim()
        : '';
    return title.length > 0 && title.length <= maxTitleLength ? title : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the address of the API, and a function that stops it */
export async function start(options: PhotosApiOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { issuer, port, identifier, archive } = options;
  const library = createLibrary();
  const photos = guard({ issuer, audience: identifier, realm: 'Photos' }).koa();
  const router = new Router();

  router.get('/photos', photos.require('photos:read'), (ctx) => {
    const { sub, isMachine } = photos.claims(ctx);
    ctx.body = { photos: isMachine ? library.shared() : library.list(sub) };
  });

  router.post('/photos', photos.require('photos:write'), async (ctx) => {
    const title = ctx.is('application/json') ? await readTitle(ctx) : undefined;
    if (title === undefined) {
      ctx.status = 400;
      ctx.body = {
        error: 'invalid_request',
        error_description: `Expected JSON with a "title" of 1 to ${maxTitleLength} characters.`,
      };
      return;
    }
    const { sub, isMachine } = photos.claims(ctx);
    ctx.status = 201;
    ctx.body = isMachine ? library.publish(title) : library.add(sub, title);
  });

  if (archive !== undefined) {
    // Asks the server about each token again, so a revoked token is rejected immediately.
    const introspection = { ...archive, cacheFor: 0 };
    const archiveGuard = guard({ issuer, audience: archive.identifier, introspection, feed: 'off' }).koa();
    router.get('/archive', archiveGuard.require('archive:read'), (ctx) => {
      ctx.body = library.count();
    });
  }

  const app = new Koa();
  app.use(async function setHeaders(ctx, next) {
    ctx.set({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'",
    });
    await next();
  });
  app.use(photos.metadata);
  app.use(router.routes());

  const server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`,
    close: async () => {
      photos.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
