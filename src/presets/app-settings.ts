/** What the developer of any app configures. A preset knows how a product names these settings. */
import { endpoints } from '../oidc/endpoints.ts';

/** What is read of a registered client and of its APIs. */
export interface AppSettingsSource {
  readonly issuer: string;
  readonly client: {
    readonly type: string;
    readonly authMethod: string;
    readonly redirectUris: readonly string[];
    readonly idTokenAlg: string;
  };
  readonly pkce: 'required' | 'or-nonce' | 'optional';
  readonly apis: readonly { readonly identifier: string; readonly scopes: readonly string[] }[];
}

export interface AppSettings {
  readonly issuer: string;
  /** The address of the discovery document (OpenID Connect Discovery §4). */
  readonly discovery: string;
  /** For an app that has no discovery. */
  readonly tokenEndpoint: string;
  /** As in a request (RFC 6749 §3.3). For a machine: the scopes of its APIs. */
  readonly scope: string;
  /** The APIs, each of which a request may name (RFC 8707). */
  readonly resources: readonly string[];
}

/** The settings as data. */
export function appSettings({ issuer, client, apis }: AppSettingsSource): AppSettings {
  const scopes = apis.flatMap((api) => api.scopes);
  return {
    issuer,
    discovery: issuer + endpoints.openid_configuration.path,
    tokenEndpoint: issuer + endpoints.token.path,
    scope: [...(client.type === 'machine' ? [] : ['openid', 'profile', 'email']), ...new Set(scopes)].join(' '),
    resources: apis.map(({ identifier }) => identifier),
  };
}

const pkceTexts = {
  required: 'yes, with S256',
  'or-nonce': 'yes, with S256; an app that has no PKCE must send a nonce',
  optional: 'recommended, with S256',
};

/** The settings for people, by the names that most libraries give them. The secret is printed elsewhere, once. */
export function describeAppSettings(source: AppSettingsSource): Readonly<Record<string, string | undefined>> {
  const { client, pkce } = source;
  const { issuer, discovery, tokenEndpoint, scope, resources } = appSettings(source);
  const lines = (values: readonly string[]): string | undefined =>
    values.length === 0 ? undefined : values.join('\n');
  const resource = lines(resources.length > 1 ? [...resources, 'one of them in each token request'] : resources);
  if (client.type === 'machine') {
    return {
      'Token endpoint': tokenEndpoint,
      // Without a secret or key, a machine has assertions of its workload alone (RFC 7523 §2.1).
      grant_type: client.authMethod === 'none' ? 'urn:ietf:params:oauth:grant-type:jwt-bearer' : 'client_credentials',
      scope: scope === '' ? undefined : scope,
      resource,
    };
  }
  return {
    Issuer: issuer,
    Discovery: discovery,
    'Redirect URI': lines(client.redirectUris),
    PKCE: pkceTexts[pkce],
    scope: `${scope}\nadd offline_access for a refresh token that outlives the sign-in`,
    resource,
    'ID tokens':
      client.idTokenAlg === 'ES256'
        ? 'ES256; --id-token-alg RS256 for an app that knows RS256 only'
        : client.idTokenAlg,
  };
}
