/** Refresh tokens. Each rotates at its use; a used one is not valid, but its client can still end its grant with it. */
import { epochSeconds, type Clock } from '../../clock.ts';
import type { RevocationService } from '../../services/revocation.ts';
import type { OidcPayloadRepository } from '../../storage/repositories/oidc-payloads.ts';
import { isChainOver, type RefreshTokenLifetimes } from '../refresh-token-lifetime.ts';
import type { BasisReader } from './basis.ts';
import { hasExpired, isOpaqueValue, text, words } from './stored-tokens.ts';
import type { TokenKind } from './token-kind.ts';

export function createRefreshTokens(deps: {
  readonly payloads: Pick<OidcPayloadRepository, 'findToken'>;
  readonly basis: BasisReader;
  readonly revocation: Pick<RevocationService, 'endGrant'>;
  readonly lifetimes: RefreshTokenLifetimes;
  readonly clock: Clock;
}): TokenKind {
  const { payloads, basis, revocation, lifetimes, clock } = deps;
  return {
    recognizes: isOpaqueValue,

    find: async (value) => {
      const found = await payloads.findToken(['RefreshToken'], value);
      if (found === null || hasExpired(found, clock)) {
        return undefined;
      }
      const { payload, consumedAt, digest } = found;
      const [accountId, clientId, grantId] = [payload['accountId'], payload['clientId'], payload['grantId']].map(text);
      if (accountId === undefined || clientId === undefined || grantId === undefined) {
        return undefined;
      }
      if (isChainOver(lifetimes, Number(payload['iiat']), epochSeconds(clock))) {
        return undefined;
      }
      const sessionUid = payload['expiresWithSession'] === true ? text(payload['sessionUid']) : undefined;
      return {
        clientId,
        accountId,
        audience: [],
        scopes: words(payload['scope']),
        issuedAt: Number(payload['iat']),
        expiresAt: Number(payload['exp']),
        jti: digest,
        isStored: true,
        grantId,
        sessionUid,
        members: { sid: payload['sid'] },
        basis: async () =>
          consumedAt === undefined ? basis.read({ accountId, clientId, grantId, sessionUid }) : undefined,
        revoke: () => revocation.endGrant(grantId),
      };
    },
  };
}
