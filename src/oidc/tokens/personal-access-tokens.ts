/**
 * Personal access tokens. They were issued to a user alone, to no client: so only the APIs that they are for may ask
 * about them, and no client may revoke them.
 */
import { isPersonalAccessToken } from '../../crypto/personal-access-tokens.ts';
import { toEpochSeconds } from '../../clock.ts';
import type { PersonalAccessTokenUses } from '../../services/tokens/personal-access-token-uses.ts';
import { readPersonalAccessToken } from '../../services/tokens/personal-access-tokens.ts';
import type { RevocationService } from '../../services/tokens/revocation.ts';
import type { PersonalAccessTokenRepository } from '../../storage/repositories/personal-access-tokens.ts';
import type { TokenKind } from './token-kind.ts';

export function createPersonalAccessTokens(deps: {
  readonly personalAccessTokens: Pick<PersonalAccessTokenRepository, 'find'>;
  readonly personalAccessTokenUses: PersonalAccessTokenUses;
  readonly revocation: Pick<RevocationService, 'endPersonalAccessToken'>;
}): TokenKind {
  const { personalAccessTokens, personalAccessTokenUses, revocation } = deps;
  return {
    recognizes: isPersonalAccessToken,

    find: async (value) => {
      const stored = await personalAccessTokens.find(value);
      if (stored === null) {
        return undefined;
      }
      const { id, accountId, access, createdAt, expiresAt } = readPersonalAccessToken(stored);
      return {
        clientId: undefined,
        accountId,
        audience: access.map(({ api }) => api),
        scopes: [...new Set(access.flatMap(({ scopes }) => scopes))],
        scopesAt: (api) => access.find((one) => one.api === api)?.scopes ?? [],
        issuedAt: toEpochSeconds(createdAt),
        expiresAt: toEpochSeconds(expiresAt),
        jti: id,
        grantId: undefined,
        isStored: true,
        sessionUid: undefined,
        members: { token_type: 'Bearer' },
        // Whoever disables or deletes the user removes the token.
        basis: () => Promise.resolve({}),
        revoke: async () => {
          await revocation.endPersonalAccessToken(id);
        },
        recordUse: (use) => personalAccessTokenUses.record(stored, use),
      };
    },
  };
}
