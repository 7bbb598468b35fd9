/**
 * A small HTTP/1.1 client for scripted flows: persistent connections, separate cookies for each client, no automatic
 * redirects.
 */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { issuer } from './setup.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpClient {
  /** @param path with its query, or an absolute URL of the issuer */
  send(path: string, options?: { readonly form?: string; readonly authorization?: string }): Promise<Answer>;
  /** Forgets the cookies. */
  forget(): void;
  close(): void;
}

/** The headers of a proxy that terminates TLS for the issuer. */
export const proxyHeaders = {
  host: new URL(issuer).host,
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '127.0.0.1',
} as const;

function pathOf(location: string): string {
  if (!location.startsWith('http')) {
    return location;
  }
  const { pathname, search } = new URL(location);
  return pathname + search;
}

/** @param address the address that the proxy reports */
export function openHttpClient(port: number, address = '127.0.0.1'): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let cookies = new Map<string, string>();

  function storeCookies(lines: readonly string[]): void {
    for (const line of lines) {
      const pair = line.split(';', 1)[0] ?? '';
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '') {
        cookies.delete(name);
      } else {
        cookies.set(name, value);
      }
    }
  }

  return {
    send: (path, { form, authorization } = {}) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            agent,
            port,
            host: '127.0.0.1',
            path: pathOf(path),
            method: form === undefined ? 'GET' : 'POST',
            headers: {
              ...proxyHeaders,
              // Of a browser: errors are pages.
              accept: 'text/html,application/json;q=0.9',
              'x-forwarded-for': address,
              ...(cookies.size === 0
                ? {}
                : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
              ...(authorization === undefined ? {} : { authorization }),
              ...(form === undefined
                ? {}
                : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form) }),
            },
          },
          (response) => {
            let body = '';
            response
              .setEncoding('utf8')
              .on('data', (chunk: string) => {
                body += chunk;
              })
              .on('error', reject)
              .on('end', () => {
                storeCookies(response.headers['set-cookie'] ?? []);
                resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
              });
          },
        );
        outgoing.on('error', reject).end(form);
      }),
    forget: () => {
      cookies = new Map();
    },
    close: () => agent.destroy(),
  };
}
