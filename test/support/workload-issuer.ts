/** An issuer of workload identities for tests: discovery and a JWK Set over HTTP on loopback, with keys that rotate. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTHeaderParameters, type JWTPayload } from 'jose';

export interface WorkloadIssuer {
  readonly issuer: string;
  /** The number of requests for the JWK Set. */
  fetches(): number;
  /** Signs with the newest key. */
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** Replaces the key. */
  rotate(): Promise<void>;
  /** Answers with this status from now on; 200 again to answer. */
  answerWith(status: number): void;
  /** Replaces members of the metadata, and headers and content of the JWK Set. */
  change(change: {
    readonly metadata?: object;
    readonly cacheControl?: string;
    readonly keySet?: string;
    readonly location?: string;
  }): void;
  close(): Promise<void>;
}

export async function openWorkloadIssuer(): Promise<WorkloadIssuer> {
  let key: { readonly kid: string; readonly privateKey: Parameters<SignJWT['sign']>[0]; readonly publicJwk: JWK };
  let generation = 0;
  let fetches = 0;
  let status = 200;
  let changed: Parameters<WorkloadIssuer['change']>[0] = {};

  async function rotate(): Promise<void> {
    generation += 1;
    const kid = `key-${generation}`;
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    key = { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
  }

  await rotate();
  const server = createServer((request, response) => {
    const isKeySet = request.url === '/keys';
    fetches += isKeySet ? 1 : 0;
    if (status !== 200) {
      response.writeHead(status, changed.location === undefined ? {} : { location: changed.location }).end();
      return;
    }
    response.setHeader('content-type', 'application/json');
    if (isKeySet && changed.cacheControl !== undefined) {
      response.setHeader('cache-control', changed.cacheControl);
    }
    response.end(
      isKeySet
        ? (changed.keySet ?? JSON.stringify({ keys: [key.publicJwk] }))
        : JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, ...changed.metadata }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    fetches: () => fetches,
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: key.kid, ...header }).sign(key.privateKey),
    rotate,
    answerWith: (next) => {
      status = next;
    },
    change: (next) => {
      changed = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
