/**
 * Prints: a third-party web app that asks for access to a user's photos. Its pages are rendered on the server, and its
 * client is confidential. The browser has only a session cookie; the tokens stay on the server.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import Koa, { HttpError, type Context } from 'koa';
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client';
import { photosPage, problemPage, welcomePage } from './pages.ts';
import { createPhotos, PhotosApiError } from './photos.ts';
import { createSessions, type Session } from './sessions.ts';
import { createSignIn } from './sign-in.ts';

export interface PrintsOptions {
  readonly issuer: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The identifier of the Photos API: the audience of the access token. */
  readonly photosResource: string;
  /** The address of the Photos API. */
  readonly photosUrl: string;
}

const scopeToRead = 'openid profile photos:read';
const scopeToWrite = `${scopeToRead} photos:write`;

/** In characters. Enough for a logout token. */
const maxFormLength = 16_384;
/** Milliseconds before it expires at which an access token is renewed. */
const renewBeforeMs = 10_000;

async function readForm(ctx: Context): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of ctx.req.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > maxFormLength) {
      ctx.throw(413);
    }
  }
  return new URLSearchParams(text);
}

/** @returns the address of the app, and a function that stops it */
export async function start(options: PrintsOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer();
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : options.port}`;

  const signIn = createSignIn({ ...options, origin, resource: options.photosResource });
  const photos = createPhotos(options.photosUrl);
  const sessions = createSessions();
  const assets = new Map([
    ['/style.css', { type: 'text/css', body: await readFile(new URL('style.css', import.meta.url)) }],
    ['/welcome.svg', { type: 'image/svg+xml', body: await readFile(new URL('welcome.svg', import.meta.url)) }],
    ['/icon.svg', { type: 'image/svg+xml', body: await readFile(new URL('icon.svg', import.meta.url)) }],
  ]);
  // Browsers apply `form-action` also to redirects after a form. Signing out redirects to the authorization server.
  const contentSecurityPolicy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    `form-action 'self' ${new URL(options.issuer).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

  /**
   * The current access token, or a new one if it is about to expire. Runs one refresh at a time, because a refresh
   * token works once.
   */
  async function accessToken(session: Session): Promise<string> {
    const { user } = session;
    if (user === undefined) {
      throw new PhotosApiError(401);
    }
    if (user.expiresAt - renewBeforeMs > Date.now()) {
      return user.accessToken;
    }
    const { refreshToken } = user;
    if (refreshToken === undefined) {
      throw new PhotosApiError(401);
    }
    session.refreshing ??= signIn.refresh({ ...user, refreshToken }).finally(() => delete session.refreshing);
    const tokens = await session.refreshing;
    session.user = { ...user, ...tokens };
    return tokens.accessToken;
  }

  async function begin(ctx: Context, scope: string): Promise<void> {
    const { url, state, pending } = await signIn.begin(scope);
    sessions.addPending(ctx, state, pending);
    ctx.status = 303;
    ctx.redirect(url.href);
  }

  async function home(ctx: Context): Promise<void> {
    const session = sessions.current(ctx);
    if (session?.user === undefined) {
      ctx.body = welcomePage(session?.notice);
      delete session?.notice;
      return;
    }
    const list = await photos.list(await accessToken(session));
    const { name, scopes } = session.user;
    ctx.body = photosPage({ name, photos: list, canAdd: scopes.has('photos:write'), notice: session.notice });
    delete session.notice;
  }

  async function callback(ctx: Context): Promise<void> {
    const session = sessions.current(ctx);
    const state = String(ctx.query['state']);
    const pending = session?.pending.get(state);
    if (session === undefined || pending === undefined) {
      ctx.status = 400;
      ctx.body = problemPage({
        heading: 'This sign-in has expired',
        text: 'It was started too long ago, or in another browser.',
        again: { href: '/sign-in', label: 'Start again' },
      });
      return;
    }
    session.pending.delete(state);
    try {
      sessions.signIn(ctx, await signIn.finish(new URL(origin + ctx.url), state, pending));
    } catch (error) {
      if (!(error instanceof AuthorizationResponseError) || error.error !== 'access_denied') {
        throw error;
      }
      session.notice =
        session.user === undefined
          ? 'You did not give access, so there is nothing to show.'
          : 'You did not give more access. Nothing has changed.';
    }
    ctx.status = 303;
    ctx.redirect('/');
  }

  async function addPhoto(ctx: Context): Promise<void> {
    const session = sessions.current(ctx);
    const title = (await readForm(ctx)).get('title')?.trim() ?? '';
    if (session?.user !== undefined && title !== '') {
      await photos.add(await accessToken(session), title);
      session.notice = `“${title}” is in your library.`;
    }
    ctx.status = 303;
    ctx.redirect('/');
  }

  async function signOut(ctx: Context): Promise<void> {
    const idToken = sessions.current(ctx)?.user?.idToken;
    sessions.close(ctx);
    ctx.status = 303;
    ctx.redirect(idToken === undefined ? '/' : (await signIn.signOutUrl(idToken)).href);
  }

  /** Called by the authorization server, not by a browser, when a session has ended there. */
  async function backchannelLogout(ctx: Context): Promise<void> {
    const token = (await readForm(ctx)).get('logout_token') ?? '';
    try {
      sessions.end(await signIn.readLogoutToken(token));
      ctx.status = 200;
      ctx.body = '';
    } catch {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request' };
    }
  }

  const app = new Koa();

  app.use(async function securityHeaders(ctx, next) {
    ctx.set({
      'Content-Security-Policy': contentSecurityPolicy,
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    });
    await next();
  });

  app.use(async function handleErrors(ctx, next) {
    try {
      await next();
    } catch (error) {
      const accessEnded =
        (error instanceof ResponseBodyError && error.error === 'invalid_grant') ||
        (error instanceof PhotosApiError && error.status === 401);
      if (accessEnded) {
        // The session ended at the authorization server, or the user withdrew access, so the session here ends, too.
        sessions.close(ctx);
        ctx.body = welcomePage('Your connection has ended. Connect again to see your photos.');
        return;
      }
      if (error instanceof PhotosApiError && error.status === 403) {
        ctx.status = 403;
        ctx.body = problemPage({
          heading: 'Not allowed',
          text: 'Your library does not allow Prints to do this.',
          again: { href: '/sign-in/more', label: 'Let Prints add photos' },
        });
        return;
      }
      ctx.app.emit('error', error, ctx);
      ctx.status = error instanceof HttpError ? error.status : 502;
      ctx.body = problemPage({
        heading: 'That did not work',
        text: 'Prints cannot reach your photos at the moment. Try again later.',
        again: { href: '/', label: 'Try again' },
      });
    }
  });

  /** Rejects forms from another origin. `SameSite` alone would accept them from other ports of this host. */
  app.use(async function checkOrigin(ctx, next) {
    if (ctx.method === 'POST' && ctx.path !== '/backchannel-logout' && ctx.get('origin') !== origin) {
      ctx.throw(403);
    }
    await next();
  });

  app.use(async function routes(ctx) {
    switch (`${ctx.method} ${ctx.path}`) {
      case 'GET /':
        return await home(ctx);
      case 'GET /sign-in':
        return await begin(ctx, scopeToRead);
      case 'GET /sign-in/more':
        return await begin(ctx, scopeToWrite);
      case 'GET /callback':
        return await callback(ctx);
      case 'POST /photos':
        return await addPhoto(ctx);
      case 'POST /sign-out':
        return await signOut(ctx);
      case 'POST /backchannel-logout':
        return await backchannelLogout(ctx);
    }
    const asset = assets.get(ctx.path);
    if (asset !== undefined) {
      ctx.type = asset.type;
      ctx.body = asset.body;
    }
  });

  const handle = app.callback();
  server.on('request', (request, response) => void handle(request, response));
  return {
    url: origin,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
