/**
 * What the introspection and revocation endpoints know of a token, whatever kind it is (RFC 7662, RFC 7009). Each kind
 * is a file of this folder, and the list of them is in ../token-checks.ts.
 */
import type { PersonalAccessTokenUse } from '../../services/tokens/personal-access-token-uses.ts';
import type { Basis } from './basis.ts';

/** A kind of token that this server issues. */
export interface TokenKind {
  /** Whether the text has the form of this kind. Reads nothing. */
  recognizes(value: string): boolean;
  /**
   * The token with this value; undefined if there is none or it has expired. Costs one read at most.
   * @throws StorageUnavailableError
   */
  find(value: string): Promise<IssuedToken | undefined>;
}

/** A token that was issued by this server and has not expired. Whether it is still valid, {@link basis} says. */
export interface IssuedToken {
  /** The client that it was issued to; undefined if it was issued to a user alone. */
  readonly clientId: string | undefined;
  /** The user whose access it gives; undefined for a machine's token. */
  readonly accountId: string | undefined;
  /** The identifiers of the APIs that accept it; empty for a refresh token and for a token for userinfo. */
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
  /** A refresh token: the identifiers of the APIs for which it gives access tokens. */
  readonly refreshesFor?: readonly string[];
  /** Its scopes at one of its APIs. Absent: `scopes` are those of its only API. */
  readonly scopesAt?: (api: string) => readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The token's name. It is no secret: its value cannot be computed from it. */
  readonly jti: string;
  readonly grantId: string | undefined;
  /** Whether it is a document, which is removed when it ends. Absent: no. */
  readonly isStored?: true;
  /** The login session that it ends with. */
  readonly sessionUid: string | undefined;
  /** The app's part of that session, with which it ends, too. Undefined without a session, and in earlier versions. */
  readonly sid?: string | undefined;
  /** The id of the personal access token that it was exchanged for, with which it ends. */
  readonly exchangedFor?: string | undefined;
  /** The id of the code that it comes from, with which it ends. */
  readonly codeId?: string | undefined;
  /** Further members of the answer of introspection, such as `token_type`. */
  readonly members: Readonly<Record<string, unknown>>;
  /**
   * What the token depends on; undefined if that has ended, so that the token is not valid any more. Costs no read if
   * the token itself says what it depends on.
   * @throws StorageUnavailableError
   */
  basis(): Promise<Basis | undefined>;
  /** Ends the token, and all others of its grant (RFC 7009 §2.1). It may be invalid already. */
  revoke(): Promise<void>;
  /** Ends the token and no other one. Absent for a refresh token: whoever has it can have all tokens of its grant. */
  readonly revokeAlone?: () => Promise<void>;
  /** Records that an API got the answer that the token is valid. Absent: not recorded. */
  readonly recordUse?: (use: PersonalAccessTokenUse) => Promise<void>;
}
