/**
 * Maps a stored client to the engine's metadata (names of RFC 7591 §2), and reads our own metadata of an engine client.
 */
import type { Client, ClientMetadata } from 'oidc-provider';
import type { ClientDocument, ClientSecret, ClientType, PkcePolicy, TokenExchange } from '../storage/collections.ts';
import { pkcePolicyOf } from '../services/clients/client-leniencies.ts';
import type { ViewContext } from '../views.ts';

/** Names of our own metadata, which the engine only passes through. */
export const ownMetadata = [
  'gatehouse_type',
  'gatehouse_apis',
  'gatehouse_secret_digests',
  'gatehouse_origins',
  'gatehouse_first_party',
  'gatehouse_pkce',
  'gatehouse_default_api',
  'gatehouse_assertion_audience',
  'gatehouse_exchanges',
  'gatehouse_refresh_retry_window',
  'gatehouse_access_token_lifetime',
  'gatehouse_challenge_endpoint',
  'gatehouse_fixed_claims',
  'gatehouse_required_scopes',
  'gatehouse_groups',
] as const;

/**
 * A placeholder, since the engine requires a secret. Ours are stored as digests and compared in
 * client-authentication.ts.
 */
const secretPlaceholder = 'only-digests-are-stored';

function isValid({ expiresAt }: ClientSecret, now: Date): boolean {
  return expiresAt === undefined || expiresAt > now;
}

/** Identifies what {@link toEngineMetadata} returns: the same until the client changes or a secret expires. */
export function metadataKey({ _id, revision, updatedAt, secrets }: ClientDocument, now: Date): string {
  const validSecrets = secrets.filter((secret) => isValid(secret, now)).map(({ id }) => id);
  return [_id, revision, updatedAt.getTime(), ...validSecrets].join(' ');
}

function hasPrivateScheme({ redirectUris, postLogoutRedirectUris }: ClientDocument): boolean {
  return [...redirectUris, ...postLogoutRedirectUris].some((uri) => !/^https?:/i.test(uri));
}

/** Maps a client to the engine's metadata, without secrets that have expired. */
export function toEngineMetadata(client: ClientDocument, now: Date): ClientMetadata {
  const usesSecret = client.authMethod === 'client_secret_basic' || client.authMethod === 'client_secret_post';
  return {
    client_id: client._id,
    client_name: client.name,
    // The engine lets only native apps have private schemes. What else it does to them is undone in
    // redirect-uris.ts and interaction-policy.ts.
    application_type: client.type === 'native' || hasPrivateScheme(client) ? 'native' : 'web',
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    grant_types: [...client.grantTypes],
    token_endpoint_auth_method: client.authMethod,
    ...(usesSecret ? { client_secret: secretPlaceholder } : {}),
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
    gatehouse_secret_digests: client.secrets.filter((secret) => isValid(secret, now)).map((secret) => secret.digest),
    gatehouse_origins: originsOf(client),
    gatehouse_first_party: client.firstParty,
    gatehouse_pkce: pkcePolicyOf(client),
    gatehouse_assertion_audience: client.assertionAudience ?? 'issuer',
    gatehouse_challenge_endpoint: client.challengeEndpoint === true,
    gatehouse_exchanges: client.mayExchange ?? [],
    gatehouse_fixed_claims: client.claims ?? [],
    gatehouse_required_scopes: client.requiredScopes ?? [],
    ...(client.groups === undefined ? {} : { gatehouse_groups: [...client.groups] }),
    ...(client.defaultApi === undefined ? {} : { gatehouse_default_api: client.defaultApi }),
    ...(client.accessTokenLifetime === undefined
      ? {}
      : { gatehouse_access_token_lifetime: client.accessTokenLifetime }),
    ...(client.refreshRetryWindow === undefined ? {} : { gatehouse_refresh_retry_window: client.refreshRetryWindow }),
  };
}

/** The origins that may call with CORS as this client: those of its redirect URIs, and its allowed origins. */
function originsOf(client: ClientDocument): string[] {
  const ofRedirects = client.redirectUris.map((uri) => new URL(uri).origin).filter((origin) => origin !== 'null');
  return [...new Set([...ofRedirects, ...client.allowedOrigins])];
}

