/**
 * The life cycle of the keys that sign tokens: published, signing, retiring, retired. The state of a key is computed
 * from its stored times and the clock, so that all instances agree without communication. Signing itself is not done
 * here.
 *
 * A key is used from the moment that it has a *place* in the sequence of its algorithm: a fact such as
 * `signing-key:ES256:3` with the key's id. The fact is inserted after the key, so exactly one of several instances that
 * create or rotate a key at the same time gets the place for its key. A crash before that leaves an unused key.
 */
import type { JWK } from 'jose';
import { after, type Clock } from '../../clock.ts';
import type { GeneratedSigningKey, SigningAlgorithm } from '../../crypto/signing-keys.ts';
import type { Secrets } from '../../crypto/secrets.ts';
import { UnsealableError } from '../../errors.ts';
import type { SigningKeyDocument } from '../../storage/collections.ts';
import type { InstallationRepository } from '../../storage/repositories/installation.ts';
import type { SigningKeyRepository } from '../../storage/repositories/signing-keys.ts';
import { actorFields, type Actor, type AuditService } from '../foundation/audit.ts';

export type SigningKeyState = 'published' | 'signing' | 'retiring' | 'retired';

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: JWK;
  /**
   * `published`: in the JWK Set, but does not sign yet. `signing`. `retiring`: signs no more, but tokens that it signed
   * may still be valid. `retired`: no longer published.
   */
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** Set as soon as there is a newer key of the same algorithm. */
  readonly retiresAt?: Date;
}

export interface SigningKeyService {
  /**
   * Makes sure that there is a key of each algorithm of {@link SigningKeyOptions.ensured}, so that the metadata is
   * complete from the first response on. Called at start, before any request is served. All published keys are
   * decrypted first, so that a wrong `SECRET` is found before anything is written. Generating the RS256 key may take
   * some seconds at the first start.
   *
   * @throws UnsealableError when a stored key cannot be decrypted; nothing was changed
   */
  ensure(): Promise<void>;
  /** Every key that has a place, retired ones too, newest first within an algorithm. */
  list(): Promise<readonly SigningKey[]>;
  /**
   * Generates and publishes the next key of an algorithm. It signs {@link SigningKeyOptions.publishAhead} seconds
   * later, and the current key retires when every token that it signed has expired. Rotations at the same time create
   * one key. If there is already a published key that does not sign yet, it is returned and no key is created.
   */
  rotate(request: { readonly alg: SigningAlgorithm }, actor: Actor): Promise<SigningKey>;
  /** The private JWKs of all published keys: ES256 before RS256, and the signing key of each algorithm first. */
  current(): Promise<readonly JWK[]>;
  /**
   * The public JWKs of all keys that signed within {@link SigningKeyOptions.verificationLifetime}, also of those that
   * are no longer published. With them this server verifies its own signatures.
   */
  verification(): Promise<readonly JWK[]>;
  /** The next time at which {@link current} changes without a rotation; undefined if there is none. */
  nextChangeAt(): Promise<Date | undefined>;
}

export interface SigningKeyOptions {
  readonly keys: SigningKeyRepository;
  readonly installation: InstallationRepository;
  readonly secrets: Secrets;
  readonly generate: (alg: SigningAlgorithm) => Promise<GeneratedSigningKey>;
  readonly audit: AuditService;
  readonly clock: Clock;
  /** Notifies all instances of a new key. */
  readonly announce: (kid: string) => Promise<void>;
  /** Seconds from publishing to signing: at least as long as others may cache the JWK Set. */
  readonly publishAhead: number;
  /** Seconds. The maximum lifetime of a token signed by these keys. */
  readonly maxTokenLifetime: number;
  /** Seconds during which a signed ID token may be sent back as a hint: the maximum lifetime of a login session. */
  readonly verificationLifetime: number;
  /** Seconds by which the clocks of other servers may differ. */
  readonly clockTolerance: number;
  /** The algorithms of which a key is made at start; all by default. A key of another one is made by `rotate`. */
  readonly ensured?: readonly SigningAlgorithm[];
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
    maxTokenLifetime,
    verificationLifetime,
    clockTolerance,
    ensured = algorithms,
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
    return new Date(newer.signsFrom.getTime() + (maxTokenLifetime + clockTolerance) * 1000);
  }

  /** The keys that have a place, newest first. */
  async function placedKeys(alg: SigningAlgorithm): Promise<Placed[]> {
    // Places first: a key is written before its place, so the key of every place exists.
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
      // Computed here if a crash prevented it from being stored.
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

  /** @returns the new key, if it got the place; undefined if another instance was first, and this key was deleted */
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
      await Promise.all(ensured.map(ensureFirst));
    },

    list: async () => (await Promise.all(algorithms.map(placedKeys))).flat().map(present),

    rotate: async ({ alg }, actor) => {
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
        ...actorFields(actor),
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
