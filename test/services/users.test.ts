import { expect } from 'chai';
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  StorageUnavailableError,
  ThrottledError,
} from '../../src/errors.ts';
import { newUserId } from '../../src/services/users/users.ts';
import { PasswordRejectedError } from '../../src/services/users/password-policy.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  throttleSettings,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'command line', requestId: 'request-1' };
const newPassword = 'another horse, another battery';

describeOnEachDatabase('services/users', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
  });
  afterEach(() => temporary.close());

  async function createAda() {
    return services.users.create(
      { email: 'ada@example.com', password: goodPassword, profile: { name: 'Ada Lovelace' } },
      by,
    );
  }

  it('creates a user with a new id and an argon2id hash', async () => {
    const user = await services.users.create(
      { email: 'Ada@Exämple.com', password: goodPassword, profile: { given_name: 'Ada' }, emailVerified: true },
      by,
    );
    expect(user._id).to.match(/^usr_[\w-]{22}$/);
    expect(user).to.deep.include({
      email: 'Ada@Exämple.com',
      emailKey: 'ada@xn--exmple-cua.com',
      emailVerified: true,
      role: 'user',
      disabled: false,
      profile: { given_name: 'Ada' },
    });
    expect(user.passwordHash).to.match(/^\$argon2id\$/);
    expect(await services.users.find(user._id)).to.deep.equal(user);
    expect(await services.users.findByEmail('ADA@xn--exmple-cua.com')).to.deep.equal(user);
    expect(await services.users.findByEmail('user＠x.com')).to.equal(null);
    expect((await services.audit.list({ limit: 1 }))[0]).to.include({
      type: 'user.created',
      accountId: user._id,
      actor: 'command line',
      requestId: 'request-1',
    });
  });

  it('creates exactly one user of fifty parallel calls with the same email (C23)', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        services.users.create({ email: index % 2 ? 'ada@exämple.com' : 'ADA@xn--exmple-cua.com' }, by),
      ),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).to.have.length(49);
    expect(refused.every(({ reason }) => reason instanceof ConflictError && reason.field === 'email')).to.equal(true);
    expect((await services.users.list({ limit: 100 })).users).to.have.length(1);
  });

  it('checks every password by the policy: at creation, at a change, with a link (C2)', async () => {
    const { _id } = await createAda();
    const { token } = await services.users.createPasswordLink(_id, 'set-password', by);
    for (const password of ['short', 'passwordpassword', 'ada lovelace 1815', 'gatehousegatehouse']) {
      expect(
        await failureOf(services.users.create({ email: 'ada.lovelace@example.com', password }, by)),
      ).to.be.instanceOf(PasswordRejectedError);
      expect(await failureOf(services.users.setPassword(_id, password, by))).to.be.instanceOf(PasswordRejectedError);
      expect(await failureOf(services.users.redeemPasswordLink(token, password, by))).to.be.instanceOf(
        PasswordRejectedError,
      );
    }
    expect(services.ended).to.deep.equal([]);
  });

  it('rejects claims that OpenID Connect Core §5.1 does not define, and privileges disguised as claims (A4, D17)', async () => {
    const user = await createAda();
    const refused: Record<string, unknown>[] = [
      { role: 'administrator' },
      { email_verified: true },
      { sub: 'x' },
      { passwordHash: 'x' },
      { shoe_size: '38' },
      JSON.parse('{"__proto__":{"role":"administrator"}}'),
      { constructor: 'x' },
      { name: 7 },
      { name: ['x'] },
      { name: { $gt: '' } },
      { name: 'a\r\nb' },
      { name: 'a\u202eb' },
      { name: 'x'.repeat(513) },
      { name: '\ud800' },
      { picture: 'javascript:alert(1)' },
      { website: 'not an address' },
      { profile: 'https://user:pass@example.com' },
      { birthdate: '1815-13-01' },
      { birthdate: '1815-02-30' },
      { zoneinfo: 'Mars/Olympus' },
      { locale: 'not_a_locale!' },
      { phone_number: '0123' },
      { address: 'a street' },
      { address: { planet: 'Mars' } },
      { address: ['x'] },
    ];
    for (const changes of refused) {
      expect(
        await failureOf(services.users.update(user._id, { profile: changes }, by)),
        JSON.stringify(changes),
      ).to.be.instanceOf(InvalidInputError);
    }
    expect(await services.users.find(user._id)).to.deep.equal(user);
    expect(({} as Record<string, unknown>)['role']).to.equal(undefined);
  });

  it('stores every claim of OpenID Connect Core §5.1, changes the given ones, and removes those that are null', async () => {
    const { _id } = await createAda();
    const full = {
      given_name: 'Ada',
      family_name: 'Lovelace',
      birthdate: '1815-12-10',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      phone_number: '+441234567890',
      website: 'https://example.com/~ada',
      gender: 'female',
      address: { street_address: '12 St James Square\nMayfair', country: 'UK' },
    };
    await services.users.update(_id, { profile: full }, by);
    const { profile } = await services.users.update(
      _id,
      { profile: { gender: null, nickname: 'Countess', birthdate: '0000-02-29' } },
      by,
    );
    const { gender: _, ...rest } = full;
    expect(profile).to.deep.equal({ name: 'Ada Lovelace', ...rest, nickname: 'Countess', birthdate: '0000-02-29' });
    expect((await services.users.find(_id))?.profile).to.deep.equal(profile);
  });

  it('loses no change of a profile that many callers change at the same time', async () => {
    const { _id } = await createAda();
    const claims = ['given_name', 'family_name', 'middle_name', 'nickname', 'gender', 'preferred_username'];
    await Promise.all(claims.map((claim) => services.users.update(_id, { profile: { [claim]: claim } }, by)));
    expect(Object.keys((await services.users.find(_id))?.profile ?? {})).to.include.members(claims);
  });

  it('lists in pages without a gap or a duplicate, also when many users were created at the same time', async () => {
    for (let index = 0; index < 12; index += 1) {
      await services.users.create({ email: `user${index}@example.com` }, by);
      temporary.clock.advance(index % 4 === 0 ? 1 : 0);
    }
    const seen: string[] = [];
    let page = await services.users.list({ limit: 5 });
    seen.push(...page.users.map(({ _id }) => _id));
    while (page.next !== undefined) {
      page = await services.users.list({ limit: 5, after: page.next });
      seen.push(...page.users.map(({ _id }) => _id));
    }
    expect(seen).to.have.length(12);
    expect(new Set(seen)).to.have.property('size', 12);
    expect(await failureOf(services.users.list({ limit: 5, after: '{"$gt":""}' }))).to.be.instanceOf(InvalidInputError);
  });

  it('ends all sessions, tokens and links of a user when the password is set, and notifies the user (C16)', async () => {
    const { _id } = await createAda();
    const { token } = await services.users.createPasswordLink(_id, 'set-password', by);
    await services.users.setPassword(_id, newPassword, by);
    const everything = { accountId: _id, forgetConsents: false };
    expect(services.ended, 'before the new password is valid, and after').to.deep.equal([everything, everything]);
    expect(await services.mailRecipients()).to.deep.equal(['ada@example.com']);
    expect(await services.users.peekPasswordLink(token)).to.equal(null);
    expect((await services.audit.list({ limit: 1 }))[0]?.type).to.equal('password.changed');
    expect(
      (await services.authentication.signIn({ email: 'ada@example.com', password: goodPassword })).outcome,
    ).to.equal('refused');
    expect(
      (await services.authentication.signIn({ email: 'ada@example.com', password: newPassword })).outcome,
    ).to.equal('success');
  });

  it('ends everything before a new password becomes valid, so that a failure in between keeps no old session (E4)', async () => {
    const { _id } = await createAda();
    const { changeIfUnchanged } = services.repositories.users;
    Object.assign(services.repositories.users, {
      changeIfUnchanged: () => Promise.reject(new StorageUnavailableError('away')),
    });
    expect(await failureOf(services.users.setPassword(_id, newPassword, by))).to.be.instanceOf(StorageUnavailableError);
    Object.assign(services.repositories.users, { changeIfUnchanged });
    expect(services.ended).to.deep.equal([{ accountId: _id, forgetConsents: false }]);
    expect(
      (await services.authentication.signIn({ email: 'ada@example.com', password: goodPassword })).outcome,
    ).to.equal('success');
  });

  describe('one-time links', () => {
    it('have 256 random bits, are stored only as a digest, and expire after half an hour (C17, E13)', async () => {
      const { _id } = await createAda();
      const { token, expiresAt } = await services.users.createPasswordLink(_id, 'set-password', by);
      expect(Buffer.from(token, 'base64url')).to.have.length(32);
      expect(expiresAt.getTime() - temporary.clock.now().getTime()).to.equal(1_800_000);
      expect(
        JSON.stringify(await services.repositories.oneTimeTokens.listBySubject(`set-password ${_id}`)),
      ).to.not.include(token);
      temporary.clock.advance(1800);
      expect(await services.users.peekPasswordLink(token)).to.equal(null);
      expect(await failureOf(services.users.redeemPasswordLink(token, newPassword, by))).to.be.instanceOf(
        NotFoundError,
      );
    });

    it('remain valid after a view or a rejected password, and then work once (C17)', async () => {
      const { _id } = await createAda();
      const { token } = await services.users.createPasswordLink(_id, 'set-password', by);
      expect((await services.users.peekPasswordLink(token))?._id).to.equal(_id);
      expect(await failureOf(services.users.redeemPasswordLink(token, 'short', by))).to.be.instanceOf(
        PasswordRejectedError,
      );
      expect((await services.users.redeemPasswordLink(token, newPassword, by))._id).to.equal(_id);
      expect(await failureOf(services.users.redeemPasswordLink(token, newPassword, by))).to.be.instanceOf(
        NotFoundError,
      );
      expect(services.ended).to.have.length(2);
      expect((await services.audit.list({ limit: 1 }))[0]).to.include({
        type: 'password.changed',
        actor: _id,
        accountId: _id,
      });
    });

    it('work for exactly one of twenty parallel callers (C17)', async () => {
      const { _id } = await createAda();
      const { token } = await services.users.createPasswordLink(_id, 'set-password', by);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          services.users.redeemPasswordLink(token, `${newPassword} ${index}`, by),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect(
        outcomes.every((outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof NotFoundError),
      ).to.equal(true);
      expect(await services.mailRecipients()).to.have.length(1);
    });

    it('become invalid when a newer one is created, also at the same time (C17)', async () => {
      const { _id } = await createAda();
      const first = await services.users.createPasswordLink(_id, 'set-password', by);
      const second = await services.users.createPasswordLink(_id, 'set-password', by);
      expect(await services.users.peekPasswordLink(first.token)).to.equal(null);
      expect(await services.users.peekPasswordLink(second.token)).to.not.equal(null);
      const created = await Promise.all(
        Array.from({ length: 8 }, () => services.users.createPasswordLink(_id, 'set-password', by)),
      );
      const valid = await Promise.all(created.map(({ token }) => services.users.peekPasswordLink(token)));
      expect(valid.filter((user) => user !== null)).to.have.length(1);
    });

    it('are not accepted from an address that guesses', async () => {
      const from = { actor: 'system', address: '192.0.2.1' };
      for (let attempt = 0; attempt < throttleSettings.addressFree; attempt += 1) {
        expect(
          await failureOf(services.users.redeemPasswordLink(`guess ${attempt}`, newPassword, from)),
        ).to.be.instanceOf(NotFoundError);
      }
      expect(await failureOf(services.users.redeemPasswordLink('guess', newPassword, from))).to.be.instanceOf(
        ThrottledError,
      );
      expect(
        await failureOf(
          services.users.redeemPasswordLink('x'.repeat(100_000), newPassword, { ...from, address: '192.0.2.2' }),
        ),
      ).to.be.instanceOf(NotFoundError);
    });
  });

  it('ends everything when a user is disabled or deleted, and removes the consents when deleted', async () => {
    const { _id } = await createAda();
    const { token } = await services.users.createPasswordLink(_id, 'set-password', by);
    await services.users.disable(_id, by);
    expect(services.ended).to.deep.equal([{ accountId: _id, forgetConsents: false }]);
    expect(await services.users.peekPasswordLink(token)).to.equal(null);
    expect(
      (await services.authentication.signIn({ email: 'ada@example.com', password: goodPassword })).outcome,
    ).to.equal('refused');
    await services.users.enable(_id, by);
    expect(services.ended, 'enabling ends what an interrupted disabling may have left').to.have.length(2);
    expect(
      (await services.authentication.signIn({ email: 'ada@example.com', password: goodPassword })).outcome,
    ).to.equal('success');
    await services.users.remove(_id, by);
    expect(services.ended.at(-1)).to.deep.equal({ accountId: _id, forgetConsents: true });
    expect(await services.users.find(_id)).to.equal(null);
    for (const act of [
      () => services.users.disable(_id, by),
      () => services.users.enable(_id, by),
      () => services.users.remove(_id, by),
      () => services.users.setPassword(_id, newPassword, by),
      () => services.users.update(_id, { profile: {} }, by),
      () => services.users.createPasswordLink(_id, 'set-password', by),
    ]) {
      expect(await failureOf(act())).to.be.instanceOf(NotFoundError);
    }
    const types = (await services.audit.list({ limit: 20, accountId: _id })).map(({ type }) => type);
    expect(types).to.include.members(['user.created', 'user.disabled', 'user.enabled', 'user.deleted']);
  });

  it('keeps the last administrator (C24)', async () => {
    const first = await services.users.create({ email: 'first@example.com', role: 'administrator' }, by);
    expect(await failureOf(services.users.disable(first._id, by))).to.be.instanceOf(ConflictError);
    expect(await failureOf(services.users.remove(first._id, by))).to.be.instanceOf(ConflictError);
    const second = await services.users.create({ email: 'second@example.com', role: 'administrator' }, by);
    await services.users.disable(first._id, by);
    expect(await failureOf(services.users.remove(second._id, by))).to.be.instanceOf(ConflictError);
    await services.users.remove(first._id, by);
  });

  it('keeps one of the last two administrators when both are removed at the same time, in two processes (C24)', async () => {
    const other = await wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock });
    for (const operation of ['disable', 'remove'] as const) {
      for (let round = 0; round < 5; round += 1) {
        const first = await services.users.create(
          { email: `first-${operation}-${round}@example.com`, role: 'administrator' },
          by,
        );
        const second = await services.users.create(
          { email: `second-${operation}-${round}@example.com`, role: 'administrator' },
          by,
        );
        const outcomes = await Promise.all([
          failureOf(services.users[operation](first._id, by)),
          failureOf(other.users.disable(second._id, by)),
        ]);
        expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(1);
        expect(outcomes.filter((outcome) => outcome instanceof ConflictError)).to.have.length(1);
        const remaining = await services.repositories.users.listEnabledAdministrators();
        expect(remaining).to.have.length(1);
        // Bypasses the service, so that the next round starts without an administrator.
        await Promise.all(remaining.map((user) => services.repositories.users.removeIfUnchanged(user)));
      }
    }
  });

  it('allows all of three administrators but the last to be disabled, in any order, and counts one that is enabled again', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      ids.push((await services.users.create({ email: `admin${index}@example.com`, role: 'administrator' }, by))._id);
    }
    const outcomes = await Promise.all(ids.map((id) => failureOf(services.users.disable(id, by))));
    expect(outcomes.filter((outcome) => outcome === undefined)).to.have.length(2);
    const [last] = await services.repositories.users.listEnabledAdministrators();
    expect(await failureOf(services.users.disable(last?._id ?? '', by))).to.be.instanceOf(ConflictError);
    const enabledAgain = ids.find((id) => id !== last?._id) ?? '';
    await services.users.enable(enabledAgain, by);
    await services.users.disable(last?._id ?? '', by);
    expect(await failureOf(services.users.disable(enabledAgain, by))).to.be.instanceOf(ConflictError);
  });

  it('loses no change that is made between its read and its write, within the same millisecond', async () => {
    const { _id } = await createAda();
    const { changeIfUnchanged } = services.repositories.users;
    let interfered = false;
    Object.assign(services.repositories.users, {
      changeIfUnchanged: async (...change: Parameters<typeof changeIfUnchanged>) => {
        if (!interfered) {
          interfered = true;
          await services.users.update(_id, { profile: { nickname: 'Countess' } }, by);
          await services.users.disable(_id, by);
        }
        return changeIfUnchanged(...change);
      },
    });
    await services.users.update(_id, { profile: { gender: 'female' } }, by);
    expect(await services.users.find(_id)).to.deep.include({
      disabled: true,
      profile: { name: 'Ada Lovelace', nickname: 'Countess', gender: 'female' },
    });
  });

  it('makes a link invalid that was requested before a change of the password, although it is stored after it', async () => {
    const { _id } = await createAda();
    const { replaceOfSubject } = services.repositories.oneTimeTokens;
    Object.assign(services.repositories.oneTimeTokens, {
      replaceOfSubject: async (...link: Parameters<typeof replaceOfSubject>) => {
        await services.users.setPassword(_id, newPassword, by);
        await replaceOfSubject(...link);
      },
    });
    const { token } = await services.users.createPasswordLink(_id, 'set-password', by);
    expect(await services.users.peekPasswordLink(token)).to.equal(null);
    expect(await failureOf(services.users.redeemPasswordLink(token, goodPassword, by))).to.be.instanceOf(NotFoundError);
  });

  it('makes a link invalid that was mailed to a former email of the user, although it is stored after the change', async () => {
    const { _id } = await createAda();
    const { replaceOfSubject } = services.repositories.oneTimeTokens;
    Object.assign(services.repositories.oneTimeTokens, {
      replaceOfSubject: async (...link: Parameters<typeof replaceOfSubject>) => {
        await services.users.update(_id, { email: 'ada@new.example.com' }, by);
        await replaceOfSubject(...link);
      },
    });
    const { token } = await services.users.createPasswordLink(_id, 'set-password', by, { mailed: true });
    expect(await services.users.peekPasswordLink(token)).to.equal(null);
    expect(await failureOf(services.users.redeemPasswordLink(token, newPassword, by))).to.be.instanceOf(NotFoundError);
  });

  it('creates exactly one user of many parallel calls with the same id', async () => {
    const id = newUserId();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => services.users.create({ id, email: `user${index}@example.com` }, by)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
  });
});