/**
 * The address of the app for its users: where it begins a sign-in (OpenID Connect Core §4), its site, or else the
 * origin of a redirect URI. For a native app only https redirect URIs count: its loopback port is closed by now, and
 * its own scheme does nothing without a code.
 * @param issuer this server, at which the app begins the sign-in
 * @param position the index of the redirect URI that is tried first
 */
export function siteOf(client: ClientDocument, issuer: string, position = 0): string | undefined {
  const { type, clientUri, initiateLoginUri, redirectUris } = client;
  if (initiateLoginUri !== undefined) {
    const url = new URL(initiateLoginUri);
    url.searchParams.set('iss', issuer);
    return url.href;
  }
  if (clientUri !== undefined) {
    return clientUri;
  }
  const origins = [redirectUris[position], ...redirectUris]
    .flatMap((uri) => (uri === undefined ? [] : [new URL(uri)]))
    .filter(({ protocol }) => protocol === 'https:' || (protocol === 'http:' && type !== 'native'));
  return origins[0] === undefined ? undefined : `${origins[0].origin}/`;
}

/** The branding of a client on pages: its name, and its registered logo, colour and links. */
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

/** Identifiers of the APIs that the client may request tokens for. */
export function apisOf(client: Client): readonly string[] {
  return strings(client['gatehouse_apis']);
}

export function secretDigestsOf(client: Client): readonly string[] {
  return strings(client['gatehouse_secret_digests']);
}

export function allowedOriginsOf(client: Client): readonly string[] {
  return strings(client['gatehouse_origins']);
}

/** When the client must send a PKCE challenge. The account page's client has no setting and always must. */
export function pkcePolicyOfClient(client: Client): PkcePolicy {
  const policy = client['gatehouse_pkce'];
  return policy === 'or-nonce' || policy === 'optional' ? policy : 'required';
}

/** The API that is meant where a request names none. */
export function defaultApiOf(client: Client): string | undefined {
  const identifier = client['gatehouse_default_api'];
  return typeof identifier === 'string' ? identifier : undefined;
}

/** Seconds that the client's access tokens live at most. Infinity if it has no limit of its own. */
export function accessTokenLifetimeOf(client: Client): number {
  const seconds = client['gatehouse_access_token_lifetime'];
  return typeof seconds === 'number' ? seconds : Infinity;
}

/** Seconds in which the client may repeat a refresh, if it has a time of its own. */
export function refreshRetryWindowOf(client: Client): number | undefined {
  const seconds = client['gatehouse_refresh_retry_window'];
  return typeof seconds === 'number' ? seconds : undefined;
}

/** Whether the client's assertions may name the token endpoint as audience. */
export function mayNameTokenEndpoint(client: Client): boolean {
  return client['gatehouse_assertion_audience'] === 'token-endpoint';
}

/** Which tokens the client may exchange for which others. */
export function exchangesOf(client: Client): readonly TokenExchange[] {
  const rules = client['gatehouse_exchanges'];
  return Array.isArray(rules) ? (rules as readonly TokenExchange[]) : [];
}

/** The claims that the operator gave to the client's own tokens. */
export function fixedClaimsOf(client: Client): Readonly<Record<string, string>> {
  const claims = client['gatehouse_fixed_claims'] as ClientDocument['claims'];
  return Object.fromEntries((claims ?? []).map(({ name, value }) => [name, value]));
}

/** The scopes without which the client does not work: the user allows them, or refuses the whole request. */
export function requiredScopesOf(client: Client): readonly string[] {
  return strings(client['gatehouse_required_scopes']);
}

/** The groups whose members may use the client. Undefined: every user may. */
export function groupsOfClient(client: Client): readonly string[] | undefined {
  return client['gatehouse_groups'] === undefined ? undefined : strings(client['gatehouse_groups']);
}

/** Whether the client may sign users in without a browser. */
export function mayUseChallenge(client: Client): boolean {
  return isFirstParty(client) && client['gatehouse_challenge_endpoint'] === true;
}

export function isFirstParty(client: Client): boolean {
  return client['gatehouse_first_party'] === true;
}
