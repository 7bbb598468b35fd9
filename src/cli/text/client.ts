/** Formats a client for people. The JSON is in presenters/client.ts. */
import { liveSecrets } from '../../presenters/client.ts';
import { lenienciesOf, pkcePolicyOf } from '../../services/clients/client-leniencies.ts';
import type { ClientService } from '../../services/clients/clients.ts';
import type { TokenUsage } from '../../services/tokens/token-usage.ts';
import { toText } from '../time-text.ts';
import { list } from '../output.ts';

const pkceTexts = {
  required: 'required',
  'or-nonce': 'required, or a nonce with the scope openid',
  optional: 'optional',
};

export type Client = Awaited<ReturnType<ClientService['get']>>;

function lines(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join('\n');
}

function keyIds(jwks: string): string {
  const { keys } = JSON.parse(jwks) as { readonly keys: readonly { readonly kid?: string; readonly kty: string }[] };
  return keys.map(({ kid, kty }) => (kid === undefined ? kty : `${kid} (${kty})`)).join('\n');
}

function authenticationOf({ type, authMethod }: Client): string {
  if (authMethod !== 'none') {
    return authMethod;
  }
  return type === 'machine' ? 'assertions alone: see gatehouse issuer list' : 'nothing (a public client)';
}

function atMost(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `at most ${seconds} seconds`;
}

/** "2026-11-27 16:00 UTC from 192.0.2.7". */
function lastUse({ lastUsedAt, lastUsedFrom }: TokenUsage): string {
  return `${toText(lastUsedAt)}${lastUsedFrom === undefined ? '' : ` from ${lastUsedFrom}`}`;
}

/** @param usage of the tokens that it requested; null if there were none, undefined to leave it out */
export function clientToText(client: Client, now: Date, usage?: TokenUsage | null): string {
  return list({
    'Client id': client._id,
    Name: client.name,
    Type: client.type,
    'Authenticates by': authenticationOf(client),
    Secrets: lines(
      liveSecrets(client, now).map(
        ({ id, createdAt, expiresAt }) =>
          `${id}, created ${toText(createdAt)}${expiresAt === undefined ? '' : `, expires ${toText(expiresAt)}`}`,
      ),
    ),
    Keys: client.jwks === undefined ? undefined : keyIds(client.jwks),
    Grants: lines(client.grantTypes),
    'Redirect URIs': lines(client.redirectUris),
    'After logout': lines(client.postLogoutRedirectUris),
    'Back-channel logout': client.backchannelLogoutUri,
    APIs: lines(client.apis),
    'Default API': client.defaultApi,
    'May exchange': lines(
      (client.mayExchange ?? []).map(({ from, to, scopes }) => `${from} for ${to}: ${scopes.join(' ')}`),
    ),
    Claims: lines((client.claims ?? []).map(({ name, value }) => `${name}: ${value}`)),
    'Allowed origins': lines(client.allowedOrigins),
    Groups: lines(client.groups ?? []),
    'Required scopes': lines(client.requiredScopes ?? []),
    Consent: client.firstParty ? 'not asked: a first-party app' : undefined,
    'ID tokens': client.idTokenAlg,
    PKCE: client.grantTypes.includes('authorization_code') ? pkceTexts[pkcePolicyOf(client)] : undefined,
    'Access tokens': atMost(client.accessTokenLifetime),
    'Refresh tokens unused': atMost(client.refreshIdle),
    'Refresh tokens in total': atMost(client.refreshAbsolute),
    'Refresh retries': client.refreshRetryWindow === undefined ? undefined : `${client.refreshRetryWindow} seconds`,
    Leniencies: lines(lenienciesOf(client).map(({ name, meaning }) => `${name}: ${meaning}`)),
    Logo: client.logo === undefined ? undefined : 'yes',
    Colour: client.color,
    Site: client.clientUri,
    'Privacy policy': client.policyUri,
    Terms: client.tosUri,
    'Begins a sign-in at': client.initiateLoginUri,
    Created: toText(client.createdAt),
    'Last used': usage === undefined ? undefined : usage === null ? 'never' : lastUse(usage),
    'First used': usage ? toText(usage.firstUsedAt) : undefined,
    'Token requests': usage ? String(usage.count) : undefined,
    'Address blocks': lines(usage?.addressBlocks ?? []),
  });
}
