import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { after } from '../../src/clock.ts';
import { InvalidInputError, OverloadedError, StorageUnavailableError, ThrottledError } from '../../src/errors.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { createAuthenticationService, type SignIn } from '../../src/services/sign-in/authentication.ts';
import {
  cheapHashing,
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  throttleSettings,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'command line' };
const home = '198.51.100.7';
const otherAddress = '203.0.113.9';

function ada(changes: Partial<SignIn> = {}): SignIn {
  return { email: 'ada@example.com', password: goodPassword, address: home, requestId: 'request-1', ...changes };
}

describeOnEachDatabase('services/authentication', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let accountId: string;
  let created: UserDocument;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
    created = await services.users.create({ email: 'Ada@example.com', password: goodPassword }, by);
    accountId = created._id;
  });
  afterEach(() => temporary.close());

  async function fail(times: number, changes: Partial<SignIn> = {}): Promise<void> {
    for (let attempt = 0; attempt < times; attempt += 1) {
      expect(await services.authentication.signIn(ada({ password: 'not the password', ...changes }))).to.deep.equal({
        outcome: 'refused',
      });
    }
  }

  it('signs in with the correct password, without regard to the case of the email', async () => {
    const result = await services.authentication.signIn(ada({ email: ' ADA@Example.com' }));
    expect(result.outcome === 'success' && result.user._id).to.equal(accountId);
    const [event] = await services.audit.list({ limit: 1 });
    expect(event).to.include({
      type: 'login.success',
      accountId,
      actor: accountId,
      address: home,
      requestId: 'request-1',
    });
  });

  it('answers equally, after the same work, for an unknown, disabled or passwordless user, a wrong password and an invalid email (C3)', async () => {
    let comparisons = 0;
    const counting = createAuthenticationService({
      ...services.repositories,
      ...services,
      users: services.repositories.users,
      passwords: {
        ...services.passwords,
        verify: (hash, password) => {
          comparisons += 1;
          return services.passwords.verify(hash, password);
        },
      },
      clock: temporary.clock,
    });
    const disabled = await services.users.create({ email: 'disabled@example.com', password: goodPassword }, by);
    await services.users.disable(disabled._id, by);
    await services.users.create({ email: 'new@example.com' }, by);
    const attempts = [
      ada({ password: 'not the password' }),
      ada({ email: 'nobody@example.com' }),
      ada({ email: 'disabled@example.com' }),
      ada({ email: 'new@example.com' }),
      ada({ email: 'user＠x.com' }),
      ada({ email: '' }),
      ada({ email: 'a@b.com\r\nBcc: c@d.com' }),
      ada({ email: '\ud800' }),
      ada({ email: '[object Object]' }),
    ];
    for (const attempt of attempts) {
      expect(await counting.signIn(attempt), attempt.email).to.deep.equal({ outcome: 'refused' });
    }
    expect(comparisons).to.equal(attempts.length);
    const reasons = (await services.audit.list({ limit: 50 }))
      .filter(({ type }) => type === 'login.failure')
      .map(({ detail }) => detail?.['reason']);
    expect(new Set(reasons)).to.deep.equal(new Set(['wrong password', 'unknown account', 'disabled', 'no password']));
  });

  it('makes unknown users wait exactly like known ones (C3)', async () => {
    const waits = async (email: string): Promise<unknown[]> => {
      const results: unknown[] = [];
      for (let attempt = 0; attempt < 8; attempt += 1) {
        const error = await failureOf(services.authentication.signIn(ada({ email, password: 'not the password' })));
        results.push(error instanceof ThrottledError ? [error.status, error.message, error.retryAfter] : error);
      }
      return results;
    };
    expect(await waits('nobody@example.com')).to.deep.equal(await waits('ada@example.com'));
  });

  it('checks no more passwords in parallel than the free attempts (C6)', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, () => services.authentication.signIn(ada({ password: 'not the password' }))),
    );
    const checked = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(checked).to.equal(throttleSettings.accountFree);
    expect(
      outcomes.every((outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof ThrottledError),
    ).to.equal(true);
    expect(services.outcomes.filter((outcome) => outcome === 'throttled')).to.have.length(40 - checked);
    // The right password, too, is not checked now.
    expect(await failureOf(services.authentication.signIn(ada()))).to.be.instanceOf(ThrottledError);
    const [event] = await services.audit.list({ limit: 1 });
    expect(event).to.include({ type: 'login.throttled', outcome: 'failure' });
  });

  it('resets the counter after a success', async () => {
    for (let round = 0; round < 5; round += 1) {
      await fail(4);
      expect((await services.authentication.signIn(ada())).outcome).to.equal('success');
    }
  });

  it('does not count successes, so that many users can sign in from one address', async () => {
    for (let attempt = 0; attempt < 120; attempt += 1) {
      expect((await services.authentication.signIn(ada())).outcome).to.equal('success');
    }
  });

  it('makes an address wait that tries many users, for IPv6 its whole /64 (C9)', async () => {
    let refused: unknown;
    for (let attempt = 0; attempt <= throttleSettings.addressFree; attempt += 1) {
      refused = await failureOf(
        services.authentication.signIn(
          ada({ email: `user${attempt}@example.com`, address: `2001:db8::${attempt.toString(16)}` }),
        ),
      );
    }
    expect(refused).to.be.instanceOf(ThrottledError);
    expect((await services.authentication.signIn(ada({ address: '2001:db8:0:1::1' }))).outcome).to.equal('success');
  });

  it('lets a known device sign in while the failures of a stranger make the user wait (C8)', async () => {
    const { token } = services.authentication.issueDeviceToken(created);
    await fail(5, { address: otherAddress });
    expect(await failureOf(services.authentication.signIn(ada()))).to.be.instanceOf(ThrottledError);
    expect((await services.authentication.signIn(ada({ device: token }))).outcome).to.equal('success');
  });

  it('counts a known device separately, and accepts no forged device token (C8)', async () => {
    const { token, expiresAt } = services.authentication.issueDeviceToken(created);
    await fail(5, { device: token });
    expect(await failureOf(services.authentication.signIn(ada({ device: token })))).to.be.instanceOf(ThrottledError);
    expect((await services.authentication.signIn(ada())).outcome).to.equal('success');

    await fail(5, { address: otherAddress });
    const other = await services.users.create({ email: 'eve@example.com', password: goodPassword }, by);
    const fresh = services.authentication.issueDeviceToken(created).token;
    const forged = [
      services.authentication.issueDeviceToken(other).token,
      `${fresh}x`,
      fresh.replace(accountId, other._id),
      fresh.slice(0, -1),
      'x',
      '....',
      'x'.repeat(100_000),
    ];
    for (const device of forged) {
      expect(await failureOf(services.authentication.signIn(ada({ device }))), device.slice(0, 80)).to.be.instanceOf(
        ThrottledError,
      );
    }
    expect((await services.authentication.signIn(ada({ device: fresh }))).outcome).to.equal('success');
    temporary.clock.advance((expiresAt.getTime() - temporary.clock.now().getTime()) / 1000);
    await fail(5, { address: otherAddress });
    expect(await failureOf(services.authentication.signIn(ada({ device: fresh })))).to.be.instanceOf(ThrottledError);
  });

  it('counts all devices of a user together, so that more devices give no more guesses (C8)', async () => {
    const devices = Array.from({ length: 12 }, () => services.authentication.issueDeviceToken(created).token);
    let checked = 0;
    for (let round = 0; round < 5; round += 1) {
      for (const device of devices) {
        const error = await failureOf(services.authentication.signIn(ada({ password: 'not the password', device })));
        checked += error === undefined ? 1 : 0;
      }
    }
    expect(checked).to.equal(throttleSettings.pairFree);
    expect((await services.authentication.signIn(ada())).outcome, 'without a device').to.equal('success');
  });

  it('does not recognize a device after a change of the password (C8, C16)', async () => {
    const { token } = services.authentication.issueDeviceToken(created);
    const password = 'another horse, another battery';
    await services.users.setPassword(accountId, password, by);
    await fail(5, { address: otherAddress });
    expect(await failureOf(services.authentication.signIn(ada({ password, device: token })))).to.be.instanceOf(
      ThrottledError,
    );
    const changed = (await services.users.find(accountId)) ?? created;
    const { token: fresh } = services.authentication.issueDeviceToken(changed);
    expect((await services.authentication.signIn(ada({ password, device: fresh }))).outcome).to.equal('success');
  });

  it('accepts every correct password of many parallel sign-ins, of one user and of many at one address, in two processes', async () => {
    const other = await wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock });
    const serviceFor = (index: number) => (index % 2 ? services : other).authentication;
    const same = await Promise.all(Array.from({ length: 12 }, (_, index) => serviceFor(index).signIn(ada())));
    expect(same.filter(({ outcome }) => outcome === 'success')).to.have.length(12);
    const emails = Array.from({ length: 90 }, (_, index) => `user${index}@example.com`);
    for (const email of emails) {
      await services.users.create({ email, password: goodPassword }, by);
    }
    const different = await Promise.all(emails.map((email, index) => serviceFor(index).signIn(ada({ email }))));
    expect(different.filter(({ outcome }) => outcome === 'success')).to.have.length(90);
  });

  it('checks no more wrong passwords than the limit under any parallelism, in two processes (C6, C11)', async () => {
    const other = await wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock });
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const { authentication } = index % 2 ? services : other;
        const error = await failureOf(authentication.signIn(ada({ password: `guess ${index}` })));
        return error instanceof ThrottledError ? error.concerns : (error ?? 'checked');
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'checked')).to.have.length(throttleSettings.accountFree);
    expect(outcomes.filter((outcome) => outcome === 'user')).to.have.length(60 - throttleSettings.accountFree);
  });

  it('accepts no password after a hundred failures in a row, until a link sets a new one (C6, C8)', async () => {
    let checked = 0;
    for (let attempt = 0; attempt < 120; attempt += 1) {
      checked +=
        (await failureOf(
          services.authentication.signIn(ada({ password: 'not the password', address: `10.0.${attempt}.1` })),
        )) === undefined
          ? 1
          : 0;
      temporary.clock.advance(3600);
    }
    expect(checked).to.equal(100);
    expect(await failureOf(services.authentication.signIn(ada()))).to.be.instanceOf(ThrottledError);
    const { token } = await services.users.createPasswordLink(accountId, 'set-password', by);
    await services.users.redeemPasswordLink(token, 'another horse, another battery', by);
    expect(
      (await services.authentication.signIn(ada({ password: 'another horse, another battery' }))).outcome,
    ).to.equal('success');
  });

  it('rehashes after the answer when the parameters have increased, and does not overwrite a changed password (C1)', async () => {
    const stronger = await wireUserServices(temporary, { hashing: { ...cheapHashing, memoryKib: 128 } });
    const storedHash = async (): Promise<string> =>
      (await services.repositories.users.find(accountId))?.passwordHash ?? '';
    const before = await storedHash();
    expect((await stronger.authentication.signIn(ada({ password: 'not the password' }))).outcome).to.equal('refused');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => stronger.authentication.signIn(ada())));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).to.deep.equal(new Set(['success']));
    while ((await storedHash()) === before) {
      await sleep(5);
    }
    expect(await storedHash()).to.match(/m=128/);
    await services.repositories.users.replacePasswordHash(accountId, before, 'too late');
    expect(await storedHash()).to.match(/m=128/);
    expect((await stronger.authentication.signIn(ada())).outcome).to.equal('success');
  });

  it('refuses a sign-in when the password was replaced, or the user disabled, while the password was hashed', async () => {
    for (const interfere of [
      () => services.users.disable(accountId, by),
      () => services.users.setPassword(accountId, 'another horse, another battery', by),
    ]) {
      const slow = createAuthenticationService({
        ...services,
        users: services.repositories.users,
        passwords: {
          ...services.passwords,
          verify: async (hash, password) => {
            const verification = await services.passwords.verify(hash, password);
            await interfere();
            return verification;
          },
        },
        clock: temporary.clock,
      });
      expect(await slow.signIn(ada())).to.deep.equal({ outcome: 'refused' });
      await services.users.enable(accountId, by);
    }
  });

  it('rejects a sign-in before it uses the database while no password can be hashed (F4)', async () => {
    const busy = createAuthenticationService({
      ...services,
      users: services.repositories.users,
      passwords: {
        ...services.passwords,
        reserve: () => {
          throw new OverloadedError('full');
        },
      },
      throttle: { begin: () => expect.fail('the throttle was used'), reset: () => Promise.resolve() },
      clock: temporary.clock,
    });
    expect(await failureOf(busy.signIn(ada()))).to.be.instanceOf(OverloadedError);
  });

  it('does not keep others out while attempts of one user wait for each other (F4)', async () => {
    const reserved = new Set<number>();
    let [reservations, compared] = [0, 0];
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const counting = createAuthenticationService({
      ...services,
      users: services.repositories.users,
      passwords: {
        ...services.passwords,
        reserve: () => {
          const place = services.passwords.reserve();
          const number = (reservations += 1);
          reserved.add(number);
          return {
            ...place,
            release: () => {
              reserved.delete(number);
              place.release();
            },
            giveWay: (ahead) => {
              reserved.delete(number);
              place.giveWay(ahead);
            },
          };
        },
        verify: async (hash, password) => {
          compared += 1;
          await held;
          return services.passwords.verify(hash, password);
        },
      },
      clock: temporary.clock,
    });
    const free = 5;
    const attempts = Promise.all(Array.from({ length: free + 3 }, () => counting.signIn(ada())));
    const othersWait = (): boolean => compared >= free && reserved.size <= free;
    while (!othersWait()) {
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
    // Fewer if an attempt has waited for its place.
    expect({ reservations, compared }).to.deep.equal({ reservations: free + 3, compared: free });
    release();
    for (const { outcome } of await attempts) {
      expect(outcome).to.equal('success');
    }
    expect(reserved.size).to.equal(0);
  });

  it('neither counts an outage or a full queue as a failure, nor answers it as a wrong password', async () => {
    for (const error of [new StorageUnavailableError('cut off'), new OverloadedError('full')]) {
      const failing = createAuthenticationService({
        ...services,
        users: services.repositories.users,
        passwords: { ...services.passwords, verify: () => Promise.reject(error) },
        clock: temporary.clock,
      });
      for (let attempt = 0; attempt < 10; attempt += 1) {
        expect(await failureOf(failing.signIn(ada()))).to.equal(error);
      }
    }
    await fail(4);
    expect((await services.authentication.signIn(ada())).outcome).to.equal('success');
  });

  it('rejects text that cannot be a password before it looks for the user, and does not count it (A6)', async () => {
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      for (let attempt = 0; attempt < 8; attempt += 1) {
        expect(await failureOf(services.authentication.signIn(ada({ email, password: 'a\0b' })))).to.be.instanceOf(
          InvalidInputError,
        );
      }
    }
  });

  it('writes neither passwords nor device tokens to the log or the audit', async () => {
    const { token } = services.authentication.issueDeviceToken(created);
    await services.authentication.signIn(ada({ device: token }));
    await services.authentication.signIn(ada({ password: 'a wrong secret thing' }));
    const recorded = JSON.stringify([services.lines, await services.audit.list({ limit: 50 })]);
    for (const secret of [goodPassword, 'a wrong secret thing', token]) {
      expect(recorded).to.not.include(secret);
    }
    expect(after(temporary.clock, 86_400)).to.deep.equal((await services.audit.list({ limit: 1 }))[0]?.expiresAt);
  });
});
