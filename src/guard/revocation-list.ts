/** What the authorization server ended lately: the entries of its revocation feed. */
import { createHash } from 'node:crypto';
import type { Claims } from './claims.ts';
import type { Now } from './clock.ts';

export interface Revocation {
  /** base64url of the SHA-256 digest of the subject, so that the feed names no grant, session or client. */
  readonly hash: string;
  /** When it ended, in seconds since the epoch. */
  readonly at: number;
  /** When no token can be affected any more, in seconds since the epoch. */
  readonly exp: number;
}

export interface RevocationList {
  /** @param signedAt when the server signed them, in seconds since the epoch */
  add(revocations: readonly Revocation[], signedAt: number): void;
  /** Whether the token itself, or its grant or session has ended: it never becomes valid again. */
  hasEnded(claims: Claims): boolean;
  /**
   * Whether it was issued before its client, its API or a scope was removed, before the user lost a scope, or before
   * the API accepted no personal access tokens any more. A JWT has ended then. Of another token the server may have
   * left a part, so it is asked again.
   */
  isOutdated(claims: Claims): boolean;
  /** False while there were more entries than can be kept: then a token that is not in the list may be revoked. */
  isComplete(): boolean;
}

/** 100,000 entries are about 15 MB. */
const defaultMaxEntries = 100_000;
/** Milliseconds between two removals of what has expired. */
const pruneInterval = 60_000;

function hashOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url');
}

/** What has an id that is never used again. */
function subjectsById(claims: Record<string, unknown>): readonly string[] {
  const subjects = {
    grant: [claims['grant_id']],
    // An app can leave a login session that goes on: `sid` is its part of it.
    session: [claims['session_id'], claims['sid']],
    code: [claims['code_id']],
    // A token that was exchanged for a personal access token ends with that one.
    token: [claims['jti'], claims['pat_id']],
  };
  return Object.entries(subjects).flatMap(([kind, ids]) =>
    ids.filter((id) => typeof id === 'string').map((id) => `${kind}:${id}`),
  );
}

/** What can be created again, or given back: tokens that were issued before it ended have ended. */
function subjectsByTime(claims: Claims & { readonly grant_client_id?: unknown }, audience: string): readonly string[] {
  const { sub: user, client_id: client, grant_client_id: grantClient, scopes } = claims;
  return [
    ...(client === undefined ? [] : [`client:${client}`, `client-api:${client} ${audience}`]),
    // After a token exchange, the app to which the user allowed the access.
    ...(typeof grantClient === 'string' ? [`client:${grantClient}`] : []),
    `api:${audience}`,
    // A token without a client is a personal access token, which the API may accept no longer.
    ...(client === undefined ? [`personal-access:${audience}`] : []),
    ...[...scopes].flatMap((scope) => [
      `scope:${audience} ${scope}`,
      // Only members of certain groups can grant it from then on.
      `scope-groups:${audience} ${scope}`,
      // The user has left the last group whose members can grant it.
      ...(user === undefined ? [] : [`user-scope:${user} ${audience} ${scope}`]),
    ]),
  ];
}

/** @param options.audience the API: what ended for others does not matter */
export function createRevocationList(options: {
  readonly audience: string;
  readonly now: Now;
  readonly maxEntries?: number;
}): RevocationList {
  const { audience, now, maxEntries = defaultMaxEntries } = options;
  const entries = new Map<string, Pick<Revocation, 'at' | 'exp'>>();
  /** Milliseconds since the epoch. */
  let incompleteUntil = 0;
  let prunedAt = now();

  /** An entry has expired by both clocks: ours may be wrong for a while, and a token is valid again after that. */
  function prune(signedAt: number): void {
    prunedAt = now();
    const time = Math.min(prunedAt, signedAt * 1000);
    for (const [hash, { exp }] of entries) {
      if (exp * 1000 <= time) {
        entries.delete(hash);
      }
    }
  }

  /** The same client may lose something twice: the later moment counts. */
  function insert({ hash, at, exp }: Revocation): void {
    const known = entries.get(hash);
    if (known === undefined && entries.size >= maxEntries) {
      incompleteUntil = Math.max(incompleteUntil, exp * 1000);
      return;
    }
    entries.set(hash, { at: Math.max(at, known?.at ?? 0), exp: Math.max(exp, known?.exp ?? 0) });
  }

  return {
    add(revocations, signedAt) {
      if (now() - prunedAt >= pruneInterval || entries.size + revocations.length > maxEntries) {
        prune(signedAt);
      }
      for (const revocation of revocations) {
        insert(revocation);
      }
    },
    hasEnded: (claims) =>
      entries.size > 0 && subjectsById({ ...claims }).some((subject) => entries.has(hashOf(subject))),
    isOutdated: (claims) =>
      entries.size > 0 &&
      subjectsByTime(claims, audience).some((subject) => {
        const ended = entries.get(hashOf(subject));
        return ended !== undefined && (claims.iat === undefined || claims.iat <= ended.at);
      }),
    isComplete: () => now() >= incompleteUntil,
  };
}
