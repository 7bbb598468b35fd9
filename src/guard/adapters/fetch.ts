/** The guard for handlers of the Fetch standard: `Request` in, `Response` out. */
import type { Claims } from '../claims.ts';
import type { Answer } from '../answer.ts';
import type { Core } from '../core.ts';
import { fromFetch } from '../request.ts';
import { createClaimsStore, type Lifecycle } from './adapter.ts';

export type FetchHandler<Custom extends object> = (
  request: Request,
  claims: Claims<Custom>,
) => Response | Promise<Response>;

export interface FetchGuard<Custom extends object> extends Lifecycle {
  /** Wraps a handler: it is called only for requests whose token has all these scopes. */
  require(...scopes: readonly string[]): (handler: FetchHandler<Custom>) => (request: Request) => Promise<Response>;
  /** The answer to a request for the protected-resource metadata (RFC 9728); undefined for any other request. */
  metadata(request: Request): Response | undefined;
}

function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers: { ...headers } });
}

/** @param addressOf finds the address of the caller, which the Fetch standard does not have */
export function fetchGuard<Custom extends object>(
  core: Core,
  lifecycle: Lifecycle,
  addressOf: (request: Request) => string | undefined,
): FetchGuard<Custom> {
  const store = createClaimsStore();
  return {
    ...lifecycle,
    require(...scopes) {
      const admit = core.route(scopes);
      return (handler) => async (request) => {
        const admission = await admit(fromFetch(request, addressOf(request)), store.find(request));
        if ('answer' in admission) {
          return toResponse(admission.answer);
        }
        store.set(request, admission.claims);
        return handler(request, admission.claims as Claims<Custom>);
      };
    },
    metadata: (request) => {
      const answer = core.metadata(fromFetch(request, undefined));
      return answer === undefined ? undefined : toResponse(answer);
    },
  };
}
