/**
 * A client as JSON, with the names of client metadata (RFC 7591 §2, OpenID Connect Registration §2, Back-Channel Logout
 * §2.2), and our own names where there is no standard one. Never contains the digest of a secret.
 */
import { toEpochSeconds } from '../clock.ts';
import { lenienciesOf, pkcePolicyOf } from '../services/clients/client-leniencies.ts';
import type { ClientDocument } from '../storage/collections.ts';

/** The secrets of a client that have not expired. */
export function liveSecrets(client: ClientDocument, now: Date): ClientDocument['secrets'] {
  return client.secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
}

/** @param secret the new secret, directly after its creation; it cannot be shown later */
export function presentClient(client: ClientDocument, now: Date, secret?: string): Readonly<Record<string, unknown>> {
  return {
    client_id: client._id,
    // RFC 7591 §3.2.1: 0 means that the secret does not expire.
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    client_id_issued_at: toEpochSeconds(client.createdAt),
    client_name: client.name,
    type: client.type,
    application_type: client.type === 'native' ? 'native' : 'web',
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    ...(client.backchannelLogoutUri === undefined ? {} : { backchannel_logout_uri: client.backchannelLogoutUri }),
    token_endpoint_auth_method: client.authMethod,
    grant_types: client.grantTypes,
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    ...(client.jwks === undefined ? {} : { jwks: JSON.parse(client.jwks) as unknown }),
    id_token_signed_response_alg: client.idTokenAlg,
    ...(client.grantTypes.includes('authorization_code') ? { pkce: pkcePolicyOf(client) } : {}),
    apis: client.apis,
    ...(client.defaultApi === undefined ? {} : { default_api: client.defaultApi }),
    ...(client.refreshRetryWindow === undefined ? {} : { refresh_retry_window: client.refreshRetryWindow }),
    ...(client.accessTokenLifetime === undefined ? {} : { access_token_lifetime: client.accessTokenLifetime }),
    ...(client.refreshIdle === undefined ? {} : { refresh_idle: client.refreshIdle }),
    ...(client.refreshAbsolute === undefined ? {} : { refresh_absolute: client.refreshAbsolute }),
    token_exchange: (client.mayExchange ?? []).map(({ from, to, scopes }) => ({ from, to, scopes })),
    claims: (client.claims ?? []).map(({ name, value }) => ({ name, value })),
    allowed_origins: client.allowedOrigins,
    required_scopes: client.requiredScopes ?? [],
    groups: client.groups ?? [],
    first_party: client.firstParty,
    leniencies: lenienciesOf(client).map(({ name, meaning }) => ({ name, meaning })),
    ...(client.logo === undefined ? {} : { logo_uri: client.logo }),
    ...(client.color === undefined ? {} : { color: client.color }),
    ...(client.clientUri === undefined ? {} : { client_uri: client.clientUri }),
    ...(client.policyUri === undefined ? {} : { policy_uri: client.policyUri }),
    ...(client.tosUri === undefined ? {} : { tos_uri: client.tosUri }),
    ...(client.initiateLoginUri === undefined ? {} : { initiate_login_uri: client.initiateLoginUri }),
    secrets: liveSecrets(client, now).map(({ id, createdAt, expiresAt }) => ({
      id,
      created_at: toEpochSeconds(createdAt),
      ...(expiresAt === undefined ? {} : { expires_at: toEpochSeconds(expiresAt) }),
    })),
  };
}
