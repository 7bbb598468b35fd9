/** The scopes of a personal access token in the words of its APIs, as pages show them. */
import type { ApiAccess } from '../services/tokens/personal-access-tokens.ts';
import type { ApiDocument } from '../storage/collections.ts';

/** `Photos: See your photos`, for each scope that still exists. */
export function accessInWords(access: readonly ApiAccess[], apis: readonly ApiDocument[]): readonly string[] {
  return apis.flatMap((api) => {
    const scopes = access.find((one) => one.api === api._id)?.scopes ?? [];
    return api.scopes
      .filter(({ value }) => scopes.includes(value))
      .map(({ description }) => `${api.name}: ${description}`);
  });
}
