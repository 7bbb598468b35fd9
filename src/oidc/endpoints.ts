/**
 * Every endpoint of the protocol, once: where it is, and how requests to it are treated. The names are those by which
 * the engine knows its routes. Pages are rows of the same kind, made from their routers (src/http/site-map.ts); whoever
 * needs a list of paths filters this table.
 *
 * A path has exactly one spelling. The engine's router would also serve `/token/` and `/TOKEN`, past every rule that
 * compares paths, so the HTTP layer answers any other spelling with 404 before the engine sees it.
 */

/** How requests to one path are treated. */
export interface Endpoint {
  /** Exact; a segment that begins with a colon stands for a value. */
  readonly path: string;
  /** Others are answered with 405. */
  readonly methods: readonly string[];
  /** Whose scripts in browsers may read the answers: of no other origin, of the client's own origins, of any. */
  readonly cors: 'none' | 'client' | 'any';
  /** `public`: the same for everybody, and others may keep it for `KEYS_CACHE_MAX_AGE`. */
  readonly caching: 'none' | 'public';
  /** Whether clients prove here who they are, so that failures are counted. */
  readonly clientAuthentication: boolean;
  /** Which of the limits of requests a minute counts: that of pages or that of programs. */
  readonly limit: 'pages' | 'endpoints';
  /** Whether a POST is turned into the same request by GET, to which the browser adds its cookies. */
  readonly postAsGet: boolean;
  readonly answeredBy: 'engine' | 'host';
}

const page = {
  cors: 'none',
  caching: 'none',
  clientAuthentication: false,
  limit: 'pages',
  postAsGet: false,
  answeredBy: 'engine',
} as const;
const program = { ...page, limit: 'endpoints' } as const;
const document = { ...program, methods: ['GET', 'HEAD', 'OPTIONS'], cors: 'any', caching: 'public' } as const;

export const endpoints = {
  authorization: { ...page, path: '/authorize', methods: ['GET', 'POST'], postAsGet: true },
  resume: { ...page, path: '/authorize/:uid', methods: ['GET'] },
  end_session: { ...page, path: '/logout', methods: ['GET', 'POST'], postAsGet: true },
  end_session_confirm: { ...page, path: '/logout/confirm', methods: ['GET', 'POST'] },
  end_session_success: { ...page, path: '/logout/success', methods: ['GET'] },
  token: { ...program, path: '/token', methods: ['POST', 'OPTIONS'], cors: 'client', clientAuthentication: true },
  introspection: { ...program, path: '/introspect', methods: ['POST'], clientAuthentication: true },
  revocation: { ...program, path: '/revoke', methods: ['POST', 'OPTIONS'], cors: 'client', clientAuthentication: true },
  pushed_authorization_request: { ...program, path: '/par', methods: ['POST'], clientAuthentication: true },
  userinfo: { ...program, path: '/userinfo', methods: ['GET', 'POST', 'OPTIONS'], cors: 'client' },
  jwks: { ...document, path: '/jwks' },
  /** OpenID Connect Discovery §4. */
  openid_configuration: { ...document, path: '/.well-known/openid-configuration' },
  /** RFC 8414 §3. */
  oauth_authorization_server: { ...document, path: '/.well-known/oauth-authorization-server' },
} as const satisfies Readonly<Record<string, Endpoint>>;

/** Below it are style, pictures and scripts. */
export const assetsPath = '/assets';

/** A row for a path that this server answers itself. */
export function hostEndpoint(path: string, methods: readonly string[]): Endpoint {
  return { ...page, path, methods, answeredBy: 'host' };
}
