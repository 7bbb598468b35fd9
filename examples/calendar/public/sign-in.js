/**
 * Everything that Calendar says to the authorization server, through `oauth4webapi`. A browser can keep no secret, so
 * the client is public: PKCE ties the code to this page, and each refresh token works once. Tokens are in variables of
 * this module and nowhere else. What goes through `sessionStorage` is worth nothing after the redirect it is for.
 */
import * as oauth from './oauth4webapi.js';

const { issuer, clientId } = await (await fetch('/settings.json')).json();
const client = { client_id: clientId };
const redirectUri = `${location.origin}/`;
// Plain http is for a server on this machine only.
const http = { [oauth.allowInsecureRequests]: issuer.startsWith('http:') };

/** Seconds before its end at which an access token is renewed. */
const renewBefore = 10;

let discovered;
let tokens;
let renewing;

/** The answer says that the session is over: tokens are no use any more, and there is nothing to try again. */
export class SignedOutError extends Error {}

async function server() {
  discovered ??= await oauth.processDiscoveryResponse(
    new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), http),
  );
  return discovered;
}

function keep(answer, before) {
  tokens = {
    access: answer.access_token,
    expiresAt: Date.now() + (answer.expires_in ?? 60) * 1000,
    // The successor of the one that was just used.
    refresh: answer.refresh_token ?? before?.refresh,
    id: answer.id_token ?? before?.id,
    subject: before?.subject ?? oauth.getValidatedIdTokenClaims(answer)?.sub,
  };
}

/**
 * Leaves for the server's page and comes back to this one.
 * @param parameters further ones of the authorization request, such as `{ prompt: 'none' }`
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

/** True when this page was opened by the server's answer. */
export function isReturning() {
  const { searchParams } = new URL(location.href);
  return searchParams.has('code') || searchParams.has('error');
}

/**
 * Redeems the code in the address, and takes it out of there.
 * @throws oauth4webapi's AuthorizationResponseError, whose `error` says why the server sent none
 */
export async function finishSignIn() {
  const address = new URL(location.href);
  const pending = JSON.parse(sessionStorage.getItem('calendar.pending') ?? 'null');
  sessionStorage.removeItem('calendar.pending');
  history.replaceState(null, '', '/');
  if (pending === null) {
    throw new SignedOutError('The sign-in was begun elsewhere.');
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
  keep(
    await oauth.processAuthorizationCodeResponse(as, client, response, {
      expectedNonce: pending.nonce,
      requireIdToken: true,
    }),
  );
}

/** A new access token for the refresh token. Callers at the same moment share one request. */
export function renew() {
  renewing ??= requestRenewal().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function requestRenewal() {
  if (tokens?.refresh === undefined) {
    throw new SignedOutError('There is nothing to renew.');
  }
  const as = await server();
  try {
    const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh, http);
    keep(await oauth.processRefreshTokenResponse(as, client, response), tokens);
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant') {
      forget();
      throw new SignedOutError('The session ended at the server.', { cause: error });
    }
    throw error;
  }
}

/**
 * The person's claims, from the userinfo endpoint. @throws SignedOutError when the server no longer knows the session
 */
export async function readPerson() {
  const as = await server();
  if (tokens.expiresAt - renewBefore * 1000 < Date.now()) {
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

export function accessUntil() {
  return new Date(tokens.expiresAt);
}

export function isSignedIn() {
  return tokens !== undefined;
}

function forget() {
  tokens = undefined;
}

/** Ends the session here and at the server, for every app that shares it (OpenID Connect RP-Initiated Logout). */
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
