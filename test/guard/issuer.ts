/**
 * An authorization server for tests of the guard, with real keys: the test chooses its tokens, its answers and its
 * failures, and counts the requests. What the real server does is tested in matrix.test.ts.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Revocation } from '../../src/guard/revocation-list.ts';

export const audience = 'https://photos.example/api';

export interface IssuerOptions {
  /** False for an issuer that publishes no feed. */
  readonly feed?: boolean;
  /** The path of the issuer, such as `/tenant`. */
  readonly path?: string;
  /** Where the metadata is: by default at both addresses. */
  readonly metadata?: 'openid' | 'oauth';
  /** False for a feed whose first message does not say that it has everything. */
  readonly complete?: boolean;
  /** What is published instead of the key set. */
  readonly jwks?: object;
  /** Changes of the published metadata. */
  readonly published?: Readonly<Record<string, unknown>>;
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

export async function startIssuer(options: IssuerOptions = {}) {
  const keys = new Map<string, { readonly privateKey: CryptoKey; readonly jwk: JWK }>();
  const requests: string[] = [];
  const introspected: { readonly headers: IncomingMessage['headers']; readonly body: URLSearchParams }[] = [];
  const listeners = new Set<ServerResponse>();
  const revocations: Revocation[] = [];
  const answers = new Map<string, object>();
  let failing: readonly string[] = [];
  let hanging: readonly string[] = [];
  let isSilent = false;
  let notModified = 0;
  let isAlwaysNotModified = false;
  let beforeNotModified = (): void => {};

  async function addKey(kid: string, alg = 'ES256', publish = true): Promise<CryptoKey> {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
    if (publish) {
      keys.set(kid, { privateKey, jwk });
    }
    return privateKey;
  }
  const mainKey = await addKey('main');

  function sign(
    payload: Record<string, unknown>,
    header: Record<string, unknown> = {},
    key = mainKey,
  ): Promise<string> {
    return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'main', typ: 'at+jwt', ...header }).sign(key);
  }

  function message(entries: readonly Revocation[], complete: boolean, changes: Record<string, unknown> = {}) {
    const payload = { iss: issuer, iat: seconds(), revocations: entries, complete, ...changes };
    return sign(payload, { typ: 'revocations+jwt' });
  }

  async function answerFeed(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.accept !== 'text/event-stream') {
      const etag = `"${revocations.length}"`;
      const isKnown = isAlwaysNotModified || request.headers['if-none-match'] === etag;
      if (isKnown) {
        notModified += 1;
        beforeNotModified();
      }
      response.writeHead(isKnown ? 304 : 200, { etag, 'content-type': 'application/jwt' });
      response.end(isKnown ? '' : await message(revocations, true));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${await message(revocations, options.complete !== false)}\n\n`);
    listeners.add(response);
    response.once('close', () => listeners.delete(response));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requests.push(pathname);
    if (failing.some((prefix) => pathname.startsWith(prefix))) {
      response.writeHead(503).end();
      return;
    }
    if (hanging.some((prefix) => pathname.startsWith(prefix))) {
      return;
    }
    if (pathname === '/revocations') {
      await answerFeed(request, response);
      return;
    }
    const json = async (): Promise<object | undefined> => {
      if (metadataPaths.includes(pathname)) {
        return {
          issuer,
          jwks_uri: `${origin}/jwks`,
          introspection_endpoint: `${origin}/introspect`,
          ...(options.feed === false ? {} : { revocation_feed: `${origin}/revocations` }),
          ...options.published,
        };
      }
      if (pathname === '/jwks') {
        return options.jwks ?? { keys: [...keys.values()].map(({ jwk }) => jwk) };
      }
      if (pathname === '/introspect') {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
          chunks.push(Buffer.from(chunk));
        }
        const body = new URLSearchParams(Buffer.concat(chunks).toString());
        introspected.push({ headers: request.headers, body });
        return answers.get(body.get('token') ?? '') ?? { active: false };
      }
      return undefined;
    };
    const body = await json();
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  const path = options.path ?? '';
  const issuer = origin + path;
  const metadataPaths = [
    ...(options.metadata === 'oauth' ? [] : [`${path}/.well-known/openid-configuration`]),
    ...(options.metadata === 'openid' ? [] : [`/.well-known/oauth-authorization-server${path}`]),
  ];

  function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const now = seconds();
    const all = {
      iss: issuer,
      aud: audience,
      sub: 'ada',
      client_id: 'prints',
      scope: 'photos:read',
      jti: randomUUID(),
      iat: now,
      exp: now + 300,
      ...changes,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  }

  async function send(text: string): Promise<void> {
    for (const listener of isSilent ? [] : listeners) {
      listener.write(text);
    }
  }

  return {
    issuer,
    mainKey,
    claims,
    sign,
    addKey,
    message,
    /** The requests for introspection, with their bodies. */
    introspected,
    /** The connections to the feed that are open. */
    listeners,
    /** How often the feed was asked for what the caller had already. */
    countNotModified: (): number => notModified,
    /**
     * From now on, every question to the feed gets 304, which is not signed.
     * @param before called before each of these answers
     */
    claimNotModified: (before = (): void => {}): void => {
      isAlwaysNotModified = true;
      beforeNotModified = before;
    },
    /** How often a path was requested. */
    count: (pathname: string): number => requests.filter((requested) => requested === pathname).length,
    token: (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key?: CryptoKey) =>
      sign(claims(changes), header, key),
    /** Introspection answers this for a token; undefined: not active. */
    describe: (token: string, description: object | undefined): void => {
      if (description === undefined) {
        answers.delete(token);
      } else {
        answers.set(token, description);
      }
    },
    /** From now on, requests for paths with these prefixes get 503; with none, all are answered again. */
    fail: (...prefixes: readonly string[]): void => {
      failing = prefixes;
    },
    /** From now on, new requests for paths with these prefixes get no answer; with none, all are answered. */
    hang: (...prefixes: readonly string[]): void => {
      hanging = prefixes;
    },
    /** Ends the connections to the feed. */
    disconnect: (): void => {
      for (const listener of listeners) {
        listener.destroy();
      }
    },
    /** From now on, listeners of the feed receive nothing, while the connection stays open. */
    fallSilent: (silent = true): void => {
      isSilent = silent;
    },
    /** Puts an entry into the feed. @param subject for example `grant:ID` */
    revoke: async (subject: string, at = seconds()): Promise<void> => {
      const entry = { hash: createHash('sha256').update(subject).digest('base64url'), at, exp: at + 660 };
      revocations.push(entry);
      await send(`data: ${await message([entry], false)}\n\n`);
    },
    /** Sends an event as it is. */
    send: (data: string): Promise<void> => send(`data: ${data}\n\n`),
    close: async (): Promise<void> => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;
