/** An app for tests of flows: requests authorization, redeems codes, calls the endpoints. */
import { createHash, randomBytes } from 'node:crypto';
import { openBrowser, type Browser, type Page } from './browser.ts';
import type { TestServer } from './server.ts';

export const password = 'correct horse battery staple';
export const photos = 'https://photos.example/api';
export const archive = 'https://archive.example/api';
const by = { actor: 'system' } as const;

/** The parts of a test server that seeding and calling need: the server may also run in another process. */
export type ServerServices = Pick<TestServer, 'services'>;
export type ServerAddress = Pick<TestServer, 'issuer'>;

/** The answer of an endpoint that returns JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface AppClient {
  readonly clientId: string;
  readonly secret: string | undefined;
  readonly redirectUri: string;
}

export interface AuthorizationRequest {
  readonly scope?: string;
  readonly resource?: string | readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Authorization {
  readonly code: string;
  readonly verifier: string;
  readonly redirected: URL;
}

/** Seeds two APIs: Photos with JWT tokens, Archive with opaque ones. */
export async function seedApis({ services }: ServerServices): Promise<void> {
  await services.apis.create(
    {
      identifier: photos,
      name: 'Photos',
      tokenFormat: 'jwt',
      scopes: [
        { value: 'photos:read', description: 'See your photos' },
        { value: 'photos:write', description: 'Add photos' },
      ],
    },
    by,
  );
  await services.apis.create(
    {
      identifier: archive,
      name: 'Archive',
      tokenFormat: 'opaque',
      scopes: [
        { value: 'archive:read', description: 'See the archive' },
        { value: 'archive:write', description: 'Change the archive' },
      ],
    },
    by,
  );
}

/**
 * Registers an app. Nothing listens on the port of its default redirect URI, because tests do not follow the redirect
 * to the app.
 */
export async function registerApp(
  { services }: ServerServices,
  input: Partial<Parameters<TestServer['services']['clients']['create']>[0]> = {},
): Promise<AppClient> {
  const type = input.type ?? 'web';
  const redirectUri = input.redirectUris?.[0] ?? 'http://127.0.0.1:9/callback';
  const { client, secret } = await services.clients.create(
    {
      name: 'Prints',
      apis: [photos, archive],
      ...(type === 'machine' ? {} : { redirectUris: [redirectUri] }),
      ...input,
      type,
    },
    by,
  );
  return { clientId: client._id, secret, redirectUri };
}

export async function createUser({ services }: ServerServices, email = 'ada@example.com'): Promise<string> {
  const user = await services.users.create(
    { email, password, emailVerified: true, profile: { name: 'Ada Lovelace' } },
    by,
  );
  return user._id;
}

