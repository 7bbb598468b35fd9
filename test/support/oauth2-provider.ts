/**
 * An OAuth 2 server of the tests' own, in the form of GitHub: no ID token, a numeric user id, and the addresses of the
 * user at an endpoint of their own. It checks PKCE, the secret and that a code is used once.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Oauth2Provider {
  readonly origin: string;
  readonly clientId: string;
  readonly secret: string;
  user: Readonly<Record<string, unknown>>;
  emails: readonly { readonly email: string; readonly primary: boolean; readonly verified: boolean }[];
  /** Further members of the authorization response. */
  answer: Readonly<Record<string, string>>;
  /** Replaces the answer of the token endpoint. */
  tokenAnswer: ((response: ServerResponse) => void) | undefined;
  /** Awaited before each answer. */
  beforeAnswer: () => Promise<unknown>;
  /** Requests to the token endpoint. */
  readonly redeemed: URLSearchParams[];
  /** The authorization request's redirect back. */
  visit(address: string): string;
  close(): Promise<void>;
}

export async function startOauth2Provider(): Promise<Oauth2Provider> {
  const [clientId, secret] = ['Iv1.gatehouse', 'a-secret-of-the-tests'];
  const codes = new Map<string, { readonly challenge: string; readonly redirectUri: string }>();
  const tokens = new Set<string>();
  const state: Pick<Oauth2Provider, 'user' | 'emails' | 'answer' | 'tokenAnswer' | 'beforeAnswer' | 'redeemed'> = {
    user: { id: 4711, login: 'ada', name: 'Ada Lovelace', avatar_url: 'https://avatars.example/ada.png' },
    emails: [{ email: 'ada@example.com', primary: true, verified: true }],
    answer: {},
    tokenAnswer: undefined,
    beforeAnswer: async () => {},
    redeemed: [],
  };

  function json(response: ServerResponse, body: unknown, status = 200): void {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  async function redeem(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    state.redeemed.push(form);
    if (state.tokenAnswer !== undefined) {
      state.tokenAnswer(response);
      return;
    }
    const issued = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    if (form.get('client_id') !== clientId || form.get('client_secret') !== secret) {
      // GitHub answers errors with 200.
      json(response, { error: 'incorrect_client_credentials' });
      return;
    }
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (issued?.challenge !== challenge || issued.redirectUri !== form.get('redirect_uri')) {
      json(response, { error: 'bad_verification_code' });
      return;
    }
    const token = randomBytes(16).toString('hex');
    tokens.add(token);
    json(response, { access_token: token, token_type: 'bearer', scope: 'read:user' });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await state.beforeAnswer();
    const { pathname } = new URL(request.url ?? '/', 'http://provider');
    if (pathname === '/token' && request.method === 'POST') {
      await redeem(request, response);
    } else if (!tokens.has((request.headers.authorization ?? '').replace(/^Bearer /i, ''))) {
      json(response, { message: 'Bad credentials' }, 401);
    } else {
      json(response, pathname === '/emails' ? state.emails : state.user);
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return Object.assign(state, {
    origin,
    clientId,
    secret,
    visit: (address: string) => {
      const { searchParams: asked } = new URL(address);
      const code = randomBytes(16).toString('hex');
      const redirectUri = asked.get('redirect_uri') ?? '';
      codes.set(code, { challenge: asked.get('code_challenge') ?? '', redirectUri });
      const back = new URL(redirectUri);
      back.search = new URLSearchParams({ code, state: asked.get('state') ?? '', ...state.answer }).toString();
      return back.href;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}
