/**
 * Sends one request on the short way and on the engine's own, and collects all that the caller and the operator see of
 * each, to compare them (decision 47).
 */
import { createLogger, type Logger } from '../../src/logging.ts';
import type { TestServer } from './server.ts';

export type RequestHeaders = Readonly<Record<string, string>>;

const form = 'application/x-www-form-urlencoded';
/** The type of a form for each way: only the engine reads one with a parameter. */
const formTypes = { short: form, engine: `${form}; charset=utf-8` } as const;
export type Way = keyof typeof formTypes;

/** What differs from request to request. */
const variableFields = new Set(['time', 'requestId', 'milliseconds']);
const variableHeaders = new Set(['date', 'x-request-id', 'connection', 'keep-alive', 'content-length']);
/** Values that are new in each answer, with the beginning of a JWT. */
const newValues = /"(access_token|refresh_token|id_token|token|subjectToken)":"(eyJ)?[^"]*"/g;

function withoutNewValues(json: string): string {
  return json.replaceAll(newValues, '"$1":"$2"');
}

export interface TwoWays {
  readonly logger: Logger;
  /** Sends a form to an endpoint of the server, on one way. */
  observe(server: TestServer, path: string, way: Way, headers: RequestHeaders, body: string): Promise<unknown>;
}

/** @returns a logger, with which the server must be started, and the function that sends requests to it */
export function createTwoWays(): TwoWays {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const destination = {
    write: (line: string) => lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>),
  };
  return {
    logger: createLogger({ level: 'info', destination }),
    observe: async (server, path, way, headers, body) => {
      lines.splice(0);
      const before = (await server.services.audit.list({ limit: 1000 })).length;
      const response = await fetch(`${server.issuer}${path}`, {
        method: 'POST',
        headers: { 'content-type': formTypes[way], ...headers },
        body,
      });
      const text = await response.text();
      const events = await server.services.audit.list({ limit: 1000 });
      return {
        status: response.status,
        headers: [...response.headers].filter(([name]) => !variableHeaders.has(name)),
        body: text
          .replaceAll(String(response.headers.get('x-request-id')), 'the id')
          .replaceAll(newValues, '"$1":"$2"'),
        lines: lines.map((line) =>
          withoutNewValues(JSON.stringify(Object.entries(line).filter(([name]) => !variableFields.has(name)))),
        ),
        events: events
          .slice(0, events.length - before)
          .map(({ type, outcome, detail }) => withoutNewValues(JSON.stringify({ type, outcome, detail }))),
      };
    },
  };
}

/** Sends the same form six times, on both ways in turn. @returns the status of each answer */
export async function alternate(
  { issuer }: Pick<TestServer, 'issuer'>,
  path: string,
  headers: RequestHeaders,
  body: string,
): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const way of ['short', 'engine', 'short', 'engine', 'short', 'engine'] as const) {
    const { status } = await fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { 'content-type': formTypes[way], ...headers },
      body,
    });
    statuses.push(status);
  }
  return statuses;
}
