/** Serves the files of Calendar. The app runs in the browser, and this server never sees a token. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

export interface CalendarOptions {
  readonly issuer: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly clientId: string;
}

const fileUrl = (name: string) => new URL(`public/${name}`, import.meta.url);

/** @returns the address of the app, and a function that stops it */
export async function start({
  issuer,
  port,
  clientId,
}: CalendarOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const files = new Map<string, { readonly type: string; readonly body: Buffer | string }>([
    ['/', { type: 'text/html; charset=utf-8', body: await readFile(fileUrl('index.html')) }],
    ['/style.css', { type: 'text/css', body: await readFile(fileUrl('style.css')) }],
    ['/welcome.svg', { type: 'image/svg+xml', body: await readFile(fileUrl('welcome.svg')) }],
    ['/icon.svg', { type: 'image/svg+xml', body: await readFile(fileUrl('icon.svg')) }],
    ['/app.js', { type: 'text/javascript', body: await readFile(fileUrl('app.js')) }],
    ['/sign-in.js', { type: 'text/javascript', body: await readFile(fileUrl('sign-in.js')) }],
    ['/week.js', { type: 'text/javascript', body: await readFile(fileUrl('week.js')) }],
    // The library is one ES module without dependencies.
    [
      '/oauth4webapi.js',
      { type: 'text/javascript', body: await readFile(fileURLToPath(import.meta.resolve('oauth4webapi'))) },
    ],
    ['/settings.json', { type: 'application/json', body: JSON.stringify({ issuer, clientId }) }],
  ]);
  const headers = {
    // The page may connect to the authorization server only, and runs only files of this server.
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ${new URL(issuer).origin}`,
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  };

  const server = createServer((request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const file = files.get(path);
    if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404, { ...headers, 'Content-Type': 'text/plain' }).end('Not found\n');
      return;
    }
    response
      .writeHead(200, { ...headers, 'Content-Type': file.type })
      .end(request.method === 'HEAD' ? undefined : file.body);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
