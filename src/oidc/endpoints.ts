/**
 * The table of all protocol endpoints: their paths, and how requests to them are treated. The keys are the engine's
 * names of its routes. Pages become rows of the same type, created from their routers (src/http/site-map.ts). Code that
 * needs a list of paths filters this table.
 *
 * A path has exactly one spelling. The engine's router also accepts `/token/` and `/TOKEN`, which rules that compare
 * paths would miss. So the HTTP layer answers any other spelling with 404 before the engine sees it.
 */

/** How requests to one path are treated. */
export interface Endpoint {
  /** The exact path. A segment that begins with a colon is a parameter. */
  readonly path: string;
  /** Others are answered with 405. */
  readonly methods: readonly string[];
  /** Which other origins may read the answers: none, the client's allowed origins, any. */
  readonly cors: 'none' | 'client' | 'any';
  /** `public`: the same for everybody, and may be cached for `KEYS_CACHE_MAX_AGE`. */
  readonly caching: 'none' | 'public';
  /** Whether clients authenticate here, so that failures are counted. */
  readonly clientAuthentication: boolean;
  /** Which limit of requests a minute applies: that of pages, of endpoints for programs, or of reports by anybody. */
  readonly limit: 'pages' | 'endpoints' | 'reports';
  /**
   * Errors as a page for those who accept HTML, or as JSON for everybody: programs parse them (RFC 6749 §5.2), also
   * those whose library accepts HTML by default, as Java's does.
   */
  readonly errors: 'page' | 'json';
  /** Whether a POST is redirected to the same request by GET, with which the browser sends its cookies. */
  readonly postAsGet: boolean;
  /** Whether it is a page of a sign-in or sign-out that an app may open in a popup, which must keep its opener. */
  readonly inPopups: boolean;
  readonly answeredBy: 'engine' | 'host';
}

const page = {
  cors: 'none',
  caching: 'none',
  clientAuthentication: false,
  limit: 'pages',
  errors: 'page',
  postAsGet: false,
  inPopups: false,
  answeredBy: 'engine',
} as const;
const flowPage = { ...page, inPopups: true } as const;
const program = { ...page, limit: 'endpoints', errors: 'json' } as const;
const document = { ...program, methods: ['GET', 'HEAD', 'OPTIONS'], cors: 'any', caching: 'public' } as const;

export const endpoints = {
  authorization: { ...flowPage, path: '/authorize', methods: ['GET', 'POST'], postAsGet: true },
  resume: { ...flowPage, path: '/authorize/:uid', methods: ['GET'] },
  end_session: { ...flowPage, path: '/logout', methods: ['GET', 'POST'], postAsGet: true },
  end_session_confirm: { ...flowPage, path: '/logout/confirm', methods: ['GET', 'POST'] },
  end_session_success: { ...flowPage, path: '/logout/success', methods: ['GET'] },
  token: { ...program, path: '/token', methods: ['POST', 'OPTIONS'], cors: 'client', clientAuthentication: true },
  introspection: { ...program, path: '/introspect', methods: ['POST'], clientAuthentication: true },
  revocation: { ...program, path: '/revoke', methods: ['POST', 'OPTIONS'], cors: 'client', clientAuthentication: true },
  pushed_authorization_request: { ...program, path: '/par', methods: ['POST'], clientAuthentication: true },
  /** draft-ietf-oauth-first-party-apps, section 4.1. */
  authorization_challenge: { ...program, path: '/authorize-challenge', methods: ['POST'], clientAuthentication: true },
  userinfo: { ...program, path: '/userinfo', methods: ['GET', 'POST', 'OPTIONS'], cors: 'client' },
  jwks: { ...document, path: '/jwks' },
  /** What has ended lately (src/http/routes/revocation-feed.ts). Not of the engine. */
  revocation_feed: { ...program, path: '/revocations', methods: ['GET', 'HEAD'], answeredBy: 'host' },
  /** Where anybody may report leaked tokens (src/http/routes/leaked-tokens.ts). Not of the engine. */
  leaked_tokens: { ...program, path: '/leaked-tokens', methods: ['POST'], limit: 'reports', answeredBy: 'host' },
  /** Where other identity providers send users back (src/http/routes/upstream.ts). Apple posts. Not of the engine. */
  upstream_callback: {
    ...flowPage,
    path: '/upstream/:id/callback',
    methods: ['GET', 'HEAD', 'POST'],
    postAsGet: true,
    answeredBy: 'host',
  },
  /** Where other identity providers end sessions (OpenID Connect Back-Channel Logout §2.5). Not of the engine. */
  upstream_logout: { ...program, path: '/upstream/:id/backchannel-logout', methods: ['POST'], answeredBy: 'host' },
  /** OpenID Connect Discovery §4. */
  openid_configuration: { ...document, path: '/.well-known/openid-configuration' },
  /** RFC 8414 §3. */
  oauth_authorization_server: { ...document, path: '/.well-known/oauth-authorization-server' },
} as const satisfies Readonly<Record<string, Endpoint>>;

/** The path prefix of styles, images and scripts. */
export const assetsPath = '/assets';

/** Where the form posts to with which users pick their language. It is on every page. */
export const languagePath = '/language';

/** The row of a path that this server answers itself, without the engine. */
export function hostEndpoint(path: string, methods: readonly string[]): Endpoint {
  const inPopups = path.startsWith('/interaction/') || path === languagePath;
  return { ...page, path, methods, inPopups, answeredBy: 'host' };
}
