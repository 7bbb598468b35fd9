/**
 * Sends requests of the test server's own to itself. It does not use `fetch`, because tests replace that to play other
 * servers.
 */
import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookies: readonly string[];
  readonly body: string;
}

export interface HttpClient {
  /** @param form sent as a POST, form-encoded */
  send(
    url: string,
    options?: { readonly form?: Readonly<Record<string, string>>; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Reply>;
  close(): void;
}

export function createHttpClient(): HttpClient {
  const agent = new Agent({ keepAlive: true });
  return {
    send: (url, { form, headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const content = form === undefined ? undefined : new URLSearchParams(form).toString();
        const type = content === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
        const sent = request(
          url,
          { agent, method: content === undefined ? 'GET' : 'POST', headers: { ...type, ...headers } },
          (response) => {
            let body = '';
            response.setEncoding('utf8');
            response.on('data', (chunk: string) => {
              body += chunk;
            });
            response.once('error', reject);
            response.once('end', () =>
              resolve({
                status: response.statusCode ?? 0,
                location: response.headers.location,
                cookies: response.headers['set-cookie'] ?? [],
                body,
              }),
            );
          },
        );
        sent.once('error', reject);
        sent.end(content);
      }),
    close: () => agent.destroy(),
  };
}
