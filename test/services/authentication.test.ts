import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { after } from '../../src/clock.ts';
import { InvalidInputError, OverloadedError, StorageUnavailableError, ThrottledError } from '../../src/errors.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { createAuthenticationService, type SignIn } from '../../src/services/authentication.ts';
import {
  cheapHashing,
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  throttleSettings,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const byOperator = { actor: 'command line' };
const home = '198.51.100.7';
const elsewhere = '203.0.113.9';

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
    created = await services.users.create({ email: 'Ada@example.com', password: goodPassword }, byOperator);
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

  it('signs in with the right password, whatever the case of the address', async () => {
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

  it('answers alike, after the same work, for unknown, wrong, disabled, without password, and no address at all (C3)', async () => {
    let compared = 0;
    const counting = createAuthenticationService({
      ...services.repositories,
      ...services,
      users: services.repositories.users,
      passwords: {
        hash: services.passwords.hash,
        verify: (hash, password) => {
          compared += 1;
          return services.passwords.verify(hash, password);
        },
      },
      clock: temporary.clock,
    });
    const closed = await services.users.create({ email: 'closed@example.com', password: goodPassword }, byOperator);
    await services.users.disable(closed._id, byOperator);
    await services.users.create({ email: 'new@example.com' }, byOperator);
    const attempts = [
      ada({ password: 'not the password' }),
      ada({ email: 'nobody@example.com' }),
      ada({ email: 'closed@example.com' }),
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
    expect(compared).to.equal(attempts.length);
    const reasons = (await services.audit.list({ limit: 50 }))
      .filter(({ type }) => type === 'login.failure')
      .map(({ detail }) => detail?.['reason']);
    expect(new Set(reasons)).to.deep.equal(new Set(['wrong password', 'unknown account', 'disabled', 'no password']));
  });

  it('makes unknown accounts wait exactly as known ones (C3)', async () => {
    const waits = async (email: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let attempt = 0; attempt < 8; attempt += 1) {
        const error = await failureOf(services.authentication.signIn(ada({ email, password: 'not the password' })));
        seen.push(error instanceof ThrottledError ? [error.status, error.message, error.retryAfter] : error);
      }
      return seen;
    };
    expect(await waits('nobody@example.com')).to.deep.equal(await waits('ada@example.com'));
  });

  it('looks at no more than the free attempts in parallel (C6)', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, () => services.authentication.signIn(ada({ password: 'not the password' }))),
    );
    const looked = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(looked).to.equal(throttleSettings.accountFree);
    expect(
      outcomes.every((outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof ThrottledError),
    ).to.equal(true);
    expect(services.outcomes.filter((outcome) => outcome === 'throttled')).to.have.length(40 - looked);
    // The right password, too, is not looked at now.
    expect(await failureOf(services.authentication.signIn(ada()))).to.be.instanceOf(ThrottledError);
    const [event] = await services.audit.list({ limit: 1 });
    expect(event).to.include({ type: 'login.throttled', outcome: 'failure' });
  });

  it('begins anew after a success', async () => {
    for (let round = 0; round < 5; round += 1) {
      await fail(4);
      expect((await services.authentication.signIn(ada())).outcome).to.equal('success');
    }
  });

  it('counts successes for nobody: an office of many people signs in from one address', async () => {
    for (let attempt = 0; attempt < 120; attempt += 1) {
      expect((await services.authentication.signIn(ada())).outcome).to.equal('success');
    }
  });

  it('makes an address wait that tries many accounts, IPv6 by its /64 (C9)', async () => {
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

  it('lets a known device in while a stranger keeps the account waiting (C8)', async () => {
    const { token } = services.authentication.issueDeviceToken(created);
    await fail(5, { address: elsewhere });
    expect(await failureOf(services.authentication.signIn(ada()))).to.be.instanceOf(ThrottledError);
    expect((await services.authentication.signIn(ada({ device: token }))).outcome).to.equal('success');
  });

  it('counts a known device by itself, and believes no other token (C8)', async () => {
    const { token, expiresAt } = services.authentication.issueDeviceToken(created);
    await fail(5, { device: token });
    expect(await failureOf(services.authentication.signIn(ada({ device: token })))).to.be.instanceOf(ThrottledError);
    expect((await services.authentication.signIn(ada())).outcome).to.equal('success');

    await fail(5, { address: elsewhere });
    const other = await services.users.create({ email: 'eve@example.com', password: goodPassword }, byOperator);
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
    await fail(5, { address: elsewhere });
    expect(await failureOf(services.authentication.signIn(ada({ device: fresh })))).to.be.instanceOf(ThrottledError);
  });

  it('counts all devices of a user together: more of them are no more guesses (C8)', async () => {
    const devices = Array.from({ length: 12 }, () => services.authentication.issueDeviceToken(created).token);
    let looked = 0;
    for (let round = 0; round < 5; round += 1) {
      for (const device of devices) {
        const error = await failureOf(services.authentication.signIn(ada({ password: 'not the password', device })));
        looked += error === undefined ? 1 : 0;
      }
    }
    expect(looked).to.equal(throttleSettings.pairFree);
    expect((await services.authentication.signIn(ada())).outcome, 'where nobody failed').to.equal('success');
  });

  it('takes a device for a stranger once the password was changed (C8, C16)', async () => {
    const { token } = services.authentication.issueDeviceToken(created);
    const password = 'another horse, another battery';
    await services.users.setPassword(accountId, password, byOperator);
    await fail(5, { address: elsewhere });
    expect(await failureOf(services.authentication.signIn(ada({ password, device: token })))).to.be.instanceOf(
      ThrottledError,
    );
    const changed = (await services.users.find(accountId)) ?? created;
    const { token: fresh } = services.authentication.issueDeviceToken(changed);
    expect((await services.authentication.signIn(ada({ password, device: fresh }))).outcome).to.equal('success');
  });

  it('lets every right password in of many that come at once, of one user and of many at one address, in two processes', async () => {
    const other = await wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock });
    const of = (index: number) => (index % 2 ? services : other).authentication;
    const same = await Promise.all(Array.from({ length: 12 }, (_, index) => of(index).signIn(ada())));
    expect(same.filter(({ outcome }) => outcome === 'success')).to.have.length(12);
    const people = Array.from({ length: 90 }, (_, index) => `person${index}@example.com`);
    for (const email of people) {
      await services.users.create({ email, password: goodPassword }, byOperator);
    }
    const different = await Promise.all(people.map((email, index) => of(index).signIn(ada({ email }))));
    expect(different.filter(({ outcome }) => outcome === 'success')).to.have.length(90);
  });

  it('keeps wrong passwords within the limit among right ones under any parallelism, in two processes (C6, C11)', async () => {
    const other = await wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock });
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const { authentication } = index % 2 ? services : other;
        const error = await failureOf(authentication.signIn(ada({ password: `guess ${index}` })));
        return error instanceof ThrottledError ? error.concerns : (error ?? 'looked at');
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'looked at')).to.have.length(throttleSettings.accountFree);
    expect(outcomes.filter((outcome) => outcome === 'user')).to.have.length(60 - throttleSettings.accountFree);
  });

  it('closes an account to passwords after a hundred failures in a row, until a link sets a new one (C6, C8)', async () => {
    let looked = 0;
    for (let attempt = 0; attempt < 120; attempt += 1) {
      looked +=
        (await failureOf(
          services.authentication.signIn(ada({ password: 'not the password', address: `10.0.${attempt}.1` })),
        )) === undefined
          ? 1
          : 0;
      temporary.clock.advance(3600);
    }
    expect(looked).to.equal(100);
    expect(await failureOf(services.authentication.signIn(ada()))).to.be.instanceOf(ThrottledError);
    const { token } = await services.users.createPasswordLink(accountId, 'set-password', byOperator);
    await services.users.redeemPasswordLink(token, 'another horse, another battery', byOperator);
    expect(
      (await services.authentication.signIn(ada({ password: 'another horse, another battery' }))).outcome,
    ).to.equal('success');
  });

  it('hashes anew when the parameters grew, after the answer, and leaves a password alone that was changed meanwhile (C1)', async () => {
    const stronger = await wireUserServices(temporary, { hashing: { ...cheapHashing, memoryKib: 128 } });
    const hashNow = async (): Promise<string> =>
      (await services.repositories.users.find(accountId))?.passwordHash ?? '';
    const before = await hashNow();
    expect((await stronger.authentication.signIn(ada({ password: 'not the password' }))).outcome).to.equal('refused');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => stronger.authentication.signIn(ada())));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).to.deep.equal(new Set(['success']));
    while ((await hashNow()) === before) {
      await sleep(5);
    }
    expect(await hashNow()).to.match(/m=128/);
    await services.repositories.users.replacePasswordHash(accountId, before, 'too late');
    expect(await hashNow()).to.match(/m=128/);
    expect((await stronger.authentication.signIn(ada())).outcome).to.equal('success');
  });

  it('opens nothing with a password that was replaced, or for an account that was closed, while it was hashed', async () => {
    for (const interfere of [
      () => services.users.disable(accountId, byOperator),
      () => services.users.setPassword(accountId, 'another horse, another battery', byOperator),
    ]) {
      const slow = createAuthenticationService({
        ...services,
        users: services.repositories.users,
        passwords: {
          hash: services.passwords.hash,
          verify: async (hash, password) => {
            const verification = await services.passwords.verify(hash, password);
            await interfere();
            return verification;
          },
        },
        clock: temporary.clock,
      });
      expect(await slow.signIn(ada())).to.deep.equal({ outcome: 'refused' });
      await services.users.enable(accountId, byOperator);
    }
  });

  it('counts neither an outage nor a full queue as a failure, nor answers them with a refusal (bar §2.8)', async () => {
    for (const error of [new StorageUnavailableError('cut off'), new OverloadedError('full')]) {
      const failing = createAuthenticationService({
        ...services,
        users: services.repositories.users,
        passwords: { hash: services.passwords.hash, verify: () => Promise.reject(error) },
        clock: temporary.clock,
      });
      for (let attempt = 0; attempt < 10; attempt += 1) {
        expect(await failureOf(failing.signIn(ada()))).to.equal(error);
      }
    }
    await fail(4);
    expect((await services.authentication.signIn(ada())).outcome).to.equal('success');
  });

  it('refuses text that cannot be a password before any account matters, and does not count it (A6)', async () => {
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      for (let attempt = 0; attempt < 8; attempt += 1) {
        expect(await failureOf(services.authentication.signIn(ada({ email, password: 'a\0b' })))).to.be.instanceOf(
          InvalidInputError,
        );
      }
    }
  });

  it('tells neither password nor device token to log or audit', async () => {
    const { token } = services.authentication.issueDeviceToken(created);
    await services.authentication.signIn(ada({ device: token }));
    await services.authentication.signIn(ada({ password: 'a wrong secret thing' }));
    const told = JSON.stringify([services.lines, await services.audit.list({ limit: 50 })]);
    for (const secret of [goodPassword, 'a wrong secret thing', token]) {
      expect(told).to.not.include(secret);
    }
    expect(after(temporary.clock, 86_400)).to.deep.equal((await services.audit.list({ limit: 1 }))[0]?.expiresAt);
  });
});
