/**
 * Serves the redirect URI of an app in these tests: accepts any request and records it. In a popup or a frame, the page
 * gives its address to the page that opened it, as libraries for browser apps do.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Arrival {
  readonly method: string;
  readonly url: URL;
  /** From the form if the request is a POST, else from the query. */
  readonly parameters: URLSearchParams;
}

export interface Landing {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  close(): Promise<void>;
}

export async function startLanding(): Promise<Landing> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
      const method = request.method ?? '';
      if (url.pathname === '/favicon.ico') {
        response.writeHead(204).end();
        return;
      }
      if (url.pathname === '/reply.js') {
        response
          .writeHead(200, { 'content-type': 'text/javascript' })
          .end('(window.opener ?? window.parent).postMessage({ landed: location.href }, location.origin);');
        return;
      }
      arrivals.push({ method, url, parameters: method === 'POST' ? new URLSearchParams(body) : url.searchParams });
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(
          '<!doctype html><html lang="en"><title>Landed</title><h1>Landed</h1><script src="/reply.js"></script></html>',
        );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    arrivals,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
