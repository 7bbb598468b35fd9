/** Stored access tokens: opaque ones of users and of machines. Their documents carry all that a check needs. */
import type { Clock } from '../../clock.ts';
import type { RevocationService } from '../../services/tokens/revocation.ts';
import type { OidcPayloadRepository, Payload } from '../../storage/repositories/oidc-payloads.ts';
import { readOrigin } from './origin.ts';
import type { Basis, BasisReader } from './basis.ts';
import { hasExpired, isOpaqueValue, text } from './stored-tokens.ts';
import { words } from '../space-separated.ts';
import type { IssuedToken, TokenKind } from './token-kind.ts';

/** A stored access token, with what the engine stored of it. */
export interface StoredAccessToken extends IssuedToken {
  readonly payload: Payload;
}

export interface AccessTokens extends TokenKind {
  find(value: string): Promise<StoredAccessToken | undefined>;
}

/** The members that the engine stores for introspection. */
function extraOf({ extra }: Payload): Payload {
  return { ...(extra as Payload | undefined) };
}

export function createAccessTokens(deps: {
  readonly payloads: Pick<OidcPayloadRepository, 'findToken' | 'removeWithRequest'>;
  readonly basis: BasisReader;
  readonly revocation: Pick<RevocationService, 'endGrant' | 'endToken'>;
  readonly clock: Clock;
}): AccessTokens {
  const { payloads, basis, revocation, clock } = deps;

  async function basisOf(payload: Payload, sessionUid: string | undefined): Promise<Basis | undefined> {
    const [accountId, clientId, grantId] = [payload['accountId'], payload['clientId'], payload['grantId']].map(text);
    if (accountId === undefined) {
      return {};
    }
    if (clientId === undefined || grantId === undefined) {
      return undefined;
    }
    const { grantClientId = clientId } = readOrigin(extraOf(payload));
    return basis.carriedBy(payload) ?? basis.read({ accountId, clientId: grantClientId, grantId, sessionUid });
  }

  return {
    recognizes: isOpaqueValue,

    find: async (value) => {
      const found = await payloads.findToken(['AccessToken', 'ClientCredentials'], value);
      if (found === null || hasExpired(found, clock)) {
        return undefined;
      }
      const { payload, digest } = found;
      const grantId = text(payload['grantId']);
      const sessionUid = payload['expiresWithSession'] === true ? text(payload['sessionUid']) : undefined;
      const audience = text(payload['aud']);
      const revokeAlone = async (): Promise<void> => {
        await revocation.endToken(digest);
        await payloads.removeWithRequest(value);
      };
      return {
        clientId: text(payload['clientId']),
        accountId: text(payload['accountId']),
        audience: audience === undefined ? [] : [audience],
        scopes: words(payload['scope']),
        issuedAt: Number(payload['iat']),
        expiresAt: Number(payload['exp']),
        jti: digest,
        isStored: true,
        grantId,
        sessionUid,
        sid: sessionUid === undefined ? undefined : text(payload['sid']),
        codeId: readOrigin(extraOf(payload)).codeId,
        members: { ...extraOf(payload), token_type: 'Bearer' },
        payload,
        basis: () => basisOf(payload, sessionUid),
        // By token exchange, a client holds a token on the grant of another one.
        revoke: () =>
          grantId === undefined || readOrigin(extraOf(payload)).grantClientId !== undefined
            ? revokeAlone()
            : revocation.endGrant(grantId),
        revokeAlone,
      };
    },
  };
}
