/** The guard for Express, and for every other server with handlers of `(request, response, next)`. */
import type { Answer } from '../answer.ts';
import type { Claims } from '../claims.ts';
import type { Core } from '../core.ts';
import { fromNode, type NodeRequest } from '../request.ts';
import { createClaimsStore, type ClaimsOfRequests, type Lifecycle } from './adapter.ts';

/** The part of Express's request that the guard uses: `http.IncomingMessage`, and what Express adds. */
export interface ExpressRequest extends NodeRequest {
  readonly originalUrl?: string | undefined;
  readonly ip?: string | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

/** The part of `http.ServerResponse` that the guard uses. */
export interface ExpressResponse {
  statusCode: number;
  readonly headersSent?: boolean;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

type Next = (error?: unknown) => void;

export type ExpressHandler = (request: ExpressRequest, response: ExpressResponse, next: Next) => void;

export interface ExpressGuard<Custom extends object> extends Lifecycle, ClaimsOfRequests<Custom, object> {
  /** A handler that lets only requests pass whose token has all these scopes. */
  require(
    ...scopes: readonly string[]
  ): (request: ExpressRequest, response: ExpressResponse, next: Next) => Promise<void>;
  /** A handler that answers requests for the protected-resource metadata (RFC 9728). */
  readonly metadata: ExpressHandler;
}

/** Sends nothing if there is an answer already, such as that of a time limit of the app. */
function send(response: ExpressResponse, { status, headers, body }: Answer): void {
  if (response.headersSent === true) {
    return;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value);
  }
  response.end(body);
}

function read(request: ExpressRequest) {
  const { originalUrl: target = request.url ?? '/', ip: address = request.socket?.remoteAddress } = request;
  return fromNode(request, { target, address });
}

export function expressGuard<Custom extends object>(core: Core, lifecycle: Lifecycle): ExpressGuard<Custom> {
  const store = createClaimsStore();
  return {
    ...lifecycle,
    claims: (request) => store.get(request) as Claims<Custom>,
    require(...scopes) {
      const admit = core.route(scopes);
      return async (request, response, next) => {
        // Express 4 ignores the promise of a handler: a rejection would end the process.
        try {
          const admission = await admit(read(request), store.find(request));
          if ('answer' in admission) {
            send(response, admission.answer);
            return;
          }
          store.set(request, admission.claims);
        } catch (error) {
          next(error);
          return;
        }
        next();
      };
    },
    metadata: (request, response, next) => {
      const answer = core.metadata(read(request));
      if (answer === undefined) {
        next();
        return;
      }
      send(response, answer);
    },
  };
}
