/** The addresses that the issuer publishes: RFC 8414 and OpenID Connect Discovery. */
import type { Now } from './clock.ts';
import { fetchObject, UnexpectedStatus } from './http.ts';
import { createRemoteDocument, type RemoteDocument } from './remote-document.ts';
import type { Outcomes } from './trouble.ts';

export interface Metadata {
  readonly keys: URL;
  readonly introspection: URL | undefined;
  /** The signed feed of revocations, of issuers that have one. */
  readonly revocationFeed: URL | undefined;
}

/** Milliseconds: addresses change rarely, and are kept through an outage of a day. */
const freshFor = 60 * 60_000;
const keepFor = 25 * 60 * 60_000;
const retryAfter = 1000;

/** OpenID Connect Discovery §4.1 appends to the path of the issuer; RFC 8414 §3.1 inserts before it. */
function addressesOf(issuer: string): readonly URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    new URL(`${origin}${path}/.well-known/openid-configuration`),
    new URL(`${origin}/.well-known/oauth-authorization-server${path}`),
  ];
}

async function fetchMetadata(issuer: string): Promise<Record<string, unknown>> {
  const [first, second] = addressesOf(issuer);
  try {
    return await fetchObject(first as URL);
  } catch (error) {
    if (error instanceof UnexpectedStatus && error.status === 404) {
      return fetchObject(second as URL);
    }
    throw error;
  }
}

/** @throws if the member is no address; an issuer with https has no endpoint without it */
function endpoint(metadata: Record<string, unknown>, name: string, issuer: string): URL | undefined {
  const value = metadata[name];
  if (value === undefined) {
    return undefined;
  }
  const url = new URL(typeof value === 'string' ? value : '');
  if (url.protocol !== 'https:' && url.protocol !== new URL(issuer).protocol) {
    throw new Error(`${name} of ${issuer} is not an https address`);
  }
  return url;
}

/** @throws if the document is that of another issuer, which are compared exactly (RFC 8414 §3.3) */
async function discover(issuer: string): Promise<Metadata> {
  const metadata = await fetchMetadata(issuer);
  if (metadata['issuer'] !== issuer) {
    throw new Error(`the metadata at ${issuer} is that of another issuer`);
  }
  const keys = endpoint(metadata, 'jwks_uri', issuer);
  if (keys === undefined) {
    throw new Error(`${issuer} has no jwks_uri`);
  }
  return {
    keys,
    introspection: endpoint(metadata, 'introspection_endpoint', issuer),
    revocationFeed: endpoint(metadata, 'revocation_feed', issuer),
  };
}

export function createDiscovery(
  options: Outcomes & { readonly issuer: string; readonly now: Now },
): RemoteDocument<Metadata> {
  const { issuer, now, onFailure, onSuccess } = options;
  return createRemoteDocument({
    load: () => discover(issuer),
    freshFor,
    keepFor,
    cooldown: freshFor,
    retryAfter,
    now,
    onFailure,
    onSuccess,
  });
}
