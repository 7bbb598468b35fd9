/** Formats a personal access token for people. The JSON is in presenters/personal-access-token.ts. */
import type { PersonalAccessToken } from '../../services/tokens/personal-access-tokens.ts';
import { list } from '../output.ts';
import { toText } from '../time-text.ts';

/** `https://photos.example/api: photos:read photos:write`, one line for each API. */
export function accessToText({ access }: PersonalAccessToken): string {
  return access.map(({ api, scopes }) => `${api}: ${scopes.join(' ')}`).join('\n');
}

/** When, by which API, and from which address block. */
export function lastUseToText({ lastUsedAt, lastUsedApi, lastUsedFrom }: PersonalAccessToken): string {
  return lastUsedAt === undefined
    ? 'never'
    : [toText(lastUsedAt), lastUsedFrom ?? lastUsedApi].filter((part) => part !== undefined).join(', ');
}

/** A new token. @param email of the user @param value the token itself */
export function personalAccessTokenToText(token: PersonalAccessToken, email: string, value: string): string {
  return list({
    Token: value,
    Id: token.id,
    Name: token.name,
    User: email,
    Access: accessToText(token),
    Expires: toText(token.expiresAt),
  });
}
