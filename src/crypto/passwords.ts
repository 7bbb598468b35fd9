/**
 * Hashes passwords with argon2id, behind a bounded queue. The password policy (services/users/password-policy.ts) and
 * the limit of attempts (services/foundation/throttle.ts) are elsewhere.
 */
import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { monotonicMilliseconds } from '../clock.ts';
import { InvalidInputError, OverloadedError } from '../errors.ts';

export interface PasswordOptions {
  /** Memory for one hash in KiB. OWASP's password storage sheet: 19456 with 2 passes. */
  readonly memoryKib?: number;
  /** The number of passes over the memory. */
  readonly passes?: number;
  readonly parallelism?: number;
  /**
   * Hashes at the same time, default 2: fewer than the 4 threads of libuv's pool, which argon2 shares with WebCrypto,
   * DNS and files. If hashes use all four, the signature of a token waits for them: two seconds were measured.
   */
  readonly concurrency?: number;
  /** While so many hashes wait, default 64, the next one is rejected immediately. */
  readonly queueLimit?: number;
  /**
   * Milliseconds that a hash may be expected to wait, default 2000; a longer wait is rejected immediately. Fewer than a
   * request may take: on a slow machine, a full queue would otherwise end in requests that are rejected late.
   */
  readonly maxWaitMs?: number;
  /** Called whenever the number of hashes that run or wait changes. */
  readonly onQueue?: (queue: { readonly running: number; readonly waiting: number }) => void;
}

export interface Verification {
  readonly matches: boolean;
  /** Whether it matched a hash made with less work than is now configured: the caller should store a new hash. */
  readonly outdated: boolean;
}

/** A reserved place in the queue of hashes. It must be used, by {@link Passwords.verify}, or released. */
export interface HashPlace {
  /** @throws OverloadedError when the place was given back and the queue is full */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Gives the place back. Without effect after it was used or given back. */
  release(): void;
  /**
   * Gives the place back for as long as its holder waits for other attempts, so that they do not keep everybody else
   * out. The comparison then takes the next free place.
   * @param ahead attempts that wait for the same and come first; each of them needs a hash, too
   * @throws OverloadedError when they and the waiting hashes are expected to take too long
   */
  giveWay(ahead: number): void;
}

export interface Passwords {
  /**
   * Checks whether a hash would be accepted now, so that a caller does no other work for a request that is rejected.
   * @throws OverloadedError when the queue is full
   */
  assertCapacity(): void;
  /**
   * Reserves a place, so that an attempt that was let in is not rejected after it has waited for the database.
   * @throws OverloadedError when the queue is full
   */
  reserve(): HashPlace;
  /**
   * @returns the PHC string of argon2id, with a new salt of 16 bytes
   * @throws InvalidInputError for text that cannot be a password (see {@link normalisePassword})
   * @throws OverloadedError when the queue is full; nothing was hashed
   */
  hash(password: string): Promise<string>;
  /**
   * Compares with a stored hash. Without one (no such user, or a user without a password) the same work is done with
   * the decoy, and the result is that it does not match.
   *
   * @param place a place of {@link Passwords.reserve}
   * @throws InvalidInputError for text that cannot be a password, whether or not there is a hash
   * @throws OverloadedError when the queue is full and no place was reserved; nothing was compared
   */
  verify(hash: string | undefined, password: string, place?: HashPlace): Promise<Verification>;
}

const maxBytes = 4096;
const saltBytes = 16;
const hashBytes = 32;

/**
 * The form in which a password is hashed and checked: NFC (NIST SP 800-63B-4 §3.1.1.2), otherwise unchanged. Nothing is
 * trimmed, truncated or changed in case (OWASP ASVS 6.2.8).
 *
 * @throws InvalidInputError for a lone surrogate (UTF-8 cannot encode it, so different passwords would have the same
 *   hash), a NUL, or more than 4096 bytes
 */
export function normalisePassword(password: string): string {
  if (!password.isWellFormed() || password.includes('\0')) {
    throw new InvalidInputError('The password holds characters that cannot be used.', 'password');
  }
  // Checked before normalising too, so that a very long input costs nothing.
  if (password.length > maxBytes) {
    throw new InvalidInputError(`The password is longer than ${maxBytes} bytes.`, 'password');
  }
  const normalised = password.normalize('NFC');
  if (Buffer.byteLength(normalised) > maxBytes) {
    throw new InvalidInputError(`The password is longer than ${maxBytes} bytes.`, 'password');
  }
  return normalised;
}

const phcParameters = /^\$argon2id\$v=19\$m=(\d+),p=(\d+),t=(\d+)\$|^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/;

/** The work of a hash. Memory in KiB; the time of argon2 is proportional to memory times passes. */
interface Work {
  readonly memoryKib: number;
  readonly passes: number;
}

/** The work of a stored hash; undefined for another algorithm. */
function workOf(hash: string): Work | undefined {
  const found = phcParameters.exec(hash);
  return found === null ? undefined : { memoryKib: Number(found[1] ?? found[4]), passes: Number(found[3] ?? found[5]) };
}

/** Whether a stored hash used less memory or total work than is configured. Also true for another algorithm. */
function isOutdated(stored: Work | undefined, { memoryKib, passes }: Work): boolean {
  return stored === undefined || stored.memoryKib < memoryKib || stored.memoryKib * stored.passes < memoryKib * passes;
}

