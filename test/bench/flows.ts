/** Scripted flows of several requests, as a browser and an app send them, with little work for the client. */
import { createHash } from 'node:crypto';
import { totpCode } from '../../src/crypto/totp.ts';
import type { Answer, HttpClient } from './http-client.ts';
import { apis, appScope, password, redirectUri, type BenchClient } from './setup.ts';
import type { Target } from './targets.ts';

const verifier = 'a-code-verifier-that-is-long-enough-for-rfc-7636';
const challenge = createHash('sha256').update(verifier).digest('base64url');

export function basic({ id, secret }: BenchClient): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

function failure(what: string, { status, headers, body }: Answer): Error {
  return new Error(`${what}: ${status} ${headers.location ?? ''} ${body.slice(0, 500)}`);
}

function redirect(what: string, answer: Answer): string {
  if (answer.status < 300 || answer.headers.location === undefined) {
    throw failure(what, answer);
  }
  return answer.headers.location;
}

function authorizationPath({ endpoints, clients, dialect }: Target, scope: string): string {
  const api = apis.find(({ scope: value }) => scope.split(' ').includes(value));
  const query = new URLSearchParams({
    client_id: clients.app.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: dialect?.scope ?? scope,
    ...(api === undefined || dialect !== undefined ? {} : { resource: api.identifier }),
    state: 'state',
    nonce: 'nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  return `${endpoints.authorization}?${query.toString()}`;
}

function codeIn(location: string): string {
  const code = new URL(location).searchParams.get('code');
  if (!location.startsWith(redirectUri) || code === null) {
    throw new Error(`no code in ${location}`);
  }
  return code;
}

/** Makes an authorization request in an existing session. @returns the code */
export async function obtainCode(client: HttpClient, target: Target, scope = appScope): Promise<string> {
  return codeIn(redirect('authorization', await client.send(authorizationPath(target, scope))));
}

/** The form of an open sign-in page. */
export interface OpenSignIn {
  readonly action: string;
  readonly csrf: string;
}

/** Makes an authorization request without a session, and opens the sign-in page. */
export async function beginSignIn(client: HttpClient, target: Target, scope = appScope): Promise<OpenSignIn> {
  client.forget();
  const answer = await client.send(authorizationPath(target, scope));
  // Some servers answer with the page itself.
  const page = answer.status === 200 ? answer : await client.send(redirect('authorization', answer));
  const action = /action="([^"]*\/(?:login|login-actions\/authenticate\?[^"]*))"/
    .exec(page.body)?.[1]
    ?.replaceAll('&amp;', '&');
  if (action === undefined) {
    throw failure('login page', page);
  }
  return { action, csrf: /name="csrf"[^>]*value="([^"]*)"/.exec(page.body)?.[1] ?? '' };
}

/**
 * Makes an authorization request without a session, and signs in on the login page.
 * @param seed of the user's authenticator app, if the user has one
 * @returns the code
 */
export async function signIn(
  client: HttpClient,
  target: Target,
  email: string,
  scope = appScope,
  seed?: string,
): Promise<string> {
  const { action, csrf } = await beginSignIn(client, target, scope);
  const form = new URLSearchParams({ csrf, [target.dialect?.userField ?? 'email']: email, password }).toString();
  const next = redirect('login', await client.send(action, { form }));
  if (next.startsWith(redirectUri)) {
    return codeIn(next);
  }
  const resume = seed === undefined ? next : await confirm(client, next, seed);
  return codeIn(redirect('resumption', await client.send(resume)));
}

/** Enters the code of a second factor. @returns the address that resumes the authorization */
async function confirm(client: HttpClient, path: string, seed: string): Promise<string> {
  const page = await client.send(path);
  const action = /action="([^"]*\/second-factor)"/.exec(page.body)?.[1];
  if (action === undefined) {
    throw failure('page of the second factor', page);
  }
  const csrf = /name="csrf"[^>]*value="([^"]*)"/.exec(page.body)?.[1] ?? '';
  const form = new URLSearchParams({ csrf, code: totpCode(seed, new Date()) }).toString();
  return redirect('second factor', await client.send(action, { form }));
}

async function tokens(client: HttpClient, target: Target, fields: Readonly<Record<string, string>>): Promise<Tokens> {
  const answer = await client.send(target.endpoints.token, {
    form: new URLSearchParams(fields).toString(),
    authorization: basic(target.clients.app),
  });
  if (answer.status !== 200) {
    throw failure(`token endpoint, ${fields['grant_type'] ?? ''}`, answer);
  }
  const {
    access_token: accessToken,
    refresh_token: refreshToken,
    id_token: idToken,
  } = JSON.parse(answer.body) as Readonly<Record<string, string>>;
  if (accessToken === undefined || refreshToken === undefined || idToken === undefined) {
    throw failure('token endpoint, a token is missing', answer);
  }
  return { accessToken, refreshToken };
}

export function redeem(client: HttpClient, target: Target, code: string): Promise<Tokens> {
  return tokens(client, target, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
}

export async function refresh(client: HttpClient, target: Target, { refreshToken }: Tokens): Promise<Tokens> {
  const next = await tokens(client, target, { grant_type: 'refresh_token', refresh_token: refreshToken });
  if (next.refreshToken === refreshToken) {
    throw new Error(`${target.name} did not rotate the refresh token`);
  }
  return next;
}
