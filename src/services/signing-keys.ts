/**
 * The life of the keys that sign tokens: made, published, signing, retired. Which state a key is in follows from its
 * moments and the clock, so that all instances agree without talking. What is done with the keys is not known here.
 *
 * A key counts from the moment that it has a *place* in its algorithm's sequence: a fact `signing-key:ES256:3` that
 * names it, written after the key itself, by insertion, so that of any number of instances that make a first key or
 * rotate at once exactly one puts its key into the place. A crash before that leaves a key that nobody looks at.
 */
import type { JWK } from 'jose';
import { after, type Clock } from '../clock.ts';
import type { GeneratedSigningKey, SigningAlgorithm } from '../crypto/signing-keys.ts';
import type { Secrets } from '../crypto/secrets.ts';
import { UnsealableError } from '../errors.ts';
import type { SigningKeyDocument } from '../storage/collections.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import type { SigningKeyRepository } from '../storage/repositories/signing-keys.ts';
import { actorFields, type Actor, type AuditService } from './audit.ts';

export type SigningKeyState = 'published' | 'signing' | 'retiring' | 'retired';

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: JWK;
  /**
   * `published`: others may fetch it, it signs later. `signing`. `retiring`: signs no more, but tokens that it signed
   * live. `retired`: no longer published.
   */
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** Set as soon as there is a newer key of its algorithm. */
  readonly retiresAt?: Date;
}

export interface SigningKeyService {
  /**
   * Sees to it that there is a key: run at start, before anything is served. Every key in use is opened first, so that
   * a wrong `SECRET` is found before anything is written. When it resolves there is a key of each algorithm, so that
   * metadata is complete from the first answer on; making the RS256 key takes up to some seconds at the very first start.
   *
   * @throws UnsealableError when a stored key does not open; nothing was changed
   */
  ensure(): Promise<void>;
  /** Every key that ever had a place, newest first within an algorithm. */
  list(): Promise<readonly SigningKey[]>;
  /**
   * Makes the next key of an algorithm and publishes it; it signs {@link SigningKeyOptions.publishAhead} later, and the
   * present one retires when no token that it signed can be alive. Rotations at the same moment make one key, and while
   * a key waits to sign another is not made: the one that waits is returned.
   */
  rotate(request: { readonly alg: SigningAlgorithm }, by: Actor): Promise<SigningKey>;
  /** Private JWKs of all published keys; of each algorithm the one that signs comes first. ES256 before RS256. */
  current(): Promise<readonly JWK[]>;
  /**
   * Public JWKs of all keys that signed within {@link SigningKeyOptions.verificationLifetime}, also of those that are no
   * longer published: by these this server verifies what it signed itself.
   */
  verification(): Promise<readonly JWK[]>;
  /** When {@link current} next changes by the passing of time alone; undefined when it does not. */
  nextChangeAt(): Promise<Date | undefined>;
}

export interface SigningKeyOptions {
  readonly keys: SigningKeyRepository;
  readonly installation: InstallationRepository;
  readonly secrets: Secrets;
  readonly generate: (alg: SigningAlgorithm) => Promise<GeneratedSigningKey>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Tells all instances that there is another key. */
  readonly announce: (kid: string) => Promise<void>;
  /** Seconds from publishing to signing: not less than others keep our published keys. */
  readonly publishAhead: number;
  /** Seconds that a token signed by these keys lives at most. */
  readonly longestTokenLifetime: number;
  /** Seconds that an ID token may come back after it was signed: as long as a login session can live. */
  readonly verificationLifetime: number;
  /** Seconds by which the clocks of those who check a token may differ. */
  readonly clockTolerance: number;
}

const algorithms: readonly SigningAlgorithm[] = ['ES256', 'RS256'];
const system: Actor = { actor: 'system' };
const placePrefix = 'signing-key:';

interface Placed {
  readonly key: SigningKeyDocument;
  readonly place: number;
  readonly state: SigningKeyState;
  readonly retiresAt?: Date;
}

function nameOfPlace(alg: SigningAlgorithm, place: number): string {
  return `${placePrefix}${alg}:${place}`;
}

function associatedData(kid: string): string {
  return `signing-key:${kid}`;
}

function isJwk(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string';
}

function parseJwk(text: string, kid: string): JWK {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (!isJwk(parsed)) {
    throw new UnsealableError(`the stored signing key ${kid} is not a JWK`);
  }
  return parsed;
}

