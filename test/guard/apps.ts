/** The same small API in each framework, for the tests of the guard. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Router } from '@koa/router';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { guard, type GuardOptions } from '../../src/guard/index.ts';

/** Paths, and the scopes that they need. A path answers with what the handler learns of its caller. */
export type Routes = Readonly<Record<string, readonly string[]>>;

export interface RunningApp {
  readonly url: string;
  ready(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Without them, this whole process would get other classes `Request` and `Response` than Node's. */
const nodeGlobals = { overrideGlobalObjects: false };

interface CallerClaims {
  readonly sub: string;
  readonly client_id?: string;
  readonly isMachine: boolean;
}

function describeCaller({ sub, client_id: clientId, isMachine }: CallerClaims) {
  return { sub, client_id: clientId, isMachine };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What a framework makes of a guard and the routes: a listener of `node:http`, and the guard to wait for and close. */
interface Built {
  readonly listener: Listener | Promise<Listener>;
  readonly used: Pick<ReturnType<typeof guard>, 'ready' | 'close'>;
}

const builders = {
  koa(options: GuardOptions, routes: Routes, isStacked: boolean): Built {
    const used = guard(options).koa();
    const router = new Router();
    for (const [path, scopes] of Object.entries(routes)) {
      if (isStacked) {
        router.use(path, used.require());
      }
      router.all(path, used.require(...scopes), (ctx) => {
        ctx.body = describeCaller(used.claims(ctx));
      });
    }
    const app = new Koa();
    app.proxy = true;
    app.use(used.metadata).use(router.routes());
    return { used, listener: app.callback() };
  },
  express(options: GuardOptions, routes: Routes, isStacked: boolean): Built {
    const used = guard(options).express();
    const app = express();
    app.set('trust proxy', true);
    app.use(used.metadata);
    for (const [path, scopes] of Object.entries(routes)) {
      if (isStacked) {
        app.use(path, used.require());
      }
      app.all(path, used.require(...scopes), (request, response) => {
        response.json(describeCaller(used.claims(request)));
      });
    }
    return { used, listener: app };
  },
  fastify(options: GuardOptions, routes: Routes, isStacked: boolean): Built {
    const used = guard(options).fastify();
    let handle: Listener = () => undefined;
    const app = fastify({
      trustProxy: true,
      serverFactory: (handler) => {
        handle = handler;
        return createServer(handler);
      },
    });
    app.addHook('onRequest', used.metadata);
    for (const [path, scopes] of Object.entries(routes)) {
      const onRequest = [...(isStacked ? [used.require()] : []), used.require(...scopes)];
      app.all(path, { onRequest }, (request, reply) => {
        void reply.send(describeCaller(used.claims(request)));
      });
    }
    const listener = (async (): Promise<Listener> => {
      await app.ready();
      return handle;
    })();
    return { used, listener };
  },
  hono(options: GuardOptions, routes: Routes, isStacked: boolean): Built {
    const used = guard(options).hono({
      address: (context) => context.req.raw.headers.get('x-forwarded-for') ?? undefined,
    });
    const app = new Hono();
    app.use(used.metadata);
    for (const [path, scopes] of Object.entries(routes)) {
      if (isStacked) {
        app.use(path, used.require());
      }
      app.all(path, used.require(...scopes), (context) => context.json(describeCaller(used.claims(context))));
    }
    return { used, listener: getRequestListener(app.fetch, nodeGlobals) };
  },
  fetch(options: GuardOptions, routes: Routes, isStacked: boolean): Built {
    const used = guard(options).fetch({ address: ({ headers }) => headers.get('x-forwarded-for') ?? undefined });
    const handlers = new Map(
      Object.entries(routes).map(([path, scopes]) => {
        const route = used.require(...scopes)((_request, claims) => Response.json(describeCaller(claims)));
        return [path, isStacked ? used.require()((request) => route(request)) : route];
      }),
    );
    const handle = (request: Request): Response | Promise<Response> =>
      used.metadata(request) ??
      handlers.get(new URL(request.url).pathname)?.(request) ??
      new Response('', { status: 404 });
    return { used, listener: getRequestListener(handle, nodeGlobals) };
  },
};

export type Framework = keyof typeof builders;
export const frameworks = Object.keys(builders) as readonly Framework[];

async function start(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/**
 * Starts the API in a framework, on a free port.
 * @param isStacked whether each route has a second `require`, without a scope, before the one with its scopes
 */
export async function startApp(
  framework: Framework,
  options: GuardOptions,
  routes: Routes,
  isStacked = false,
): Promise<RunningApp> {
  const { listener, used } = builders[framework](options, routes, isStacked);
  const listen = await listener;
  const server = createServer((request, response) => void listen(request, response));
  return {
    url: await start(server),
    ready: (signal) => used.ready(signal),
    close: async () => {
      used.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Calls a path of the API. */
export function call(
  app: RunningApp,
  path: string,
  token?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(app.url + path, {
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
}

export function challengeOf(response: Response): string {
  return response.headers.get('www-authenticate') ?? '';
}
