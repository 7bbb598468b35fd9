/** A stored client in the engine's words (RFC 7591 §2 names), and what the rest of `oidc` reads off the engine's client. */
import { LRUCache } from 'lru-cache';
import type { Client, ClientMetadata } from 'oidc-provider';
import type { ClientDocument, ClientSecret, ClientType } from '../storage/collections.ts';
import type { ViewContext } from '../views.ts';

/** Names of metadata that the engine carries for us without knowing what they mean. */
export const ownMetadata = [
  'gatehouse_type',
  'gatehouse_apis',
  'gatehouse_secret_digests',
  'gatehouse_origins',
  'gatehouse_first_party',
] as const;

/** Stands where the engine expects a secret: ours are digests, compared in client-authentication.ts. */
const noSecretInClear = 'only-digests-are-stored';

function isLive({ expiresAt }: ClientSecret, now: Date): boolean {
  return expiresAt === undefined || expiresAt > now;
}

/**
 * Makes the function that turns a client into the engine's metadata. The result is kept for each revision of a client,
 * and so is the engine's own client: the engine keeps it by the metadata as JSON, which is the revision here.
 * @returns a function of the client and the present moment: secrets that expired by then are left out
 */
export function createEngineMetadata(): (client: ClientDocument, now: Date) => ClientMetadata {
  const kept = new LRUCache<string, ClientMetadata>({ max: 1000 });
  return (client, now) => {
    const key = [
      client._id,
      client.revision,
      client.updatedAt.getTime(),
      ...client.secrets.filter((secret) => isLive(secret, now)).map(({ id }) => id),
    ].join(' ');
    let metadata = kept.get(key);
    if (metadata === undefined) {
      metadata = Object.defineProperty(toEngineMetadata(client, now), 'toJSON', {
        value: () => key,
        enumerable: false,
      });
      kept.set(key, metadata);
    }
    return metadata;
  };
}

function toEngineMetadata(client: ClientDocument, now: Date): ClientMetadata {
  const usesSecret = client.authMethod === 'client_secret_basic' || client.authMethod === 'client_secret_post';
  return {
    client_id: client._id,
    client_name: client.name,
    application_type: client.type === 'native' ? 'native' : 'web',
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    grant_types: [...client.grantTypes],
    token_endpoint_auth_method: client.authMethod,
    ...(usesSecret ? { client_secret: noSecretInClear } : {}),
    ...(client.jwks === undefined ? {} : { jwks: JSON.parse(client.jwks) as NonNullable<ClientMetadata['jwks']> }),
    id_token_signed_response_alg: client.idTokenAlg,
    ...(client.clientUri === undefined ? {} : { client_uri: client.clientUri }),
    ...(client.policyUri === undefined ? {} : { policy_uri: client.policyUri }),
    ...(client.tosUri === undefined ? {} : { tos_uri: client.tosUri }),
    ...(client.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }),
    gatehouse_type: client.type,
    gatehouse_apis: [...client.apis],
    gatehouse_secret_digests: client.secrets.filter((secret) => isLive(secret, now)).map((secret) => secret.digest),
    gatehouse_origins: originsOf(client),
    gatehouse_first_party: client.firstParty,
  };
}

/** Where a browser may call from on the client's behalf: its redirect URIs' origins, and those it names. */
function originsOf(client: ClientDocument): string[] {
  const ofRedirects = client.redirectUris.map((uri) => new URL(uri).origin).filter((origin) => origin !== 'null');
  return [...new Set([...ofRedirects, ...client.allowedOrigins])];
}

/**
 * Where a person finds the app again: its site, or else the origin of a redirect URI. A native app has none of the latter:
 * its loopback port is closed, and its own scheme opens nothing without an answer.
 * @param position which of the redirect URIs comes first into question
 */
export function siteOf({ type, clientUri, redirectUris }: ClientDocument, position = 0): string | undefined {
  if (clientUri !== undefined) {
    return clientUri;
  }
  const origins = [redirectUris[position], ...redirectUris]
    .flatMap((uri) => (uri === undefined ? [] : [new URL(uri)]))
    .filter(({ protocol }) => protocol === 'https:' || (protocol === 'http:' && type !== 'native'));
  return origins[0] === undefined ? undefined : `${origins[0].origin}/`;
}

/** What pages on a client's behalf show: its name, and the logo, colour and links that it was registered with. */
export function brandingOf(client: ClientDocument): NonNullable<ViewContext['client']> {
  return {
    name: client.name,
    ...(client.logo === undefined ? {} : { logo: client.logo }),
    ...(client.color === undefined ? {} : { color: client.color }),
    ...(client.clientUri === undefined ? {} : { site: client.clientUri }),
    ...(client.policyUri === undefined ? {} : { privacyPolicy: client.policyUri }),
    ...(client.tosUri === undefined ? {} : { terms: client.tosUri }),
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function typeOf(client: Client): ClientType | undefined {
  const type = client['gatehouse_type'];
  return type === 'web' || type === 'browser' || type === 'native' || type === 'machine' ? type : undefined;
}

/** Identifiers of the APIs that the client may ask tokens for. */
export function apisOf(client: Client): readonly string[] {
  return strings(client['gatehouse_apis']);
}

export function secretDigestsOf(client: Client): readonly string[] {
  return strings(client['gatehouse_secret_digests']);
}

export function allowedOriginsOf(client: Client): readonly string[] {
  return strings(client['gatehouse_origins']);
}

export function isFirstParty(client: Client): boolean {
  return client['gatehouse_first_party'] === true;
}
