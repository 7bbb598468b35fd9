/** The placeholders of presets, `${name}`, and what each stands for. */
import { endpoints } from '../oidc/endpoints.ts';

/** What a preset is filled in with. */
export interface Filling {
  /** The address of this server. */
  readonly issuer: string;
  readonly clientId: string;
  /** The secret, or words in its place. */
  readonly secret: string;
  /** The address of the app, without a slash at its end; empty for an app that has none. */
  readonly url: string;
  /** The first of each, or empty. */
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly api: string;
  readonly idTokenAlg: string;
  readonly scopes: readonly string[];
}

function endpoint(name: keyof typeof endpoints): (filling: Filling) => string {
  return ({ issuer }) => issuer + endpoints[name].path;
}

export const placeholders: Readonly<Record<string, (filling: Filling) => string>> = {
  issuer: ({ issuer }) => issuer,
  discovery: endpoint('openid_configuration'),
  authorizationEndpoint: endpoint('authorization'),
  tokenEndpoint: endpoint('token'),
  userinfoEndpoint: endpoint('userinfo'),
  introspectionEndpoint: endpoint('introspection'),
  revocationEndpoint: endpoint('revocation'),
  endSessionEndpoint: endpoint('end_session'),
  jwksUri: endpoint('jwks'),
  clientId: ({ clientId }) => clientId,
  secret: ({ secret }) => secret,
  url: ({ url }) => url,
  /** Host and port of the app. */
  host: ({ url }) => URL.parse(url)?.host ?? '',
  /** `true` or `false`: whether cookies of the app can be `Secure`. */
  secureCookies: ({ url }) => String(url.startsWith('https:')),
  redirectUri: ({ redirectUri }) => redirectUri,
  /** The scheme of the redirect URI, such as `com.example.app`. */
  redirectScheme: ({ redirectUri }) => URL.parse(redirectUri)?.protocol.slice(0, -1) ?? '',
  postLogoutRedirectUri: ({ postLogoutRedirectUri }) => postLogoutRedirectUri,
  api: ({ api }) => api,
  idTokenAlg: ({ idTokenAlg }) => idTokenAlg,
  /** As in a request: separated by spaces (RFC 6749 §3.3). */
  scope: ({ scopes }) => scopes.join(' '),
  scopesByComma: ({ scopes }) => scopes.join(','),
  /** `"openid", "email"`: a list in JSON, YAML, TOML, JavaScript, Python or Ruby, without its brackets. */
  scopesQuoted: ({ scopes }) => scopes.map((scope) => `"${scope}"`).join(', '),
};

const pattern = /\$\{([^}]*)\}/g;

/** The names in a template that are no placeholder. */
export function unknownPlaceholders(template: string): readonly string[] {
  return [...template.matchAll(pattern)]
    .map(([, name = '']) => name)
    .filter((name) => !Object.hasOwn(placeholders, name));
}

/**
 * Fills in a template. Values are not escaped: client ids, secrets, and the addresses that `readAppUrl` accepts have
 * no character that a shell, YAML, INI or a programming language reads as its own. A redirect URI or the identifier of
 * an API may have one, if the operator registered it so; configuration.ts warns about it.
 * @throws Error for an unknown placeholder
 */
export function fill(template: string, filling: Filling): string {
  return template.replaceAll(pattern, (_, name: string) => {
    const value = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
    if (value === undefined) {
      throw new Error(`There is no placeholder "${name}".`);
    }
    return value(filling);
  });
}
