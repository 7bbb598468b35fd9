/**
 * The revocation endpoint (RFC 7009). The engine authenticates the client. Only the client that a token was issued to
 * may revoke it (§2.1), and revoking it ends its grant with all its tokens; a token on the grant of another client ends
 * alone. The answer is the same whatever the token is (§2.2): the engine has written it before this step.
 */
import type { AuditService } from '../services/foundation/audit.ts';
import { readOrigin } from './tokens/origin.ts';
import type { EngineStep } from './engine-internals.ts';
import { actorOf } from './request-context.ts';
import type { FindToken } from './tokens/kinds.ts';

/** Creates the step that revokes a token after the engine has authenticated the client. */
export function createTokenRevocation(deps: {
  readonly findToken: FindToken;
  readonly audit: Pick<AuditService, 'record'>;
}): EngineStep {
  const { findToken, audit } = deps;
  return async function revokeToken(ctx) {
    const { client, params } = ctx.oidc;
    const token = await findToken(String(params?.['token']));
    if (token?.clientId === undefined || token.clientId !== client?.clientId) {
      return;
    }
    await token.revoke();
    const { accountId, clientId, grantId } = token;
    if (grantId !== undefined && readOrigin(token.members).grantClientId === undefined) {
      await audit.record({
        ...actorOf(ctx.req, accountId ?? 'system'),
        type: 'grant.revoked',
        outcome: 'success',
        clientId,
        ...(accountId === undefined ? {} : { accountId }),
      });
    }
  };
}