export function createSigningKeyService(options: SigningKeyOptions): SigningKeyService {
  const {
    keys,
    installation,
    secrets,
    generate,
    audit,
    clock,
    announce,
    publishAhead,
    longestTokenLifetime,
    verificationLifetime,
    clockTolerance,
  } = options;

  function stateAt(
    now: Date,
    { signsFrom }: SigningKeyDocument,
    newer: SigningKeyDocument | undefined,
    retiresAt: Date | undefined,
  ): SigningKeyState {
    if (retiresAt !== undefined && retiresAt <= now) {
      return 'retired';
    }
    if (newer !== undefined && newer.signsFrom <= now) {
      return 'retiring';
    }
    return signsFrom <= now ? 'signing' : 'published';
  }

  function retirementBy(newer: SigningKeyDocument): Date {
    return new Date(newer.signsFrom.getTime() + (longestTokenLifetime + clockTolerance) * 1000);
  }

  /** The keys that have a place, newest first. */
  async function placedKeys(alg: SigningAlgorithm): Promise<Placed[]> {
    // Places first: a key is written before its place, so every place that is seen has its key.
    const places = await installation.listByPrefix(`${placePrefix}${alg}:`);
    const documents = new Map(
      (places.length === 0 ? [] : await keys.list(places.map(({ value }) => value))).map((key) => [key._id, key]),
    );
    const inOrder = places
      .map(({ _id, value }) => ({ place: Number(_id.slice(nameOfPlace(alg, 0).length - 1)), kid: value }))
      .sort((left, right) => right.place - left.place)
      .map(({ place, kid }) => {
        const key = documents.get(kid);
        if (key === undefined) {
          throw new UnsealableError(`the signing key ${kid} is missing from the database`);
        }
        return { place, key };
      });
    const now = clock.now();
    return inOrder.map(({ place, key }, index) => {
      const newer = inOrder[index - 1]?.key;
      // Derived where a crash came before it was written.
      const retiresAt = key.retiresAt ?? (newer === undefined ? undefined : retirementBy(newer));
      return {
        place,
        key,
        state: stateAt(now, key, newer, retiresAt),
        ...(retiresAt === undefined ? {} : { retiresAt }),
      };
    });
  }

  function present({ key, state, retiresAt }: Placed): SigningKey {
    const { _id: kid, alg, publicJwk, createdAt, signsFrom } = key;
    return {
      kid,
      alg,
      publicJwk: parseJwk(publicJwk, kid),
      state,
      createdAt,
      signsFrom,
      ...(retiresAt === undefined ? {} : { retiresAt }),
    };
  }

  function open({ key }: Placed): JWK {
    return parseJwk(secrets.unseal(key.sealedPrivateJwk, associatedData(key._id)), key._id);
  }

  /** @returns the key that was made and took the place; undefined when somebody else's took it, and this one is gone */
  async function make(alg: SigningAlgorithm, place: number, signsFrom: Date): Promise<SigningKeyDocument | undefined> {
    const { kid, publicJwk, privateJwk } = await generate(alg);
    const now = clock.now();
    const key: SigningKeyDocument = {
      _id: kid,
      alg,
      publicJwk: JSON.stringify(publicJwk),
      sealedPrivateJwk: secrets.seal(JSON.stringify(privateJwk), associatedData(kid)),
      createdAt: now,
      signsFrom,
    };
    await keys.insert(key);
    if (await installation.claim({ _id: nameOfPlace(alg, place), value: kid, at: now })) {
      return key;
    }
    await keys.remove(kid);
    return undefined;
  }

  async function newest(alg: SigningAlgorithm): Promise<SigningKey> {
    const [first] = await placedKeys(alg);
    if (first === undefined) {
      throw new UnsealableError(`there is no ${alg} key`);
    }
    return present(first);
  }

  async function ensureFirst(alg: SigningAlgorithm): Promise<void> {
    if ((await placedKeys(alg)).length > 0) {
      return;
    }
    const made = await make(alg, 1, clock.now());
    if (made !== undefined) {
      await announce(made._id);
      await audit.record({ ...system, type: 'key.created', outcome: 'success', detail: { kid: made._id, alg } });
    }
  }

  async function published(): Promise<Placed[]> {
    const all = await Promise.all(algorithms.map(placedKeys));
    return all.flatMap((placed) => [
      ...placed.filter(({ state }) => state === 'signing'),
      ...placed.filter(({ state }) => state === 'published' || state === 'retiring'),
    ]);
  }

  return {
    ensure: async () => {
      for (const placed of await published()) {
        open(placed);
      }
      await Promise.all(algorithms.map(ensureFirst));
    },

    list: async () => (await Promise.all(algorithms.map(placedKeys))).flat().map(present),

    rotate: async ({ alg }, by) => {
      const placed = await placedKeys(alg);
      const [latest] = placed;
      if (latest?.state === 'published') {
        return present(latest);
      }
      if (latest !== undefined) {
        open(latest);
      }
      const made = await make(
        alg,
        (latest?.place ?? 0) + 1,
        latest === undefined ? clock.now() : after(clock, publishAhead),
      );
      if (made === undefined) {
        return newest(alg);
      }
      if (latest !== undefined) {
        await keys.retire(latest.key._id, retirementBy(made));
      }
      for (const { key, state } of placed) {
        if (state === 'retired' && key.sealedPrivateJwk !== '') {
          await keys.erasePrivateHalf(key._id);
        }
      }
      await announce(made._id);
      await audit.record({
        ...actorFields(by),
        type: 'key.rotated',
        outcome: 'success',
        detail: { kid: made._id, alg },
      });
      return newest(alg);
    },

    current: async () => (await published()).map(open),

    verification: async () => {
      const since = after(clock, -verificationLifetime);
      const all = await Promise.all(algorithms.map(placedKeys));
      return all.flatMap((placed) =>
        placed
          .filter((_key, index) => {
            const newer = placed[index - 1];
            return newer === undefined || newer.key.signsFrom > since;
          })
          .map(({ key }) => parseJwk(key.publicJwk, key._id)),
      );
    },

    nextChangeAt: async () => {
      const now = clock.now();
      const moments = (await Promise.all(algorithms.map(placedKeys)))
        .flat()
        .flatMap(({ key, retiresAt }) => [key.signsFrom, ...(retiresAt === undefined ? [] : [retiresAt])]);
      const ahead = moments.filter((moment) => moment > now).sort((left, right) => left.getTime() - right.getTime());
      return ahead[0];
    },
  };
}
