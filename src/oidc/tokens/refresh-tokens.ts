/** Refresh tokens. Each rotates at its use; a used one is not valid, but its client can still end its grant with it. */
import { epochSeconds, toEpochSeconds, type Clock } from '../../clock.ts';
import type { RevocationService } from '../../services/tokens/revocation.ts';
import { isFamilyValue, type RefreshFamilyRepository } from '../../storage/repositories/refresh-families.ts';
import { instanceClockTolerance } from '../configuration.ts';
import { apisOfRefreshToken, endOfRefreshToken, type FindRefreshLifetimes } from '../refresh-token-lifetime.ts';
import type { BasisReader } from './basis.ts';
import { hasExpired, text } from './stored-tokens.ts';
import { words } from '../space-separated.ts';
import type { TokenKind } from './token-kind.ts';

export function createRefreshTokens(deps: {
  readonly families: Pick<RefreshFamilyRepository, 'find'>;
  readonly basis: BasisReader;
  readonly revocation: Pick<RevocationService, 'endGrant'>;
  readonly findLifetimes: FindRefreshLifetimes;
  readonly clock: Clock;
}): TokenKind {
  const { families, basis, revocation, findLifetimes, clock } = deps;
  return {
    recognizes: isFamilyValue,

    find: async (value) => {
      const found = await families.find(value);
      if (found === null || hasExpired(found.document, clock)) {
        return undefined;
      }
      const { document, payload, presented } = found;
      const [accountId, clientId, grantId] = [payload['accountId'], payload['clientId'], payload['grantId']].map(text);
      if (accountId === undefined || clientId === undefined || grantId === undefined) {
        return undefined;
      }
      const issuedAt = toEpochSeconds(document.consumedAt ?? document.createdAt);
      const refreshesFor = apisOfRefreshToken(payload);
      const limits = await findLifetimes(clientId, refreshesFor);
      const end = endOfRefreshToken(limits, Number(payload['iiat']), issuedAt);
      if (end <= epochSeconds(clock)) {
        return undefined;
      }
      const sessionUid = payload['expiresWithSession'] === true ? text(payload['sessionUid']) : undefined;
      return {
        clientId,
        accountId,
        audience: [],
        scopes: words(payload['scope']),
        refreshesFor,
        issuedAt,
        expiresAt: Math.min(end, toEpochSeconds(document.expiresAt) - instanceClockTolerance),
        jti: document._id,
        isStored: true,
        grantId,
        sessionUid,
        sid: sessionUid === undefined ? undefined : text(payload['sid']),
        codeId: document.familyId,
        members: {},
        basis: async () =>
          presented === 'current' ? basis.read({ accountId, clientId, grantId, sessionUid }) : undefined,
        revoke: () => revocation.endGrant(grantId),
      };
    },
  };
}
