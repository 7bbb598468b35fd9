/**
 * A protected API. Each route names the scope that it needs; {@link requireScope} checks the token (RFC 6750).
 *
 *   GET  /photos    photos:read    JWT access token
 *   POST /photos    photos:write   JWT access token
 *   GET  /archive   archive:read   opaque access token, by introspection
 */
import { once } from 'node:events';
import Koa, { type Context } from 'koa';
import { ApiError, introspectionCheck, jwtCheck, type Caller, type CheckToken } from './access-tokens.ts';
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

/** The token from the header. It is not accepted in a URL or a form, because those appear in logs (RFC 6750 §2). */
function bearerToken(ctx: Context): string {
  const [, token] = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(ctx.get('authorization')) ?? [];
  if (token === undefined) {
    throw new ApiError(401);
  }
  return token;
}

async function requireScope(ctx: Context, check: CheckToken, scope: string): Promise<Caller> {
  const caller = await check(bearerToken(ctx));
  if (!caller.scopes.has(scope)) {
    throw new ApiError(403, {
      error: 'insufficient_scope',
      error_description: `This needs the scope ${scope}.`,
      scope,
    });
  }
  return caller;
}

function sendError(ctx: Context, error: ApiError): void {
  ctx.status = error.status;
  ctx.body = {
    error: error.challenge['error'] ?? (error.status === 503 ? 'temporarily_unavailable' : 'unauthorized'),
    message: error.message,
  };
  if (error.status === 503) {
    ctx.set('Retry-After', '2');
    return;
  }
  const parameters = Object.entries({ realm: 'Photos', ...error.challenge }).map(
    ([name, value]) => `${name}="${value}"`,
  );
  ctx.set('WWW-Authenticate', `Bearer ${parameters.join(', ')}`);
}

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
  const library = createLibrary();
  const checkPhotosToken = jwtCheck({ issuer: options.issuer, audience: options.identifier });
  const checkArchiveToken =
    options.archive &&
    introspectionCheck({ ...options.archive, issuer: options.issuer, audience: options.archive.identifier });

  const app = new Koa();

  app.use(async function handleErrors(ctx, next) {
    ctx.set({
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'",
    });
    try {
      await next();
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      sendError(ctx, error);
    }
  });

  app.use(async function routes(ctx) {
    switch (`${ctx.method} ${ctx.path}`) {
      case 'GET /photos': {
        const caller = await requireScope(ctx, checkPhotosToken, 'photos:read');
        ctx.body = { photos: caller.isMachine ? library.shared() : library.list(caller.subject) };
        return;
      }
      case 'POST /photos': {
        const caller = await requireScope(ctx, checkPhotosToken, 'photos:write');
        const title = ctx.is('application/json') ? await readTitle(ctx) : undefined;
        if (title === undefined) {
          ctx.status = 400;
          ctx.body = {
            error: 'invalid_request',
            message: `Expected JSON with a "title" of 1 to ${maxTitleLength} characters.`,
          };
          return;
        }
        ctx.status = 201;
        ctx.body = caller.isMachine ? library.publish(title) : library.add(caller.subject, title);
        return;
      }
      case 'GET /archive': {
        if (checkArchiveToken !== undefined) {
          await requireScope(ctx, checkArchiveToken, 'archive:read');
          ctx.body = library.count();
        }
        return;
      }
    }
  });

  const server = app.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : options.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
