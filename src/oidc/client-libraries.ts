/**
 * How the requests of well-known client libraries and products look, and which of their settings fixes which mistake.
 * Data only: `setting-hints.ts` reads it. A sign is something that the library sends by its own defaults. Apps receive
 * the sentences in `error_description`, so they have no character that RFC 6749 §4.1.2.1 forbids there: printable ASCII
 * without double quotes and backslashes.
 */

/** What an app did wrong, where a setting of its library decides. */
export type Mistake =
  | 'pkce'
  | 'redirect-uri'
  /** Another flow than the code flow. */
  | 'response-type'
  /** A scope or an API (`resource`) that cannot be granted. */
  | 'scope';

/** All given parts must match. */
export interface Sign {
  /** The path of the redirect URI. */
  readonly redirectPath?: RegExp;
  readonly parameters?: Readonly<Record<string, RegExp>>;
  /** Of a request that the app sends itself, such as a token request. */
  readonly userAgent?: RegExp;
}

export interface ClientLibrary {
  readonly name: string;
  /** Presets for it: files of `config/presets`. */
  readonly presets: readonly string[];
  /** One of them must match. */
  readonly signs: readonly Sign[];
  /** `nonce` is added to `pkce` for a client that may send a nonce instead. */
  readonly settings: Readonly<Partial<Record<Mistake | 'nonce', string>>>;
}

