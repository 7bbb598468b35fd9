/** Constructs a guard from its options; every other file receives what it needs. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Lifecycle } from './adapters/adapter.ts';
import { expressGuard, type ExpressGuard } from './adapters/express.ts';
import { fastifyGuard, type FastifyGuard } from './adapters/fastify.ts';
import { fetchGuard, type FetchGuard } from './adapters/fetch.ts';
import { honoGuard, type HonoContext, type HonoGuard } from './adapters/hono.ts';
import { koaGuard, type KoaGuard } from './adapters/koa.ts';
import { createCheck } from './check.ts';
import { createCore } from './core.ts';
import { createDiscovery } from './discovery.ts';
import { createFeedMessageReader } from './feed-message.ts';
import { createFeed } from './feed.ts';
import { createIntrospection } from './introspection.ts';
import { createJwtVerifier } from './jwt.ts';
import { createKeys } from './keys.ts';
import { complete, type CompleteOptions, type GuardOptions } from './options.ts';
import { createProofVerifier } from './proof.ts';
import { createResourceMetadata } from './resource-metadata.ts';
import { createOutcomes } from './trouble.ts';

/** How the adapter finds the address of a caller, for `sendAddress`. */
interface AddressOptions<Carrier> {
  address?(carrier: Carrier): string | undefined;
}

/** @typeParam Custom claims that the server adds to its tokens by its configuration */
export interface Guard<Custom extends object> extends Lifecycle {
  koa(): KoaGuard<Custom>;
  express(): ExpressGuard<Custom>;
  fastify(): FastifyGuard<Custom>;
  hono(options?: AddressOptions<HonoContext>): HonoGuard<Custom>;
  fetch(options?: AddressOptions<Request>): FetchGuard<Custom>;
}

/** Milliseconds between two attempts of {@link Lifecycle.ready}. */
const readyRetry = 500;

/** Constructs what talks to the authorization server. Nothing is requested yet. */
function connect(options: CompleteOptions) {
  const { now, introspection, feed: mode } = options;
  const outcomesOf = createOutcomes(options);
  const metadata = createDiscovery({ ...options, ...outcomesOf('discovery') });
  const keys = createKeys({ metadata, now, ...outcomesOf('keys') });
  const introspect =
    introspection &&
    createIntrospection({
      ...introspection,
      issuer: options.issuer,
      metadata,
      now,
      ...outcomesOf('introspection'),
    });
  const read = createFeedMessageReader({ ...options, keys });
  const feed = mode === 'off' ? undefined : createFeed({ ...options, mode, metadata, read, ...outcomesOf('feed') });
  return { keys, introspect, feed };
}

/**
 * Creates the guard of one API. It loads what it needs with the first request, and keeps a connection to the issuer's
 * revocation feed until {@link Lifecycle.close}.
 * @throws {TypeError} if an option cannot be right
 */
export function guard<Custom extends object = object>(options: GuardOptions): Guard<Custom> {
  const completed = complete(options);
  const { keys, introspect, feed } = connect(completed);
  const check = createCheck({
    ...completed,
    introspect,
    feed,
    verifyJwt: createJwtVerifier({ ...completed, keys }),
    verifyProof: createProofVerifier(completed),
  });
  const core = createCore({ check, resourceMetadata: createResourceMetadata(completed), realm: completed.realm });

  async function load(): Promise<boolean> {
    try {
      await keys.load();
      await feed?.listen();
      return feed?.isSilent() !== true;
    } catch {
      return false;
    }
  }

  let isClosed = false;
  const lifecycle: Lifecycle = {
    async ready(signal) {
      while (!(await load())) {
        if (isClosed) {
          throw new Error('The guard is closed.');
        }
        await wait(readyRetry, undefined, signal === undefined ? {} : { signal });
      }
    },
    close: () => {
      isClosed = true;
      feed?.close();
    },
  };

  return {
    ...lifecycle,
    koa: () => koaGuard(core, lifecycle),
    express: () => expressGuard(core, lifecycle),
    fastify: () => fastifyGuard(core, lifecycle),
    hono: ({ address = () => undefined } = {}) => honoGuard(core, lifecycle, address),
    fetch: ({ address = () => undefined } = {}) => fetchGuard(core, lifecycle, address),
  };
}
