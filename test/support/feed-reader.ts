/** Reads the revocation feed of one instance, as an API does. */
import { createHash } from 'node:crypto';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';

export interface RevocationClaims {
  readonly iss: string;
  readonly iat: number;
  readonly complete: boolean;
  readonly revocations: readonly { readonly hash: string; readonly at: number; readonly exp: number }[];
}

export interface FeedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface FeedStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The data of the events so far. */
  readonly events: readonly string[];
  /** Resolves when this is true of the events. Rejects when the stream ends before. */
  until(condition: (events: readonly string[]) => boolean): Promise<void>;
  readonly ended: Promise<void>;
  readonly message: IncomingMessage;
  close(): void;
}

/** base64url(SHA-256(subject)). */
export function hashOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url');
}

interface Where {
  /** The port of the instance. */
  readonly port: number;
  readonly issuer: string;
}

async function request({ port, issuer }: Where, headers: Readonly<Record<string, string>>, method = 'GET') {
  const { host } = new URL(issuer);
  const sent = get({
    host: '127.0.0.1',
    port,
    path: '/revocations',
    method,
    agent: false,
    headers: { host, ...headers },
  });
  const [message] = (await once(sent, 'response')) as [IncomingMessage];
  message.setEncoding('utf8');
  return { sent, message };
}

export async function readFeed(
  where: Where,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<FeedAnswer> {
  const { message } = await request(where, headers, method);
  let text = '';
  for await (const chunk of message) {
    text += String(chunk);
  }
  return { status: message.statusCode ?? 0, headers: message.headers, text };
}

export async function openFeed(where: Where, headers: Readonly<Record<string, string>> = {}): Promise<FeedStream> {
  const { sent, message } = await request(where, { accept: 'text/event-stream', ...headers });
  const events: string[] = [];
  const waiting = new Set<() => void>();
  let text = '';
  message.on('data', (chunk: string) => {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    events.push(...parts.flatMap((part) => /^data: (.*)$/m.exec(part)?.[1] ?? []));
    for (const check of waiting) {
      check();
    }
  });
  const ended = new Promise<void>((resolve) => {
    message.once('close', resolve);
  });
  sent.on('error', () => undefined);
  message.on('error', () => undefined);
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    events,
    until: (condition) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (condition(events)) {
            waiting.delete(check);
            resolve();
          }
        };
        waiting.add(check);
        check();
        void ended.then(() => reject(new Error('the stream ended')));
      }),
    ended,
    message,
    close: () => sent.destroy(),
  };
}

/** Verifies a document by the published keys. */
export async function verifyFeed(issuer: string, jws: string): Promise<RevocationClaims> {
  const keys = (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet;
  const { payload, protectedHeader } = await jwtVerify(jws, createLocalJWKSet(keys), {
    issuer,
    typ: 'revocations+jwt',
    algorithms: ['ES256'],
  });
  if (protectedHeader.kid === undefined) {
    throw new Error('the document names no key');
  }
  return payload as unknown as RevocationClaims;
}
