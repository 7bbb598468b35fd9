/**
 * All requests of Calendar to the authorization server, through `oauth4webapi`. A browser cannot keep a secret, so the
 * client is public: PKCE ties the code to this page, and each refresh token works once. Tokens are in variables of
 * this module only. What is stored in `sessionStorage` is useless after the redirect that it was stored for.
 */
import * as oauth from './oauth4webapi.js';

const { issuer, clientId } = await (await fetch('/settings.json')).json();
const client = { client_id: clientId };
const redirectUri = `${location.origin}/`;
// Plain http is allowed for a server on this machine only.
const http = { [oauth.allowInsecureRequests]: issuer.startsWith('http:') };

/** Seconds before it expires at which an access token is renewed. */
const renewBeforeSeconds = 10;

let discovered;
let tokens;
let renewing;

/** The session has ended: its tokens are invalid, and a retry cannot help. */
export class SignedOutError extends Error {}

async function server() {
  discovered ??= await oauth.processDiscoveryResponse(
    new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), http),
  );
  return discovered;
}

function storeTokens(answer, previous) {
  tokens = {
    access: answer.access_token,
    expiresAt: Date.now() + (answer.expires_in ?? 60) * 1000,
    // Each use of a refresh token returns its successor.
    refresh: answer.refresh_token ?? previous?.refresh,
    id: answer.id_token ?? previous?.id,
    subject: previous?.subject ?? oauth.getValidatedIdTokenClaims(answer)?.sub,
  };
}

/**
 * Opens the authorization endpoint in this tab. The server redirects back to this page.
 * @param parameters more parameters of the authorization request, such as `{ prompt: 'none' }`
 */
export async function beginSignIn(parameters = {}) {
  const { authorization_endpoint: endpoint } = await server();
  const pending = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
  };
  sessionStorage.setItem('calendar.pending', JSON.stringify(pending));
  const url = new URL(endpoint);
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    ...parameters,
  }).toString();
  location.assign(url);
}

/** True if the server redirected to this page with its answer. */
export function isReturning() {
  const { searchParams } = new URL(location.href);
  return searchParams.has('code') || searchParams.has('error');
}

/**
 * Redeems the code in the page's URL, and removes it from the URL.
 * @throws oauth4webapi's AuthorizationResponseError if the server sent no code; its `error` is the reason
 */
export async function finishSignIn() {
  const address = new URL(location.href);
  const pending = JSON.parse(sessionStorage.getItem('calendar.pending') ?? 'null');
  sessionStorage.removeItem('calendar.pending');
  history.replaceState(null, '', '/');
  if (pending === null) {
    throw new SignedOutError('The sign-in was not started in this tab.');
  }
  const as = await server();
  const parameters = oauth.validateAuthResponse(as, client, address, pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    parameters,
    redirectUri,
    pending.verifier,
    http,
  );
  storeTokens(
    await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: pending.nonce,
      requireIdToken: true,
    }),
  );
}

/** Uses the refresh token to get a new access token. Calls at the same time share one request. */
export function renew() {
  renewing ??= requestRenewal().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function requestRenewal() {
  if (tokens?.refresh === undefined) {
    throw new SignedOutError('There is no refresh token.');
  }
  const as = await server();
  try {
    const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh, http);
    storeTokens(await oauth.processRefreshTokenResponse(as, client, response), tokens);
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant') {
      forget();
      throw new SignedOutError('The session ended at the server.', { cause: error });
    }
    throw error;
  }
}

/**
 * Reads the user's claims from the userinfo endpoint.
 * @throws SignedOutError if the session at the server has ended
 */
export async function readUser() {
  const as = await server();
  if (tokens.expiresAt - renewBeforeSeconds * 1000 < Date.now()) {
    await renew();
  }
  let response = await oauth.userInfoRequest(as, client, tokens.access, http);
  if (response.status === 401) {
    await renew();
    response = await oauth.userInfoRequest(as, client, tokens.access, http);
  }
  if (response.status === 401) {
    forget();
    throw new SignedOutError('The session ended at the server.');
  }
  return await oauth.processUserInfoResponse(as, client, tokens.subject, response);
}

export function accessExpiresAt() {
  return new Date(tokens.expiresAt);
}

export function isSignedIn() {
  return tokens !== undefined;
}

function forget() {
  tokens = undefined;
}

/** Ends the session here and at the server, for all apps that use it (OpenID Connect RP-Initiated Logout). */
export async function signOut() {
  const { end_session_endpoint: endpoint } = await server();
  const url = new URL(endpoint);
  url.search = new URLSearchParams({
    id_token_hint: tokens.id,
    client_id: clientId,
    post_logout_redirect_uri: redirectUri,
  }).toString();
  forget();
  location.assign(url);
}
