/** A back-channel logout endpoint of an app (OpenID Connect Back-Channel Logout §2.8): keeps each logout token. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface LogoutReceiver {
  readonly uri: string;
  /** The received logout tokens, in order. */
  readonly tokens: readonly string[];
  /** The status of each answer; 200 by default. */
  status: number;
  /** Awaited before each answer. */
  beforeAnswer: () => Promise<void>;
  /** Resolves with the next token. */
  next(): Promise<string>;
  close(): Promise<void>;
}

export async function startLogoutReceiver(): Promise<LogoutReceiver> {
  const tokens: string[] = [];
  let waiting: ((token: string) => void)[] = [];
  const receiver: Pick<LogoutReceiver, 'status' | 'beforeAnswer'> = { status: 200, beforeAnswer: async () => {} };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    async function answer(): Promise<void> {
      await receiver.beforeAnswer();
      response.statusCode = receiver.status;
      response.end();
      const token = new URLSearchParams(body).get('logout_token') ?? '';
      if (receiver.status === 200) {
        tokens.push(token);
        waiting.forEach((resolve) => resolve(token));
        waiting = [];
      }
    }
    request.on('end', () => void answer());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(receiver, {
    uri: `http://127.0.0.1:${port}/backchannel-logout`,
    tokens,
    next: () =>
      new Promise<string>((resolve) => {
        waiting.push(resolve);
      }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}