/** The URL of an authorization request with PKCE (RFC 7636), and its code verifier. */
export function authorizationUrl(
  server: ServerAddress,
  app: AppClient,
  request: AuthorizationRequest = {},
): { url: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${server.issuer}/authorize`);
  url.search = new URLSearchParams({
    client_id: app.clientId,
    response_type: 'code',
    redirect_uri: app.redirectUri,
    scope: request.scope ?? 'openid',
    state: 'the-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...request.parameters,
  }).toString();
  for (const resource of [request.resource ?? []].flat()) {
    url.searchParams.append('resource', resource);
  }
  return { url: url.href, verifier };
}

/** Submits the sign-in page with an email and a password. */
export function signIn(browser: Browser, page: Page, email = 'ada@example.com', secret = password): Promise<Page> {
  return browser.submit(page, '/login', { email, password: secret });
}

/** The URL that a response redirects to. @throws when it is not a redirect to the app */
export function redirectedTo(page: Page, app: AppClient): URL {
  if (page.location?.startsWith(app.redirectUri) !== true) {
    throw new Error(
      `expected a redirect to ${app.redirectUri}, got ${page.status} ${page.location ?? ''}: ${page.html.replaceAll(/\s+/g, ' ').slice(0, 1500)}`,
    );
  }
  return new URL(page.location);
}

/** Makes an authorization request, signs in and consents where needed, and returns the code. */
export async function authorize(
  server: ServerAddress,
  app: AppClient,
  request: AuthorizationRequest = {},
  browser: Browser = openBrowser(),
): Promise<Authorization> {
  const { url, verifier } = authorizationUrl(server, app, request);
  let page = await browser.visit(url);
  if (page.forms.some(({ action }) => action.endsWith('/login'))) {
    page = await signIn(browser, page);
  }
  if (page.forms.some(({ action }) => action.endsWith('/consent'))) {
    page = await browser.submit(page, '/consent', { decision: 'allow' });
  }
  const redirected = redirectedTo(page, app);
  const code = redirected.searchParams.get('code');
  if (code === null) {
    throw new Error(`no code in ${redirected.href}`);
  }
  return { code, verifier, redirected };
}

export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>> | URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
    body: new URLSearchParams(fields).toString(),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

export function basic(app: AppClient, secret = app.secret ?? ''): { readonly authorization: string } {
  const encode = (value: string): string => encodeURIComponent(value);
  return { authorization: `Basic ${Buffer.from(`${encode(app.clientId)}:${encode(secret)}`).toString('base64')}` };
}

/** Calls an endpoint as this client: with Basic authentication, or with its id alone when it has no secret. */
export function callAs(
  server: ServerAddress,
  app: AppClient,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Answer> {
  return app.secret === undefined
    ? postForm(`${server.issuer}${path}`, { client_id: app.clientId, ...fields })
    : postForm(`${server.issuer}${path}`, fields, basic(app));
}

export function redeem(
  server: ServerAddress,
  app: AppClient,
  { code, verifier }: Pick<Authorization, 'code' | 'verifier'>,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return callAs(server, app, '/token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: app.redirectUri,
    ...more,
  });
}

export function refresh(
  server: ServerAddress,
  app: AppClient,
  refreshToken: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return callAs(server, app, '/token', { grant_type: 'refresh_token', refresh_token: String(refreshToken), ...more });
}

export function introspect(server: ServerAddress, app: AppClient, token: unknown): Promise<Answer> {
  return callAs(server, app, '/introspect', { token: String(token) });
}

export async function userinfo(server: ServerAddress, accessToken: unknown): Promise<Answer> {
  const response = await fetch(`${server.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${String(accessToken)}` },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** What a page asks of the user, by its forms; `nothing` for a redirect. */
export function asks(page: Page): 'sign-in' | 'consent' | 'account' | 'nothing' | 'other' {
  const posts = (end: string): boolean => page.forms.some(({ action }) => action.endsWith(end));
  if (posts('/login')) {
    return 'sign-in';
  }
  if (posts('/consent')) {
    return 'consent';
  }
  if (posts('/select-account')) {
    return 'account';
  }
  return page.location === undefined ? 'other' : 'nothing';
}

/** Makes an authorization request, signs in where needed, and returns the page after that. */
export async function begin(
  server: ServerAddress,
  app: AppClient,
  request: AuthorizationRequest,
  browser: Browser,
): Promise<{ readonly page: Page; readonly verifier: string }> {
  const { url, verifier } = authorizationUrl(server, app, request);
  const page = await browser.visit(url);
  return { page: asks(page) === 'sign-in' ? await signIn(browser, page) : page, verifier };
}

/** Authorizes and redeems the code. @returns the token response. @throws when it is an error */
export async function obtain(
  server: ServerAddress,
  app: AppClient,
  request: AuthorizationRequest = {},
  browser: Browser = openBrowser(),
): Promise<Record<string, unknown>> {
  const { status, body } = await redeem(server, app, await authorize(server, app, request, browser));
  if (status !== 200) {
    throw new Error(`no tokens: ${status} ${JSON.stringify(body)}`);
  }
  return body;
}

/** Whether the token is active, according to introspection by this client. */
export async function isActive(server: ServerAddress, app: AppClient, token: unknown): Promise<boolean> {
  const { status, body } = await introspect(server, app, token);
  if (status !== 200) {
    throw new Error(`introspection failed: ${status} ${JSON.stringify(body)}`);
  }
  return body['active'] === true;
}

/** The types of the newest audit events of a user or client. */
export async function audited(
  { services }: ServerServices,
  of: { readonly accountId?: string; readonly clientId?: string },
): Promise<readonly string[]> {
  return (await services.audit.list({ limit: 50, ...of })).map(({ type }) => type);
}
