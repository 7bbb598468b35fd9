/**
 * Hashing of passwords: argon2id behind a bounded queue. Whether a password is good enough is not decided here
 * (services/password-policy.ts), nor how often one may try (services/throttle.ts).
 */
import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { InvalidInputError, OverloadedError } from '../errors.ts';

export interface PasswordOptions {
  /** Memory for one hash in KiB. OWASP's password storage sheet: 19456 with 2 passes. */
  readonly memoryKib?: number;
  /** How often the memory is gone over. */
  readonly passes?: number;
  readonly parallelism?: number;
  /**
   * Hashes at the same time, default 2: below libuv's pool of 4 threads, which argon2 shares with WebCrypto, DNS and
   * files. With all four taken, the signature of a token waits for hashes: two seconds were measured.
   */
  readonly concurrency?: number;
  /** Hashes that may wait for a turn, default 64; the next is refused at once. */
  readonly queueLimit?: number;
  /** Called whenever the number of hashes that run or wait changes. */
  readonly onQueue?: (queue: { readonly running: number; readonly waiting: number }) => void;
}

export interface Verification {
  readonly matches: boolean;
  /** Whether it matched a hash that was made with less work than is configured now: then it should be hashed anew. */
  readonly outdated: boolean;
}

export interface Passwords {
  /**
   * @returns the PHC string of argon2id, with a salt of its own of 16 bytes
   * @throws InvalidInputError for text that is no password (see {@link normalisePassword})
   * @throws OverloadedError when the queue is full; nothing was hashed
   */
  hash(password: string): Promise<string>;
  /**
   * Compares with a stored hash. Without one (no such account, or one that has no password) the same work is done on
   * the decoy, and the answer is that it does not match.
   *
   * @throws InvalidInputError for text that is no password, whether or not there is a hash
   * @throws OverloadedError when the queue is full; nothing was compared
   */
  verify(hash: string | undefined, password: string): Promise<Verification>;
}

const maxBytes = 4096;
const saltBytes = 16;
const hashBytes = 32;

/**
 * The form in which a password is hashed and judged: NFC (NIST SP 800-63B-4 §3.1.1.2), otherwise verbatim; nothing is
 * trimmed, cut or changed in case (OWASP ASVS 6.2.8).
 *
 * @throws InvalidInputError for lone surrogates (they have no UTF-8, so that many would hash alike), a NUL, or more than 4096 bytes
 */
export function normalisePassword(password: string): string {
  if (!password.isWellFormed() || password.includes('\0')) {
    throw new InvalidInputError('The password holds characters that cannot be used.', 'password');
  }
  // Measured before normalising, which may triple the length: so that a huge input costs nothing.
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

/** What a stored hash took. Memory in KiB; the time that argon2 takes grows with memory times passes. */
interface Work {
  readonly memoryKib: number;
  readonly passes: number;
}

/** Undefined for any other algorithm. */
function workOf(hash: string): Work | undefined {
  const found = phcParameters.exec(hash);
  return found === null ? undefined : { memoryKib: Number(found[1] ?? found[4]), passes: Number(found[3] ?? found[5]) };
}

/** Whether a stored hash took less memory, or less work in all, than is configured; also true of any other algorithm. */
function isOutdated(stored: Work | undefined, { memoryKib, passes }: Work): boolean {
  return stored === undefined || stored.memoryKib < memoryKib || stored.memoryKib * stored.passes < memoryKib * passes;
}

interface Queue {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Runs at most `concurrency` pieces of work at once, in the order they came, and refuses what would wait behind `limit` others. */
function createQueue(concurrency: number, limit: number, onChange: NonNullable<PasswordOptions['onQueue']>): Queue {
  const waiting: (() => void)[] = [];
  let running = 0;

  const report = (): void => onChange({ running, waiting: waiting.length });

  async function takeTurn(): Promise<void> {
    if (running < concurrency) {
      running += 1;
      report();
      return;
    }
    if (waiting.length >= limit) {
      throw new OverloadedError(`${waiting.length} password hashes are waiting`);
    }
    // The one that ends hands its turn over, so that `running` does not fall and rise in between.
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

  return {
    run: async (work) => {
      await takeTurn();
      try {
        return await work();
      } finally {
        endTurn();
      }
    },
  };
}

/** The part of the argon2 library that is used. */
export type Argon2 = Pick<typeof argon2, 'hash' | 'verify'>;

/**
 * Makes the decoy and the queue. One hash is computed before the promise resolves.
 *
 * The decoy is what a password is compared with where there is no hash, so that an unknown user costs the time of a
 * known one. It is made at start from the parameters configured now, over 32 random bytes that are not kept: nobody
 * knows a password for it, a password typed by a person is text and these bytes are not, and `verify` does not look at
 * the outcome of that comparison at all.
 *
 * After a comparison with a hash that took less work, a hash is computed for the rest of it and thrown away, so that
 * such a user takes as long as every other. One that took more work than is configured now takes longer.
 */
export async function createPasswords(options: PasswordOptions = {}, library: Argon2 = argon2): Promise<Passwords> {
  const {
    memoryKib = 19_456,
    passes = 2,
    parallelism = 1,
    concurrency = 2,
    queueLimit = 64,
    onQueue = () => {},
  } = options;
  const configured: Work = { memoryKib, passes };
  const queue = createQueue(concurrency, queueLimit, onQueue);

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

  const decoy = await hashNow(randomBytes(32));

  /** Does what a comparison with this hash took less than one with a hash of today. */
  async function makeUpFor(stored: Work, password: string): Promise<void> {
    const missing = memoryKib * passes - stored.memoryKib * stored.passes;
    if (missing > 0) {
      const leastMemoryKib = 8 * parallelism; // RFC 9106 §3.1
      await hashNow(password, { memoryKib: Math.max(leastMemoryKib, Math.ceil(missing / passes)), passes });
    }
  }

  async function verifyNow(hash: string | undefined, password: string): Promise<Verification> {
    if (hash === undefined) {
      await library.verify(decoy, password);
      return { matches: false, outdated: false };
    }
    const matches = await library.verify(hash, password);
    const stored = workOf(hash);
    await makeUpFor(stored ?? { memoryKib: 0, passes: 0 }, password);
    return { matches, outdated: matches && isOutdated(stored, configured) };
  }

  return {
    hash: async (password) => {
      const normalised = normalisePassword(password);
      return queue.run(() => hashNow(normalised));
    },
    verify: async (hash, password) => {
      const normalised = normalisePassword(password);
      return queue.run(() => verifyNow(hash, normalised));
    },
  };
}
