/** The guard for Fastify: hooks, best `onRequest`, so that a body without a valid token is not read. */
import type { Answer } from '../answer.ts';
import type { Claims } from '../claims.ts';
import type { Core } from '../core.ts';
import { fromNode, type NodeRequest } from '../request.ts';
import { createClaimsStore, type ClaimsOfRequests, type Lifecycle } from './adapter.ts';

/** The part of Fastify's request that the guard uses. */
export interface FastifyRequest {
  readonly raw: NodeRequest;
  readonly originalUrl: string;
  readonly ip: string;
}

/** The part of Fastify's reply that the guard uses. */
export interface FastifyReply {
  code(status: number): unknown;
  headers(values: { readonly [name: string]: string }): unknown;
  send(body: string): unknown;
}

export type FastifyHook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export interface FastifyGuard<Custom extends object> extends Lifecycle, ClaimsOfRequests<Custom, object> {
  /** A hook that lets only requests pass whose token has all these scopes. */
  require(...scopes: readonly string[]): FastifyHook;
  /** A hook that answers requests for the protected-resource metadata (RFC 9728). */
  readonly metadata: FastifyHook;
}

/** A hook that sends an answer returns the reply; then no handler is called. */
function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status);
  reply.headers(headers);
  reply.send(body);
  return reply;
}

function read(request: FastifyRequest) {
  return fromNode(request.raw, { target: request.originalUrl, address: request.ip });
}

export function fastifyGuard<Custom extends object>(core: Core, lifecycle: Lifecycle): FastifyGuard<Custom> {
  const store = createClaimsStore();
  return {
    ...lifecycle,
    claims: (request) => store.get(request) as Claims<Custom>,
    require(...scopes) {
      const admit = core.route(scopes);
      return async (request, reply) => {
        const admission = await admit(read(request), store.find(request));
        if ('answer' in admission) {
          return send(reply, admission.answer);
        }
        store.set(request, admission.claims);
        return undefined;
      };
    },
    metadata: async (request, reply) => {
      const answer = core.metadata(read(request));
      return answer === undefined ? undefined : send(reply, answer);
    },
  };
}
