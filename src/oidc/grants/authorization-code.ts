/**
 * The code grant (RFC 6749 §4.1.3). It replaces the engine's own, which marks the code as used before it checks the
 * rest of the request and before anything is stored that the code is exchanged for. Here everything is checked and
 * produced first, and one conditional update decides which request has used the code.
 *
 * A code works once. A second use is refused, and ends what was issued from the code (RFC 6749 §4.1.2). But a request
 * whose response did not leave this server, because the database or the connection failed, may be repeated. So the
 * response stays in the code's document, sealed, until it has left.
 */
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors, type AuthorizationCode, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import type { Clock } from '../../clock.ts';
import type { AuthorizationCodeRepository, StoredCode } from '../../storage/repositories/authorization-codes.ts';
import { checkPkce, instanceOf, requireParameters } from '../engine-internals.ts';
import type { RequestedApis } from '../requested-apis.ts';
import { sessionOfCode } from '../session-of-code.ts';
import type { Issuing, TokenResponse } from './issuing.ts';
import { fingerprintOf, sealResponse, unsealResponse } from './repeatable-response.ts';

export interface AuthorizationCodeGrantDependencies {
  readonly codes: AuthorizationCodeRepository;
  readonly issuing: Issuing;
  readonly requestedApis: RequestedApis;
  readonly clock: Clock;
  /** Seconds that a request may wait for the database. */
  readonly requestDeadline: number;
  /** Ends what was issued from a code that was used twice, and reports it. */
  readonly endIssued: (ctx: TokenEndpointGrantContext, code: StoredCode) => Promise<void>;
}

export const authorizationCodeParameters = ['code', 'code_verifier', 'redirect_uri', 'resource', 'audience'] as const;

/** Milliseconds between two looks at how the first request ended. */
const pollMs = 25;
/** Milliseconds after its deadline within which a request has certainly been answered. */
const answerMs = 1000;

const gty = 'authorization_code';

export function createAuthorizationCodeGrant(
  provider: Provider,
  deps: AuthorizationCodeGrantDependencies,
): (ctx: TokenEndpointGrantContext) => Promise<void> {
  const { codes, issuing, requestedApis, clock, requestDeadline, endIssued } = deps;

  async function find(value: string): Promise<StoredCode> {
    const code = await codes.find(value);
    if (code === null) {
      throw new errors.InvalidGrant('authorization code not found');
    }
    return code;
  }

  /** Checks the code and what the client proves with it. A mistake does not use up the code. */
  function check(ctx: TokenEndpointGrantContext, { document, payload }: StoredCode): AuthorizationCode {
    const { client, params } = ctx.oidc;
    if (payload['clientId'] !== client.clientId) {
      throw new errors.InvalidGrant('client mismatch');
    }
    if (issuing.isExpired(document)) {
      throw new errors.InvalidGrant('authorization code is expired');
    }
    const code = instanceOf(provider.AuthorizationCode, { client }, payload);
    const verifier = params['code_verifier'];
    checkPkce(typeof verifier === 'string' ? verifier : undefined, code.codeChallenge, code.codeChallengeMethod);
    if (code.redirectUri !== params['redirect_uri']) {
      throw new errors.InvalidGrant('authorization code redirect_uri mismatch');
    }
    return code;
  }

  /**
   * Records whether the response has left the server, when that is known. Nobody waits for it.
   * @param redeeming the write that stores the response: a caller that disconnects may do so before it has ended
   */
  async function settleAfterResponse(
    { res }: TokenEndpointGrantContext,
    code: StoredCode,
    sealedResponse: string,
    redeeming?: Promise<unknown>,
  ): Promise<void> {
    const [response] = await Promise.allSettled([finished(res), redeeming]);
    const outcome = response.status === 'fulfilled' && res.statusCode === 200 ? 'sent' : 'lost';
    try {
      await codes.settle(code, sealedResponse, outcome);
    } catch {
      // A repeat waits until the time of this request is over.
    }
  }

  /** Exchanges the code. @returns undefined if another request was faster */
  async function redeem(
    ctx: TokenEndpointGrantContext,
    stored: StoredCode,
    value: string,
    code: AuthorizationCode,
  ): Promise<TokenResponse | undefined> {
    const { document } = stored;
    const grant = await issuing.findGrantAndUser(ctx, code, stored, 'authorization code');
    const session = await issuing.checkSession(code, 'authorization code', sessionOfCode(stored));
    const hasRefreshToken = ctx.oidc.client.grantTypeAllowed('refresh_token');
    const refreshToken = hasRefreshToken ? issuing.firstRefreshToken(stored.payload, gty, session) : undefined;
    const { body, tokens } = await issuing.issue(ctx, code, {
      grant,
      session,
      gty,
      codeId: document._id,
      refreshToken: refreshToken?.value,
    });
    const request = fingerprintOf(ctx, requestedApis);
    const sealedResponse = sealResponse(value, document._id, { request, body });
    const redeeming = codes.redeem(stored, {
      sealedResponse,
      tokens: refreshToken === undefined ? tokens : [...tokens, refreshToken],
    });
    // Also if it fails: then it is not known whether it was applied.
    void settleAfterResponse(ctx, stored, sealedResponse, redeeming);
    return (await redeeming) ? body : undefined;
  }

  /**
   * Waits until it is known whether the response to the request that has used the code has left its server: that
   * server records it. If it recorded nothing after its time was over, it has failed.
   */
  async function afterFirstUse(value: string, used: StoredCode): Promise<StoredCode> {
    const end = Number(used.document.consumedAt) + requestDeadline * 1000 + answerMs;
    let code = used;
    while (
      code.document.sealedResponse !== undefined &&
      code.document.responseLost !== true &&
      clock.now().getTime() <= end
    ) {
      await sleep(pollMs);
      code = await find(value);
    }
    return code;
  }

  /** The response to the request that has used the code, if this is a repeat of it and the response was lost. */
  async function repeat(
    ctx: TokenEndpointGrantContext,
    value: string,
    used: StoredCode,
  ): Promise<TokenResponse | undefined> {
    const code = await afterFirstUse(value, used);
    const { _id, sealedResponse } = code.document;
    if (sealedResponse === undefined) {
      return undefined;
    }
    const first = unsealResponse(value, _id, sealedResponse);
    if (first.request !== fingerprintOf(ctx, requestedApis)) {
      return undefined;
    }
    void settleAfterResponse(ctx, code, sealedResponse);
    return first.body;
  }

  return async function authorizationCodeGrant(ctx) {
    requireParameters(ctx, 'code');
    const value = String(ctx.oidc.params['code']);
    let stored = await find(value);
    if (stored.payload['redirectUri'] !== undefined) {
      // A code of the authorization challenge endpoint has none.
      requireParameters(ctx, 'redirect_uri');
    }
    const code = check(ctx, stored);
    ctx.oidc.entity('AuthorizationCode', code);
    const wasUsed = stored.document.consumedAt !== undefined;
    let body = wasUsed ? undefined : await redeem(ctx, stored, value, code);
    if (body === undefined) {
      stored = await find(value);
      body = await repeat(ctx, value, stored);
    }
    if (body === undefined) {
      // Two requests at the same moment are not two uses: an app may have sent its request twice.
      if (wasUsed) {
        await endIssued(ctx, stored);
      }
      throw new errors.InvalidGrant('authorization code already consumed');
    }
    ctx.body = body;
  };
}
