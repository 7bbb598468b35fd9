/**
 * Another identity provider for tests that does what Apple does: it answers by a form that the browser posts
 * (`response_mode=form_post`), and accepts only a client secret that is a signed JWT. Whoever comes is signed in as
 * `person`, after the button of its page.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID, type KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWTPayload, type ProtectedHeaderParameters } from 'jose';

export interface AppleProvider {
  readonly issuer: string;
  /** The claims of the ID token. */
  person: { readonly sub: string; readonly [claim: string]: unknown };
  /** The client secret of each token request that was accepted. */
  readonly secrets: readonly { readonly header: ProtectedHeaderParameters; readonly claims: JWTPayload }[];
  /** The latest authorization request. */
  lastRequest: URLSearchParams;
  close(): Promise<void>;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** @param options.publicKey of the client secrets. @param options.teamId their issuer */
export async function startAppleProvider(options: {
  readonly clientId: string;
  readonly teamId: string;
  readonly keyId: string;
  readonly publicKey: KeyObject;
}): Promise<AppleProvider> {
  const { clientId, teamId, keyId, publicKey } = options;
  const { privateKey, publicKey: ownKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(ownKey)), kid: 'apple', alg: 'RS256', use: 'sig' };
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const codes = new Map<string, URLSearchParams>();
  const secrets: { header: ProtectedHeaderParameters; claims: JWTPayload }[] = [];
  const state = { person: { sub: '001.abc' } as AppleProvider['person'], lastRequest: new URLSearchParams() };

  function answerForm(request: URLSearchParams): string {
    const code = randomUUID();
    codes.set(code, request);
    const fields = { code, state: request.get('state') ?? '' };
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`,
    );
    const action = escape(request.get('redirect_uri') ?? '');
    return `<!doctype html><title>Apple</title><form method="post" action="${action}">${inputs.join('')}<button>Continue</button></form>`;
  }

  async function redeem(form: URLSearchParams): Promise<object> {
    const secret = form.get('client_secret') ?? '';
    const { payload: claims, protectedHeader: header } = await jwtVerify(secret, publicKey, {
      algorithms: ['ES256'],
      issuer: teamId,
      subject: clientId,
      audience: issuer,
      requiredClaims: ['iat', 'exp'],
      // Apple rejects one that is valid for more than six months.
      maxTokenAge: '180d',
    });
    const request = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    if (header.kid !== keyId || form.get('client_id') !== clientId || request === undefined) {
      throw new Error('the request is not right');
    }
    secrets.push({ header, claims });
    const idToken = await new SignJWT({ ...state.person, nonce: request.get('nonce') ?? '' })
      .setProtectedHeader({ alg: 'RS256', kid: jwk.kid })
      .setIssuer(issuer)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey);
    return { access_token: randomUUID(), token_type: 'Bearer', expires_in: 3600, id_token: idToken };
  }

  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    const json = (body: object, status = 200): void => send(status, 'application/json', JSON.stringify(body));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        // As Apple's: without userinfo.
        return json({
          issuer,
          authorization_endpoint: `${issuer}/auth/authorize`,
          token_endpoint: `${issuer}/auth/token`,
          jwks_uri: `${issuer}/auth/keys`,
          response_types_supported: ['code'],
          response_modes_supported: ['query', 'fragment', 'form_post'],
          subject_types_supported: ['pairwise'],
          id_token_signing_alg_values_supported: ['RS256'],
          token_endpoint_auth_methods_supported: ['client_secret_post'],
        });
      case '/auth/keys':
        return json({ keys: [jwk] });
      case '/auth/authorize':
        state.lastRequest = url.searchParams;
        return send(200, 'text/html; charset=utf-8', answerForm(url.searchParams));
      case '/auth/token':
        void (async () => {
          const chunks: Buffer[] = await request.toArray();
          try {
            json(await redeem(new URLSearchParams(Buffer.concat(chunks).toString())));
          } catch {
            json({ error: 'invalid_client' }, 400);
          }
        })();
        return undefined;
      default:
        return send(404, 'text/plain', 'not found');
    }
  });

  return Object.assign(state, {
    issuer,
    secrets,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}
