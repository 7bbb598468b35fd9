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
  add(revocations: readonly Revocation[]): void;
  isRevoked(claims: Claims): boolean;
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

/** What a token belongs to that ends for good: whenever it was issued, it ends with that. */
function endedForGood(claims: Record<string, unknown>): readonly string[] {
  const subjects = {
    grant: [claims['grant_id']],
    session: [claims['session_id']],
    // A token that was exchanged for a personal access token ends with that one.
    token: [claims['jti'], claims['pat_id']],
  };
  return Object.entries(subjects).flatMap(([kind, ids]) =>
    ids.filter((id) => typeof id === 'string').map((id) => `${kind}:${id}`),
  );
}

/** What can be given again after it was taken away: tokens that were issued before that have ended. */
function endedUntil({ client_id: client, aud, scopes }: Claims): readonly string[] {
  return [
    ...(client === undefined ? [] : [`client:${client}`]),
    ...aud.flatMap((api) => [
      `api:${api}`,
      ...(client === undefined ? [] : [`client-api:${client} ${api}`]),
      ...[...scopes].map((scope) => `scope:${api} ${scope}`),
    ]),
  ];
}

export function createRevocationList(now: Now, maxEntries = defaultMaxEntries): RevocationList {
  const entries = new Map<string, Pick<Revocation, 'at' | 'exp'>>();
  /** Milliseconds since the epoch. */
  let incompleteUntil = 0;
  let prunedAt = now();

  function prune(): void {
    prunedAt = now();
    for (const [hash, { exp }] of entries) {
      if (exp * 1000 <= prunedAt) {
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
    add(revocations) {
      if (now() - prunedAt >= pruneInterval || entries.size + revocations.length > maxEntries) {
        prune();
      }
      for (const revocation of revocations) {
        insert(revocation);
      }
    },
    isRevoked(claims) {
      if (entries.size === 0) {
        return false;
      }
      const { iat } = claims;
      return (
        endedForGood({ ...claims }).some((subject) => entries.has(hashOf(subject))) ||
        endedUntil(claims).some((subject) => {
          const ended = entries.get(hashOf(subject));
          return ended !== undefined && (iat === undefined || iat <= ended.at);
        })
      );
    },
    isComplete: () => now() >= incompleteUntil,
  };
}
