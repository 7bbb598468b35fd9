/** A personal access token as JSON. */
import { toEpochSeconds } from '../clock.ts';
import type { PersonalAccessToken } from '../services/tokens/personal-access-tokens.ts';

/**
 * @param email of the user
 * @param value the token itself, directly after its creation; it cannot be shown later
 */
export function presentPersonalAccessToken(
  token: PersonalAccessToken,
  email: string,
  value?: string,
): Readonly<Record<string, unknown>> {
  const { firstUsedAt, lastUsedAt, lastUsedApi, lastUsedFrom } = token;
  return {
    id: token.id,
    ...(value === undefined ? {} : { token: value }),
    name: token.name,
    sub: token.accountId,
    email,
    access: token.access.map(({ api, scopes }) => ({ api, scopes })),
    created_at: toEpochSeconds(token.createdAt),
    expires_at: toEpochSeconds(token.expiresAt),
    ...(firstUsedAt === undefined ? {} : { first_used_at: toEpochSeconds(firstUsedAt) }),
    ...(lastUsedAt === undefined ? {} : { last_used_at: toEpochSeconds(lastUsedAt) }),
    ...(lastUsedApi === undefined ? {} : { last_used_api: lastUsedApi }),
    ...(lastUsedFrom === undefined ? {} : { last_used_from: lastUsedFrom }),
    use_count: token.useCount,
  };
}
