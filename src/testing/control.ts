/**
 * The members of a test server over HTTP, for tests in other languages: `POST /control/token` with a JSON object and so
 * on. Names are in snake case. It listens on a port of its own, on loopback, and answers programs only: a web page of
 * any site could otherwise send requests to it from the developer's browser.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import getRawBody from 'raw-body';
import { GatehouseError, InvalidInputError } from '../errors.ts';
import type { EndpointName } from './faults.ts';
import { checkMembers, membersOf } from './members.ts';
import type { PersonalTokenRequest, TestServer } from './test-server.ts';

export interface Control {
  /** The address of the interface; a verb follows after `/`. */
  readonly url: string;
  close(): Promise<void>;
}

type Members = Readonly<Record<string, unknown>>;

const host = '127.0.0.1';
const maxBodyBytes = 1024 * 1024;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Renames the members of an object; what is inside of them keeps its names. */
function rename(members: object, change: (name: string) => string): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]: [string, unknown]) => [change(name), value]));
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

type Verb = keyof typeof membersOf;

/** What each verb does, with members that were checked. */
function verbsOf(server: TestServer): Readonly<Record<Verb, (input: Members) => Promise<object> | object>> {
  return {
    token: (input) => server.tokens(input),
    personal_token: async (input) => ({
      token: await server.personalToken(input as unknown as PersonalTokenRequest),
    }),
    user: (input) => server.addUser(input),
    client: (input) => server.addClient(input),
    api: (input) => server.addApi(input as unknown as Parameters<TestServer['addApi']>[0]),
    revoke: async ({ token }) => {
      await server.revoke(String(token));
      return {};
    },
    login: async ({ url, user }) => ({
      location: await (user === undefined ? server.login(String(url)) : server.login(String(url), user as string)),
    }),
    advance: ({ seconds }) => {
      server.advance(Number(seconds));
      return { now: server.now().toISOString() };
    },
    fail: ({ endpoint, status = 503, ...failure }) => {
      server.failNext(endpoint as EndpointName, Number(status), failure);
      return {};
    },
    drop: ({ endpoint, ...options }) => {
      server.dropResponse(endpoint as EndpointName, options);
      return {};
    },
  };
}

/** The object in a request. @throws InvalidInputError */
async function readInput(request: IncomingMessage): Promise<Members> {
  const body = (await getRawBody(request, { limit: maxBodyBytes })).toString('utf8');
  let value: unknown;
  try {
    value = body === '' ? {} : JSON.parse(body);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) {
    throw new InvalidInputError('Expected a JSON object.');
  }
  return value;
}

/** Whether a browser may have sent the request on behalf of a page. Only for JSON must it ask the server before. */
function isFromPage({ headers }: IncomingMessage, authority: string): boolean {
  return (
    headers.origin !== undefined ||
    headers.host !== authority ||
    !/^application\/json\b/i.test(headers['content-type'] ?? '')
  );
}

interface Answer {
  readonly status: number;
  readonly body: Members;
}

function problem(status: number, error: string, description: string): Answer {
  return { status, body: { error, error_description: description } };
}

function failureOf(error: unknown): Answer {
  if (error instanceof GatehouseError) {
    // The functions name a member as they have it.
    const { field = '' } = error;
    return problem(error.status, error.code, error.message.replace(`"${field}"`, `"${toSnakeCase(field)}"`));
  }
  const description = error instanceof Error ? error.message : String(error);
  return problem(error instanceof RangeError ? 400 : 422, 'failed', description);
}

/** Starts the interface. @param port 0 for a free one */
export async function startControl(server: TestServer, port = 0): Promise<Control> {
  const verbs = verbsOf(server);
  const names = Object.keys(verbs);

  let authority = '';

  async function answer(request: IncomingMessage): Promise<Answer> {
    const [, name = ''] = /^\/control\/(\w+)$/.exec(request.url ?? '') ?? [];
    if (!names.includes(name)) {
      return problem(404, 'not_found', `Expected POST /control/ and one of ${names.join(', ')}.`);
    }
    const verb = name as Verb;
    if (request.method !== 'POST') {
      return problem(405, 'method_not_allowed', 'Expected POST.');
    }
    if (isFromPage(request, authority)) {
      return problem(
        403,
        'forbidden',
        `Expected a request of a program: Content-Type: application/json, Host: ${authority} and no Origin.`,
      );
    }
    try {
      // Who knows the functions may write the names as they have them.
      const input = rename(await readInput(request), toCamelCase);
      checkMembers(membersOf[verb], input, toSnakeCase);
      return { status: 200, body: rename(await verbs[verb](input), toSnakeCase) };
    } catch (error) {
      return failureOf(error);
    }
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await answer(request);
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`);
    // A request that was refused may have a body that nobody reads.
    request.resume();
  }

  const listener = createServer((request, response) => void respond(request, response));
  listener.listen(port, host);
  await once(listener, 'listening');
  authority = `${host}:${(listener.address() as AddressInfo).port}`;
  return {
    url: `http://${authority}/control`,
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      listener.closeAllConnections();
      await closed;
    },
  };
}
