/**
 * Another identity provider for tests: the protocol engine alone, without this server's code. Whoever comes is signed
 * in as `person`, without a page, and has agreed to everything.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { Provider } from 'oidc-provider';

export interface Person {
  readonly sub: string;
  readonly [claim: string]: unknown;
}

export interface OpenidProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: string;
  /** Who signs in next. */
  person: Person;
  /** Seconds since the epoch: when the person signed in. Undefined: now. */
  signedInAt: number | undefined;
  /** The `amr` and `acr` of the sign-in. */
  amr: readonly string[] | undefined;
  acr: string | undefined;
  /** The latest authorization request. */
  lastRequest: URLSearchParams;
  /** Follows an authorization request to the redirect back, in a new browser. */
  visit(address: string): Promise<string>;
  /** Signs a JWT with the key of the provider, or, under the id of that key, with another one. */
  sign(claims: JWTPayload, header?: { readonly typ?: string }, key?: CryptoKey): Promise<string>;
  /** Ends the session of the person, with a logout token to the client. */
  signOut(): Promise<void>;
  /** Stops answering, or answers again. */
  close(): Promise<void>;
}

export async function startOpenidProvider(options: {
  readonly redirectUri: string;
  readonly backchannelLogoutUri?: string;
  readonly postLogoutRedirectUri?: string;
}): Promise<OpenidProvider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const server: Server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, secret] = ['gatehouse', 'a-secret-of-the-tests'];
  let cookies = new Map<string, string>();

  const state: Pick<OpenidProvider, 'person' | 'signedInAt' | 'amr' | 'acr' | 'lastRequest'> = {
    person: { sub: 'person-1' },
    signedInAt: undefined,
    amr: undefined,
    acr: undefined,
    lastRequest: new URLSearchParams(),
  };

  const provider = new Provider(issuer, {
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: clientId,
        client_secret: secret,
        redirect_uris: [options.redirectUri],
        id_token_signed_response_alg: 'ES256',
        backchannel_logout_session_required: true,
        ...(options.backchannelLogoutUri === undefined ? {} : { backchannel_logout_uri: options.backchannelLogoutUri }),
        ...(options.postLogoutRedirectUri === undefined
          ? {}
          : { post_logout_redirect_uris: [options.postLogoutRedirectUri] }),
      },
    ],
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    cookies: { keys: ['the-key-of-the-tests'] },
    claims: {
      openid: ['sub', 'amr', 'acr'],
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'groups', 'roles'],
    },
    // The engine's own calls no loopback address.
    fetch: (url, init) => fetch(url, { ...init, dispatcher: undefined } as unknown as RequestInit),
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ ...state.person, sub: accountId }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  });

  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    if (!url.pathname.startsWith('/interaction/')) {
      if (url.pathname === '/auth') {
        state.lastRequest = url.searchParams;
      }
      void provider.callback()(request, response);
      return;
    }
    void (async () => {
      const { params, grantId } = await provider.interactionDetails(request, response);
      const grant =
        (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
        new provider.Grant({ accountId: state.person.sub, clientId: String(params['client_id']) });
      grant.addOIDCScope(String(params['scope']));
      await provider.interactionFinished(request, response, {
        login: {
          accountId: state.person.sub,
          ...(state.signedInAt === undefined ? {} : { ts: state.signedInAt }),
          ...(state.amr === undefined ? {} : { amr: [...state.amr] }),
          ...(state.acr === undefined ? {} : { acr: state.acr }),
        },
        consent: { grantId: await grant.save() },
      });
    })();
  });

  async function get(address: string): Promise<Response> {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  }

  return Object.assign(state, {
    issuer,
    clientId,
    secret,
    visit: async (address: string) => {
      cookies = new Map();
      let next = address;
      for (let hop = 0; hop < 10 && new URL(next).origin === issuer; hop += 1) {
        const response = await get(next);
        const location = response.headers.get('location');
        if (location === null) {
          throw new Error(`the provider shows a page: ${response.status} ${(await response.text()).slice(0, 500)}`);
        }
        next = new URL(location, next).href;
      }
      return next;
    },
    sign: (claims: JWTPayload, header: { readonly typ?: string } = {}, key: CryptoKey = privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, ...header }).sign(key),
    signOut: async () => {
      const page = await (await get(`${issuer}/session/end`)).text();
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
      await fetch(`${issuer}/session/end/confirm`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        },
        body: new URLSearchParams({ xsrf, logout: 'yes' }).toString(),
      });
      cookies = new Map();
    },
    close: async () => {
      if (server.listening) {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      }
    },
  });
}