interface Queue {
  /** @throws OverloadedError */
  assertCapacity(): void;
  /** @throws OverloadedError */
  reserve(): HashPlace;
}

/**
 * Runs at most `concurrency` pieces of work at the same time, in order. While `limit` wait, or while further work is
 * expected to wait more than `maxWaitMs`, it is rejected. Reserved places count for that time, but not as waiting: many
 * of those who arrive together may have to wait for something else first.
 * @param firstMeasured milliseconds that one piece of work took before
 */
function createQueue(
  { concurrency, limit, maxWaitMs }: Readonly<Record<'concurrency' | 'limit' | 'maxWaitMs', number>>,
  firstMeasured: number,
  onChange: NonNullable<PasswordOptions['onQueue']>,
): Queue {
  const waiting: (() => void)[] = [];
  let running = 0;
  let reserved = 0;
  /** Milliseconds of one piece of work: an average in which later ones weigh more. */
  let average = firstMeasured;

  function measure(milliseconds: number): void {
    average += (milliseconds - average) / 8;
  }

  /** @param ahead pieces of work that are not in the queue yet and come first */
  function assertCapacity(ahead = 0): void {
    const before = running + waiting.length + reserved - concurrency;
    const expectedWait = ((before + ahead) * average) / concurrency;
    if (before >= 0 && (waiting.length >= limit || expectedWait > maxWaitMs)) {
      throw new OverloadedError(`${waiting.length} password hashes wait, and ${reserved} places are reserved`);
    }
  }

  const report = (): void => onChange({ running, waiting: waiting.length });

  async function takeTurn(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      report();
      return;
    }
    // Work that ends passes its turn to the next, so `running` does not change.
    const turn = new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
    report();
    await turn;
  }

  function endTurn(): void {
    const next = waiting.shift();
    if (next) {
      next();
    } else {
      running -= 1;
    }
    report();
  }

  function reserve(): HashPlace {
    assertCapacity();
    reserved += 1;
    let isReserved = true;
    const release = (): void => {
      reserved -= isReserved ? 1 : 0;
      isReserved = false;
    };
    return {
      release,
      giveWay: (ahead) => {
        release();
        assertCapacity(ahead);
      },
      run: async (work) => {
        if (!isReserved) {
          assertCapacity();
        }
        release();
        await takeTurn();
        const began = monotonicMilliseconds();
        try {
          return await work();
        } finally {
          measure(monotonicMilliseconds() - began);
          endTurn();
        }
      },
    };
  }

  return { assertCapacity, reserve };
}

/** The functions of the argon2 library that are used here. */
export type Argon2 = Pick<typeof argon2, 'hash' | 'verify'>;

/**
 * Creates the decoy and the queue. One hash is computed before the promise resolves.
 *
 * When there is no hash, a password is compared with the decoy, so that unknown and known users take the same time. The
 * decoy is made at start with the configured parameters from 32 random bytes that are not kept. It can never be
 * accepted: nobody knows the bytes, they are not text, and `verify` ignores the result of this comparison.
 *
 * After a comparison with a hash of less work, another hash is computed for the missing work and discarded, so that all
 * users take the same time. A user whose hash used more work than is now configured takes longer.
 */
export async function createPasswords(options: PasswordOptions = {}, library: Argon2 = argon2): Promise<Passwords> {
  const {
    memoryKib = 19_456,
    passes = 2,
    parallelism = 1,
    concurrency = 2,
    queueLimit = 64,
    maxWaitMs = 2000,
    onQueue = () => {},
  } = options;
  const configured: Work = { memoryKib, passes };

  function hashNow(password: string | Buffer, work = configured): Promise<string> {
    return library.hash(password, {
      type: argon2.argon2id,
      memoryCost: work.memoryKib,
      timeCost: work.passes,
      parallelism,
      hashLength: hashBytes,
      salt: randomBytes(saltBytes),
    });
  }

  const began = monotonicMilliseconds();
  const decoy = await hashNow(randomBytes(32));
  const queue = createQueue({ concurrency, limit: queueLimit, maxWaitMs }, monotonicMilliseconds() - began, onQueue);

  /** Does the work by which a stored hash is below the configured work. */
  async function doMissingWork(stored: Work, password: string): Promise<void> {
    const missing = memoryKib * passes - stored.memoryKib * stored.passes;
    if (missing > 0) {
      const minMemoryKib = 8 * parallelism; // RFC 9106 §3.1
      await hashNow(password, { memoryKib: Math.max(minMemoryKib, Math.ceil(missing / passes)), passes });
    }
  }

  async function verifyNow(hash: string | undefined, password: string): Promise<Verification> {
    if (hash === undefined) {
      await library.verify(decoy, password);
      return { matches: false, outdated: false };
    }
    const matches = await library.verify(hash, password);
    const stored = workOf(hash);
    await doMissingWork(stored ?? { memoryKib: 0, passes: 0 }, password);
    return { matches, outdated: matches && isOutdated(stored, configured) };
  }

  return {
    assertCapacity: () => queue.assertCapacity(),
    reserve: () => queue.reserve(),
    hash: async (password) => {
      const normalised = normalisePassword(password);
      return queue.reserve().run(() => hashNow(normalised));
    },
    verify: async (hash, password, place) => {
      const normalised = normalisePassword(password);
      return (place ?? queue.reserve()).run(() => verifyNow(hash, normalised));
    },
  };
}
