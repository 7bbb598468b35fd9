import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

/** Starts an issuer with real keys. The test chooses the claims and headers of its tokens. */
export async function startIssuer(options: {
  readonly audience: string;
  readonly introspection?: Readonly<Record<string, object>>;
}) {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  // A published key of the issuer, but for another algorithm than the one that the examples accept.
  const otherKeys = await generateKeyPair('ES384');
  const otherJwk = { ...(await exportJWK(otherKeys.publicKey)), kid: 'other-algorithm', use: 'sig' };
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key', alg: 'ES256', use: 'sig' };
  const introspectedBy: string[] = [];
  let broken = false;
  const server: Server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) {
        chunks.push(Buffer.from(chunk));
      }
      const body = Buffer.concat(chunks).toString();
      const answers: Record<string, () => object> = {
        '/.well-known/openid-configuration': () => ({
          issuer,
          jwks_uri: `${issuer}/jwks`,
          introspection_endpoint: `${issuer}/introspection`,
        }),
        '/jwks': () => ({ keys: [jwk, otherJwk] }),
        '/introspection': () => {
          introspectedBy.push(request.headers.authorization ?? '');
          return options.introspection?.[new URLSearchParams(body).get('token') ?? ''] ?? { active: false };
        },
      };
      const answer = answers[request.url ?? ''];
      response.writeHead(broken || answer === undefined ? 503 : 200, { 'content-type': 'application/json' });
      response.end(broken || answer === undefined ? '{}' : JSON.stringify(answer()));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;

  const claims = (changes: Record<string, unknown>) => {
    const now = Math.floor(Date.now() / 1000);
    const all = {
      iss: issuer,
      aud: options.audience,
      sub: 'ada',
      client_id: 'prints',
      scope: 'photos:read',
      jti: 'j',
      iat: now,
      exp: now + 60,
      ...changes,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };
  return {
    issuer,
    /** The `Authorization` headers of the introspection requests. */
    introspectedBy,
    claims,
    otherKey: otherKeys.privateKey,
    /** From now on, every request fails. */
    breakDown: () => {
      broken = true;
    },
    token: (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key: CryptoKey = privateKey) =>
      new SignJWT(claims(changes)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'key', ...header }).sign(key),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
