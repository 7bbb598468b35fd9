/** Another identity provider as JSON, with the names of the options that register it. Its secret never leaves. */
import { toEpochSeconds } from '../clock.ts';
import type { UpstreamDocument } from '../storage/collections.ts';

/** The addresses to register at the provider. */
export interface UpstreamAddresses {
  readonly redirectUri: string;
  readonly backchannelLogoutUri: string;
  readonly postLogoutRedirectUri: string;
}

export function upstreamAddresses(issuer: string, id: string): UpstreamAddresses {
  return {
    redirectUri: `${issuer}/upstream/${id}/callback`,
    backchannelLogoutUri: `${issuer}/upstream/${id}/backchannel-logout`,
    postLogoutRedirectUri: `${issuer}/`,
  };
}

export function presentUpstream(upstream: UpstreamDocument, issuer: string): Readonly<Record<string, unknown>> {
  const { _id, name, protocol, clientId, authMethod, scopes, createUsers, authoritativeFor } = upstream;
  const addresses = upstreamAddresses(issuer, _id);
  const optional = {
    issuer: upstream.issuer,
    authorization_endpoint: upstream.authorizationEndpoint,
    token_endpoint: upstream.tokenEndpoint,
    userinfo_endpoint: upstream.userinfoEndpoint,
    emails_endpoint: upstream.emailsEndpoint,
    apple_team_id: upstream.appleTeamId,
    apple_key_id: upstream.appleKeyId,
    icon: upstream.icon,
  };
  return {
    id: _id,
    name,
    protocol,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    client_id: clientId,
    auth_method: authMethod,
    has_secret: upstream.sealedSecret !== undefined,
    scopes,
    parameters: Object.fromEntries(upstream.parameters.map((one) => [one.name, one.value])),
    create_users: createUsers,
    confirm_addresses: upstream.confirmAddresses === true,
    authoritative_for: authoritativeFor,
    claims: Object.fromEntries(upstream.claims.map((one) => [one.name, one.from])),
    groups: upstream.groups.map(({ from, to }) => ({ from, to })),
    acrs: upstream.acrs.map(({ from, to }) => ({ from, to })),
    trust_amr: upstream.trustAmr === true,
    trust_reauthentication: upstream.trustReauthentication === true,
    sign_out: upstream.signOut === true,
    redirect_uri: addresses.redirectUri,
    backchannel_logout_uri: addresses.backchannelLogoutUri,
    created_at: toEpochSeconds(upstream.createdAt),
    updated_at: toEpochSeconds(upstream.updatedAt),
  };
}
