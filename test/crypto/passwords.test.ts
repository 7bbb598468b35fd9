import { expect } from 'chai';
import argon2 from 'argon2';
import { createPasswords, normalisePassword, type Argon2 } from '../../src/crypto/passwords.ts';
import { InvalidInputError, OverloadedError } from '../../src/errors.ts';

const cheap = { memoryKib: 64, passes: 1 };

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Durations that a test chooses. They are real again after it. */
function controlDurations(): { pass(milliseconds: number): void } {
  let now = 0;
  performance.now = () => now;
  return {
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

describe('crypto/passwords', () => {
  const { now } = performance;
  afterEach(() => {
    performance.now = now;
  });

  it('hashes with argon2id: 19456 KiB, 2 passes and a new salt of 16 bytes (OWASP password storage)', async () => {
    const passwords = await createPasswords();
    const [first, second] = await Promise.all([
      passwords.hash('correct horse battery'),
      passwords.hash('correct horse battery'),
    ]);
    const parts = first.split('$');
    expect(parts[1]).to.equal('argon2id');
    expect(parts[2]).to.equal('v=19');
    expect(parts[3]?.split(',').sort()).to.deep.equal(['m=19456', 'p=1', 't=2']);
    expect(Buffer.from(parts[4] ?? '', 'base64')).to.have.length(16);
    expect(parts[4]).to.not.equal(second.split('$')[4]);
    expect(await passwords.verify(first, 'correct horse battery')).to.deep.equal({
      matches: true,
      outdated: false,
    });
    expect(await passwords.verify(first, 'correct horse batterz')).to.deep.equal({
      matches: false,
      outdated: false,
    });
  });

  it('compares verbatim: no cut after 72 bytes, no change of case, no trimming (ASVS 6.2.8)', async () => {
    const passwords = await createPasswords(cheap);
    const long = 'x'.repeat(100);
    const hash = await passwords.hash(`${long}A`);
    for (const other of [`${long}B`, `${long}a`, `${long}A `, long]) {
      expect((await passwords.verify(hash, other)).matches, other).to.equal(false);
    }
  });

  it('treats composed and decomposed letters as the same password (NFC, SP 800-63B-4 §3.1.1.2)', async () => {
    const passwords = await createPasswords(cheap);
    const hash = await passwords.hash('a caf\u00e9 on the corner');
    expect((await passwords.verify(hash, 'a cafe\u0301 on the corner')).matches).to.equal(true);
  });

  it('does the same work without a hash, and never matches', async () => {
    const running: number[] = [];
    const passwords = await createPasswords({ ...cheap, onQueue: ({ running: count }) => running.push(count) });
    expect(await passwords.verify(undefined, 'correct horse battery')).to.deep.equal({
      matches: false,
      outdated: false,
    });
    expect(running).to.deep.equal([1, 0]);
  });

  it('reports a matching hash as outdated if memory or passes were raised, and not if they were lowered', async () => {
    const weak = await (await createPasswords(cheap)).hash('correct horse battery');
    const stronger = await createPasswords({ memoryKib: 128, passes: 2 });
    const strong = await stronger.hash('correct horse battery');
    expect(await stronger.verify(weak, 'correct horse battery')).to.deep.equal({ matches: true, outdated: true });
    expect(await stronger.verify(weak, 'wrong')).to.deep.equal({ matches: false, outdated: false });
    expect(await stronger.verify(strong, 'correct horse battery')).to.deep.equal({ matches: true, outdated: false });
    expect(await (await createPasswords(cheap)).verify(strong, 'correct horse battery')).to.deep.equal({
      matches: true,
      outdated: false,
    });
  });

  it('does the same work for every user: without a hash, with a current one and with older ones, for right and wrong passwords', async () => {
    // The time of argon2 grows with memory times passes. A measured time would be less exact and less reliable.
    let work = 0;
    const workOf = (m: number, t: number): void => {
      work += m * t;
    };
    const library: Argon2 = {
      hash: ((password: string, options: { memoryCost: number; timeCost: number }) => {
        workOf(options.memoryCost, options.timeCost);
        return argon2.hash(password, options);
      }) as Argon2['hash'],
      verify: (hash, password) => {
        const [, m, t] = /\$m=(\d+),p=1,t=(\d+)\$/.exec(hash) ?? [];
        workOf(Number(m), Number(t));
        return argon2.verify(hash, password);
      },
    };
    const passwords = await createPasswords({ memoryKib: 1024, passes: 2 }, library);
    const older = [
      { memoryKib: 1024, passes: 1 },
      { memoryKib: 256, passes: 1 },
      { memoryKib: 300, passes: 3 },
      { memoryKib: 512, passes: 4 },
    ];
    const hashes = await Promise.all(
      older.map(async (options) => (await createPasswords(options)).hash('correct horse battery')),
    );
    for (const hash of [undefined, await passwords.hash('correct horse battery'), ...hashes]) {
      for (const password of ['correct horse battery', 'wrong']) {
        work = 0;
        await passwords.verify(hash, password);
        // Memory is rounded up to whole KiB.
        expect(work, `${hash} ${password}`).to.be.within(2048, 2049);
      }
    }
  });

  it('refuses lone surrogates, NUL and more than 4096 bytes, with or without a hash', async () => {
    const passwords = await createPasswords(cheap);
    for (const text of [
      '\ud800 and fourteen more',
      'a\0b and twelve more',
      'x'.repeat(4097),
      'é'.repeat(2049),
      'x'.repeat(1_000_000),
    ]) {
      expect(await failure(passwords.hash(text))).to.be.instanceOf(InvalidInputError);
      expect(await failure(passwords.verify(undefined, text))).to.be.instanceOf(InvalidInputError);
    }
    expect(normalisePassword('x'.repeat(4096))).to.have.length(4096);
  });

  it('runs as many hashes in parallel as configured, queues others up to the limit, and refuses the rest immediately', async () => {
    const seen: { running: number; waiting: number }[] = [];
    const passwords = await createPasswords({
      ...cheap,
      concurrency: 2,
      queueLimit: 3,
      onQueue: (queue) => seen.push(queue),
    });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => passwords.hash('correct horse battery')),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).to.have.length(5);
    expect(
      refused.every((outcome) => outcome.reason instanceof OverloadedError && outcome.reason.retryAfter !== undefined),
    ).to.equal(true);
    expect(Math.max(...seen.map(({ running }) => running))).to.equal(2);
    expect(Math.max(...seen.map(({ waiting }) => waiting))).to.equal(3);
    expect(seen.at(-1)).to.deep.equal({ running: 0, waiting: 0 });
    expect(await passwords.hash('correct horse battery')).to.match(/^\$argon2id/);
  });

  it('rejects a hash that is expected to wait too long, although the queue has room', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<boolean>();
    const durations = controlDurations();
    const slow = await createPasswords({ ...cheap, concurrency: 1, queueLimit: 64, maxWaitMs: 700 }, {
      // One may wait for another, two may not.
      hash: async () => {
        durations.pass(400);
        return 'hash';
      },
      verify: () => gate,
    } as unknown as Argon2);
    expect(await slow.hash('correct horse battery')).to.equal('hash');
    const waiting = Array.from({ length: 3 }, () => slow.verify('hash', 'correct horse battery'));
    expect(() => slow.assertCapacity()).to.throw(OverloadedError);
    expect(await failure(slow.hash('correct horse battery'))).to.be.instanceOf(OverloadedError);
    open(true);
    await Promise.all(waiting);
    slow.assertCapacity();
  });

  describe('a reserved place', () => {
    /** One hash is computed and one waits, because a second one would have to wait for some time. */
    const one = { ...cheap, concurrency: 1, maxWaitMs: 0 };

    it('counts as a hash until it is used or given back, and admits its comparison in any case', async () => {
      const passwords = await createPasswords(one);
      const hash = await passwords.hash('correct horse battery');
      const first = passwords.reserve();
      const second = passwords.reserve();
      expect(() => passwords.reserve()).to.throw(OverloadedError);
      expect(() => passwords.assertCapacity()).to.throw(OverloadedError);
      expect(await failure(passwords.verify(hash, 'correct horse battery'))).to.be.instanceOf(OverloadedError);
      expect(await passwords.verify(hash, 'correct horse battery', first)).to.deep.equal({
        matches: true,
        outdated: false,
      });
      passwords.assertCapacity();
      second.release();
      second.release();
      first.release();
      passwords.reserve();
      passwords.reserve();
      expect(() => passwords.reserve()).to.throw(OverloadedError);
    });

    it('does not count as a waiting hash, and stays valid when as many wait as may', async () => {
      const passwords = await createPasswords({ ...cheap, concurrency: 1, queueLimit: 1 });
      const places = Array.from({ length: 4 }, () => passwords.reserve());
      const verifications = places.map((place) => passwords.verify(undefined, 'correct horse battery', place));
      expect(() => passwords.reserve()).to.throw(OverloadedError);
      for (const verification of await Promise.all(verifications)) {
        expect(verification.matches).to.equal(false);
      }
    });

    it('is given back when the password is rejected before it is compared', async () => {
      const passwords = await createPasswords({ ...cheap, concurrency: 1, queueLimit: 0 });
      const place = passwords.reserve();
      expect(await failure(passwords.verify(undefined, 'a\0b', place))).to.be.instanceOf(InvalidInputError);
      place.release();
      passwords.assertCapacity();
    });

    it('gives way while its holder waits: others are admitted, and its comparison needs a free place again', async () => {
      const passwords = await createPasswords(one);
      const waiting = passwords.reserve();
      waiting.giveWay(0);
      const others = [passwords.reserve(), passwords.reserve()];
      expect(await failure(passwords.verify(undefined, 'correct horse battery', waiting))).to.be.instanceOf(
        OverloadedError,
      );
      others.forEach((other) => other.release());
      expect(await passwords.verify(undefined, 'correct horse battery', waiting)).to.include({ matches: false });
    });

    it('rejects its holder when those who wait before it are expected to take too long', async () => {
      const durations = controlDurations();
      let milliseconds = 40;
      const slow = await createPasswords({ ...cheap, concurrency: 1, queueLimit: 64, maxWaitMs: 200 }, {
        hash: async () => {
          durations.pass(milliseconds);
          return 'hash';
        },
        verify: () => Promise.resolve(true),
      } as unknown as Argon2);
      await slow.hash('correct horse battery');
      slow.reserve().giveWay(100);
      milliseconds = 0;
      slow.reserve();
      slow.reserve().giveWay(1);
      const rejected = slow.reserve();
      expect(() => rejected.giveWay(100)).to.throw(OverloadedError);
      slow.assertCapacity();
    });
  });

  it('frees its place when a comparison fails', async () => {
    const passwords = await createPasswords({ ...cheap, concurrency: 1, queueLimit: 0 });
    expect(await failure(passwords.verify('not a hash', 'correct horse battery'))).to.be.instanceOf(Error);
    expect(await passwords.hash('correct horse battery')).to.match(/^\$argon2id/);
  });
});