/** The first library that matches is used, so those with the most special signs are first. */
export const clientLibraries: readonly ClientLibrary[] = [
  {
    name: 'Auth.js, next-auth or Better Auth',
    presets: ['authjs', 'next-auth', 'better-auth'],
    signs: [{ redirectPath: /\/auth\/(?:oauth2\/)?callback\/[^/]+$/ }],
    settings: {
      pkce: "next-auth 4 sends PKCE only with checks: ['pkce', 'state'] in the provider; Better Auth with pkce: true.",
      'redirect-uri':
        'The address begins with NEXTAUTH_URL (next-auth 4), AUTH_URL (Auth.js 5) or baseURL (Better Auth) and ends with the id of the provider. Behind a proxy Auth.js 5 needs AUTH_TRUST_HOST=true.',
      scope:
        "Set authorization: { params: { scope: '...', resource: '...' } } in the provider; in Better Auth scopes and authorizationUrlParams.",
    },
  },
  {
    name: 'express-openid-connect',
    presets: ['express-openid-connect'],
    signs: [
      { parameters: { response_type: /^id_token$/, response_mode: /^form_post$/ }, redirectPath: /\/callback$/ },
      { userAgent: /^express-openid-connect\// },
    ],
    settings: {
      'response-type':
        "Set authorizationParams: { response_type: 'code', scope: 'openid profile email' } and clientSecret: its default is the implicit flow.",
    },
  },
  {
    name: 'ASP.NET Core',
    presets: [],
    signs: [
      { redirectPath: /\/signin-oidc$/ },
      { parameters: { 'x-client-SKU': /^ID_NET/ } },
      { userAgent: /^Microsoft ASP\.NET Core OpenIdConnect handler/ },
    ],
    settings: {
      pkce: "Set options.ResponseType = 'code' and options.UsePkce = true in AddOpenIdConnect.",
      'redirect-uri':
        'The path is options.CallbackPath. Behind a proxy call app.UseForwardedHeaders(), so that the address begins with https.',
      'response-type': "Set options.ResponseType = 'code' in AddOpenIdConnect: its default is id_token.",
      scope: 'Set options.Scope; options.Resource is sent as the parameter resource.',
    },
  },
  {
    name: 'Spring Security',
    presets: ['spring-boot'],
    signs: [{ redirectPath: /\/login\/oauth2\/code\/[^/]+$/ }, { userAgent: /^(?:Java|Java-http-client)\// }],
    settings: {
      pkce: 'Turn on PKCE with OAuth2AuthorizationRequestCustomizers.withPkce().',
      nonce: 'Or add openid to scope: then it sends a nonce.',
      'redirect-uri':
        'Its default is {baseUrl}/login/oauth2/code/{registrationId}. Behind a proxy set server.forward-headers-strategy=framework, so that {baseUrl} is the public address.',
      scope:
        'Set scope of the registration; add the parameter resource with setAuthorizationRequestCustomizer of DefaultOAuth2AuthorizationRequestResolver.',
    },
  },
  {
    name: 'oauth2-proxy',
    presets: ['oauth2-proxy', 'caddy', 'traefik'],
    signs: [{ redirectPath: /\/oauth2\/callback$/ }],
    settings: {
      pkce: 'Set --code-challenge-method=S256.',
      'redirect-uri': 'Set --redirect-url to the registered address. Behind a proxy set --reverse-proxy=true as well.',
      scope: "Set --scope='openid profile email'.",
    },
  },
  {
    name: 'mozilla-django-oidc',
    presets: ['mozilla-django-oidc'],
    signs: [{ redirectPath: /\/oidc\/callback\/$/ }],
    settings: {
      pkce: 'Set OIDC_USE_PKCE = True.',
      nonce: 'Or leave OIDC_USE_NONCE at True.',
      'redirect-uri':
        'Django builds the address from the Host header. Behind a proxy set SECURE_PROXY_SSL_HEADER, so that it begins with https.',
      scope: 'Set OIDC_RP_SCOPES; OIDC_AUTH_REQUEST_EXTRA_PARAMS has further parameters such as resource.',
    },
  },
  {
    name: 'django-allauth',
    presets: ['django-allauth'],
    signs: [{ redirectPath: /\/oidc\/[^/]+\/login\/callback\/$/ }],
    settings: {
      pkce: "Set 'OAUTH_PKCE_ENABLED': True in SOCIALACCOUNT_PROVIDERS['openid_connect'].",
      'redirect-uri':
        "The path contains the app's provider_id. Behind a proxy set ACCOUNT_DEFAULT_HTTP_PROTOCOL = 'https' and SECURE_PROXY_SSL_HEADER.",
      scope: "Set 'SCOPE' and 'AUTH_PARAMS' in SOCIALACCOUNT_PROVIDERS['openid_connect'].",
    },
  },
  {
    name: 'python-social-auth',
    presets: ['python-social-auth'],
    signs: [{ redirectPath: /\/complete\/oidc\/?$/ }, { userAgent: /^social-auth-/ }],
    settings: {
      pkce: 'Set SOCIAL_AUTH_OIDC_USE_PKCE = True.',
      'redirect-uri': 'Behind a proxy set SOCIAL_AUTH_REDIRECT_IS_HTTPS = True.',
      scope: 'Set SOCIAL_AUTH_OIDC_SCOPE; SOCIAL_AUTH_OIDC_AUTH_EXTRA_ARGUMENTS has further parameters.',
    },
  },
  {
    name: 'omniauth_openid_connect',
    presets: ['omniauth-openid-connect'],
    signs: [{ redirectPath: /\/auth\/openid_connect\/callback$/ }],
    settings: {
      pkce: 'Set pkce: true.',
      nonce: 'Or leave send_nonce at true.',
      'redirect-uri': 'Set client_options: { redirect_uri: ... } to the registered address.',
      'response-type': 'Set response_type: :code.',
      scope: 'Set scope: [:openid, ...]; extra_authorize_params has further parameters such as resource.',
    },
  },
  {
    name: 'mod_auth_openidc',
    presets: ['mod-auth-openidc'],
    signs: [{ userAgent: /^mod_auth_openidc-/ }, { redirectPath: /\/redirect_uri$/ }],
    settings: {
      pkce: 'Set OIDCPKCEMethod S256.',
      'redirect-uri':
        'Set OIDCRedirectURI to the registered address. Behind a proxy set OIDCXForwardedHeaders as well.',
      scope: 'Set OIDCScope; OIDCAuthRequestParams has further parameters such as resource.',
    },
  },
  {
    name: 'Swagger UI',
    presets: ['swagger-ui'],
    signs: [{ redirectPath: /\/oauth2-redirect(?:\.html)?$/ }],
    settings: {
      pkce: 'Set usePkceWithAuthorizationCodeGrant: true in initOAuth.',
      'redirect-uri': 'Set oauth2RedirectUrl of SwaggerUIBundle to the registered address.',
      'response-type': 'Describe the flow authorizationCode, not implicit, in the OpenAPI document.',
      scope: "Set additionalQueryStringParams: { resource: '...' } in initOAuth.",
    },
  },
  {
    name: 'angular-oauth2-oidc',
    presets: ['angular-oauth2-oidc'],
    signs: [{ parameters: { response_type: /^(?:id_token token|id_token|token)$/, state: /./, nonce: /./ } }],
    settings: {
      'response-type':
        "Set responseType: 'code' in the AuthConfig and call initCodeFlow(): without it, it uses the implicit flow.",
    },
  },
  {
    name: 'MSAL',
    presets: [],
    signs: [{ parameters: { client_info: /^1$/ } }, { parameters: { 'x-client-SKU': /^msal\./i } }],
    settings: {
      'redirect-uri': 'Set auth.redirectUri.',
      scope: 'Set the scopes of the request; extraQueryParameters has further parameters such as resource.',
    },
  },
  {
    name: 'Grafana',
    presets: ['grafana'],
    signs: [{ redirectPath: /\/login\/generic_oauth$/ }],
    settings: {
      pkce: 'Set use_pkce = true in [auth.generic_oauth].',
      'redirect-uri': 'The address begins with root_url of the section [server].',
      scope: 'Set scopes = openid profile email in [auth.generic_oauth].',
    },
  },
  {
    name: 'oidc-client-ts or react-oidc-context',
    presets: ['oidc-client-ts', 'react-oidc-context'],
    // A UUID version 4 without its dashes.
    signs: [{ parameters: { state: /^[\da-f]{12}4[\da-f]{19}(?:;.*)?$/ } }],
    settings: {
      'redirect-uri': 'Set redirect_uri in the settings of the UserManager, or silent_redirect_uri for its iframe.',
      'response-type': "Leave response_type at 'code', and disablePKCE at false.",
      pkce: 'Leave disablePKCE at false.',
      scope: 'Set scope and resource in the settings of the UserManager.',
    },
  },
  {
    name: 'Authlib',
    presets: ['authlib'],
    signs: [{ userAgent: /^Authlib\// }, { parameters: { state: /^[A-Za-z\d]{30}$/, nonce: /^[A-Za-z\d]{20}$/ } }],
    settings: {
      pkce: "Set client_kwargs={'code_challenge_method': 'S256', ...}.",
      'redirect-uri': 'The address is the argument of authorize_redirect. Behind a proxy use ProxyFix of Werkzeug.',
      scope: "Set client_kwargs={'scope': '...', ...}; authorize_params has further parameters such as resource.",
    },
  },
  {
    name: 'requests-oauthlib or Authlib',
    presets: ['requests-oauthlib', 'authlib'],
    signs: [{ parameters: { state: /^[A-Za-z\d]{30}$/ } }, { userAgent: /^python-requests\// }],
    settings: {
      pkce: "requests-oauthlib: OAuth2Session(..., pkce='S256'). Authlib: client_kwargs={'code_challenge_method': 'S256'}.",
      'redirect-uri': 'Set redirect_uri of the session to the registered address.',
      scope: 'Set scope of the session, and resource as an argument of authorization_url.',
    },
  },
  {
    name: 'passport-openidconnect',
    presets: ['passport-openidconnect'],
    signs: [{ userAgent: /^Node-oauth$/ }, { parameters: { state: /^[A-Za-z\d+/]{24}$/ } }],
    settings: {
      pkce: 'It has no PKCE: with client update --pkce or-nonce it may send a nonce.',
      nonce: 'Set nonce: true in the options of the strategy.',
      'redirect-uri': 'Set callbackURL to the registered address.',
      scope: 'Set scope in the options of the strategy.',
    },
  },
  {
    name: 'openid-client',
    presets: ['openid-client'],
    signs: [{ userAgent: /^(?:openid-client|oauth4webapi)\// }],
    settings: {
      scope: 'Set scope and resource in the parameters of the request.',
    },
  },
  {
    name: 'golang.org/x/oauth2',
    presets: ['golang-oauth2'],
    signs: [{ userAgent: /^Go-http-client\// }],
    settings: {
      scope: "Set Scopes, and the API with oauth2.SetAuthURLParam('resource', ...).",
    },
  },
];
