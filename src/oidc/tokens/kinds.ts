/** Finds a token of any kind by its value. The caller need not say which kind it is (RFC 7009 §2.1, RFC 7662 §2.1). */
import type { IssuedToken, TokenKind } from './token-kind.ts';

export type FindToken = (value: string) => Promise<IssuedToken | undefined>;

/** @param kinds those whose form a value has are asked in parallel; no value is a token of two kinds */
export function createFindToken(kinds: readonly TokenKind[]): FindToken {
  return async (value) => {
    const found = await Promise.all(kinds.filter((kind) => kind.recognizes(value)).map((kind) => kind.find(value)));
    return found.find((token) => token !== undefined);
  };
}
