/**
 * The guard of an API: checks access tokens of an authorization server such as Gatehouse. It imports nothing of the
 * server, and is also a package of its own, `gatehouse-guard`.
 */
export { guard, type Guard } from './guard.ts';
export type { GuardOptions, OnSilence } from './options.ts';
export type { Trouble } from './trouble.ts';
export type { IntrospectionOptions } from './introspection.ts';
export type { Claims, StandardClaims } from './claims.ts';
export type { KoaGuard } from './adapters/koa.ts';
export type { ExpressGuard } from './adapters/express.ts';
export type { FastifyGuard } from './adapters/fastify.ts';
export type { HonoGuard } from './adapters/hono.ts';
export type { FetchGuard } from './adapters/fetch.ts';
