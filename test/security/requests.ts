/** Requests that browsers and libraries cannot send: any method, any header, any bytes. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { TestServer } from '../support/server.ts';

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly cookies: readonly string[];
}

function portOf(server: TestServer): number {
  return Number(server.environment['PORT']);
}

/** Sends a request to the server's port with its own host name, unless `headers` contain another. */
export function send(
  server: TestServer,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest({
      host: '127.0.0.1',
      port: portOf(server),
      path,
      method,
      agent: false,
      headers: {
        host: new URL(server.issuer).host,
        ...(body === undefined || 'transfer-encoding' in headers
          ? {}
          : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      } as Record<string, string | string[]>,
    });
    sending.once('error', reject);
    sending.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
          cookies: response.headers['set-cookie'] ?? [],
        }),
      );
    });
    sending.end(body);
  });
}

/** Writes bytes to a new connection and reads until the server closes it, or until `until` has arrived. */
export function exchange(
  server: TestServer,
  bytes: string | Buffer,
  until?: RegExp,
): Promise<{ readonly text: string; readonly closed: boolean }> {
  return new Promise((resolve) => {
    let text = '';
    let done = false;
    const socket = connect(portOf(server), '127.0.0.1', () => socket.write(bytes));
    const finish = (closed: boolean): void => {
      if (!done) {
        done = true;
        socket.destroy();
        resolve({ text, closed });
      }
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (until?.test(text) === true) {
        finish(false);
      }
    });
    // A server that rejects the request may close the connection before everything was written.
    socket.on('error', () => finish(true));
    socket.on('close', () => finish(true));
  });
}

export const form = { 'content-type': 'application/x-www-form-urlencoded' } as const;
export const html = { accept: 'text/html' } as const;
