/**
 * What has ended lately, as signed documents for APIs that check JWT access tokens themselves. A document names only
 * digests, so a reader recognises what it knows (the ids in a token) and learns no other id. A name that can be
 * guessed, such as a client id, can be recognised by its digest: that it ended is then known, and nothing else.
 *
 * A document is a compact JWS (RFC 7515) of type `revocations+jwt`, signed by the current ES256 key of the JWK Set:
 * - `iss`; `iat`: everything that was acknowledged up to a second before it is included;
 * - `complete`: whether `revocations` is everything, or only what is new since the last document of the same stream;
 * - `revocations`: `hash` is base64url(SHA-256(subject)), with the subjects of services/tokens/revocations.ts. Where
 *   the subject is a client, an API or a scope, tokens with an `iat` of at most `at` have ended. The entry is needed
 *   until `exp`.
 */
import { epochSeconds, monotonicMilliseconds, type Clock } from '../clock.ts';
import { digest } from '../crypto/secrets.ts';
import { OverloadedError } from '../errors.ts';
import { maxJwtLifetime } from '../services/clients/apis.ts';
import type { Revocation, Revocations } from '../services/tokens/revocations.ts';

export interface RevocationDocument {
  /** The compact JWS. */
  readonly jws: string;
  /** Names what the document lists, whoever signed it and when: a weak ETag (RFC 9110 §8.8.3). */
  readonly etag: string;
}

export interface RevocationDocuments {
  /**
   * Everything that has ended and matters still.
   * @throws StorageUnavailableError when this process cannot know it
   * @throws OverloadedError when more ended than the process keeps
   */
  complete(): Promise<RevocationDocument>;
  /** Only these, for readers that have a complete document; without any, it says that nothing is new. @throws same */
  update(revocations: readonly Revocation[]): Promise<string>;
}

export type SignJwt = (typ: string, claims: Readonly<Record<string, unknown>>) => Promise<string>;

/** Seconds for which others may accept a JWT after its `exp`, because clocks differ. */
const maxLeeway = 60;
/** Seconds for which an end is published: as long as a JWT that was issued before it can be accepted. */
const publishedFor = maxJwtLifetime + maxLeeway;
/** Milliseconds for which a document is used again, if nothing is new. */
const maxAgeMs = 5000;

export function createRevocationDocuments(deps: {
  readonly issuer: string;
  readonly revocations: Pick<Revocations, 'catchUp' | 'listSince' | 'subscribe'>;
  readonly clock: Clock;
  readonly sign: SignJwt;
}): RevocationDocuments {
  const { issuer, revocations, clock, sign } = deps;
  /** The number of ends since the start. */
  let known = 0;
  let latest: { readonly document: RevocationDocument; readonly signedAt: number; readonly known: number } | undefined;
  let signing: Promise<void> | undefined;
  revocations.subscribe(() => {
    known += 1;
  });

  const entryOf = ({ subject, at }: Revocation) => ({ hash: digest(subject), at, exp: at + publishedFor });

  function listPublished(): readonly Revocation[] {
    const published = revocations.listSince(epochSeconds(clock) - publishedFor);
    if (published === undefined) {
      throw new OverloadedError('more has ended within some minutes than the list of revocations holds');
    }
    return published;
  }

  function signDocument(complete: boolean, entries: readonly ReturnType<typeof entryOf>[]): Promise<string> {
    return sign('revocations+jwt', { iss: issuer, iat: epochSeconds(clock), complete, revocations: entries });
  }

  async function signComplete(): Promise<void> {
    await revocations.catchUp();
    const state = { known, signedAt: monotonicMilliseconds() };
    const entries = listPublished()
      .map(entryOf)
      .toSorted((one, other) => (one.hash < other.hash ? -1 : 1));
    const document = {
      jws: await signDocument(true, entries),
      etag: `W/"${digest(JSON.stringify(entries)).slice(0, 22)}"`,
    };
    latest = { document, ...state };
  }

  return {
    complete: async () => {
      const needed = known;
      // Twice at most: a document that is being signed for another caller may lack the latest ends.
      while (latest === undefined || latest.known < needed || monotonicMilliseconds() - latest.signedAt > maxAgeMs) {
        signing ??= signComplete().finally(() => {
          signing = undefined;
        });
        await signing;
      }
      return latest.document;
    },

    update: async (list) => {
      await revocations.catchUp();
      // Throws if something is missing: a reader must not believe that it knows everything.
      listPublished();
      return signDocument(false, list.map(entryOf));
    },
  };
}
