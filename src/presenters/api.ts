/** An API as JSON, with the names of the options that create it. */
import { toEpochSeconds } from '../clock.ts';
import type { ApiDocument } from '../storage/collections.ts';

export function presentApi(api: ApiDocument): Readonly<Record<string, unknown>> {
  return {
    identifier: api._id,
    name: api.name,
    token_format: api.tokenFormat,
    ...(api.tokenFormat === 'jwt' ? { token_alg: api.tokenAlg ?? 'ES256' } : {}),
    ...(api.tokenLifetime === undefined ? {} : { token_lifetime: api.tokenLifetime }),
    ...(api.refreshIdle === undefined ? {} : { refresh_idle: api.refreshIdle }),
    ...(api.refreshAbsolute === undefined ? {} : { refresh_absolute: api.refreshAbsolute }),
    hide_username: api.hideUsername === true,
    personal_tokens: api.personalTokens === true,
    scopes: api.scopes.map(({ value, description }) => ({ value, description })),
    scope_groups: (api.scopeGroups ?? []).map(({ scope, groups }) => ({ scope, groups })),
    claims: (api.claims ?? []).map(({ name, field }) => ({ name, field })),
    created_at: toEpochSeconds(api.createdAt),
    updated_at: toEpochSeconds(api.updatedAt),
  };
}
