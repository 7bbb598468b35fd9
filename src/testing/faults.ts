/** Failures on request: answers of the next requests to an endpoint that fail, or that are lost on the way. */
import type { Middleware } from 'koa';
import { InvalidInputError } from '../errors.ts';
import { endpoints } from '../oidc/endpoints.ts';

/** An endpoint by its name in `src/oidc/endpoints.ts`, or any path of the server. */
export type EndpointName = keyof typeof endpoints | `/${string}`;

export interface Failure {
  /** Number of requests that fail; 1 by default. */
  readonly times?: number;
  /** The answer; by default an OAuth error as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Faults {
  /** Answers the next requests to the endpoint with this status. They do not reach the server. */
  failNext(endpoint: EndpointName, status: number, failure?: Failure): void;
  /**
   * Closes the connection of the next requests to the endpoint instead of sending the response. The server has handled
   * them: what was to be used once is used.
   */
  dropResponse(endpoint: EndpointName, options?: { readonly times?: number }): void;
  readonly middleware: Middleware;
}

type Answer = Required<Omit<Failure, 'times'>> & { readonly status: number };
/** What happens to one request; without an answer, its response is dropped. */
interface Fault {
  readonly matches: (path: string) => boolean;
  readonly answer?: Answer;
}

/** OAuth's error codes for programs (RFC 6749 §5.2 and §4.1.2.1). */
const errorCodes: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'invalid_client',
  403: 'access_denied',
  429: 'temporarily_unavailable',
  503: 'temporarily_unavailable',
};

/** Far more than a test needs: a loop that adds failures without a request in between is a mistake. */
const maxFaults = 10_000;

function pathOf(endpoint: string): string {
  if (endpoint.startsWith('/')) {
    return endpoint;
  }
  const known = new Map<string, { readonly path: string }>(Object.entries(endpoints));
  const path = known.get(endpoint)?.path;
  if (path === undefined) {
    throw new InvalidInputError(
      `Expected a path that begins with "/", or one of ${[...known.keys()].join(', ')}, not "${endpoint}".`,
      'endpoint',
    );
  }
  return path;
}

/** @param pattern a path whose segments that begin with a colon match any text */
function matcherOf(pattern: string): (path: string) => boolean {
  const expected = pattern.split('/');
  return (path) => {
    const segments = path.split('/');
    return (
      segments.length === expected.length &&
      expected.every((segment, at) => segment.startsWith(':') || segment === segments[at])
    );
  };
}

export function createFaults(): Faults {
  let waiting: readonly Fault[] = [];

  function add(endpoint: EndpointName, times: number, answer?: Answer): void {
    if (!Number.isSafeInteger(times) || times < 1 || waiting.length + times > maxFaults) {
      throw new InvalidInputError(`Expected a number of requests from 1 to ${maxFaults}, not ${times}.`, 'times');
    }
    const fault = { matches: matcherOf(pathOf(endpoint)), ...(answer === undefined ? {} : { answer }) };
    waiting = [...waiting, ...Array.from({ length: times }, () => fault)];
  }

  return {
    failNext: (endpoint, status, { times = 1, body, headers = {} } = {}) => {
      if (!Number.isSafeInteger(status) || status < 200 || status > 599) {
        throw new InvalidInputError(`Expected a status from 200 to 599, not ${status}.`, 'status');
      }
      const oauthError = {
        error: errorCodes[status] ?? 'server_error',
        error_description: 'A test asked for this answer.',
      };
      add(endpoint, times, { status, body: body ?? oauthError, headers });
    },

    dropResponse: (endpoint, { times = 1 } = {}) => add(endpoint, times),

    middleware: async function injectFaults(ctx, next) {
      // A browser asks before it sends the request itself.
      const fault = ctx.method === 'OPTIONS' ? undefined : waiting.find(({ matches }) => matches(ctx.path));
      if (fault === undefined) {
        await next();
        return;
      }
      waiting = waiting.toSpliced(waiting.indexOf(fault), 1);
      if (fault.answer === undefined) {
        await next();
        ctx.respond = false;
        ctx.req.socket.destroy();
        return;
      }
      const { status, headers, body } = fault.answer;
      ctx.set({ 'Cache-Control': 'no-store', ...headers });
      ctx.status = status;
      ctx.body = body;
    },
  };
}
