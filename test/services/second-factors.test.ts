import { expect } from 'chai';
import { totpCode } from '../../src/crypto/totp.ts';
import { ConflictError, InvalidInputError, NotFoundError, ThrottledError } from '../../src/errors.ts';
import { createSecondFactorPolicy } from '../../src/services/sign-in/second-factor-policy.ts';
import { recoveryCodes, rememberedDevices, secondFactors } from '../../src/storage/collections.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { doBefore } from '../support/patched-repository.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  secretKey,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';
import { randomBytes } from 'node:crypto';

const by = { actor: 'command line' } as const;
const from = { actor: 'ada', address: '192.0.2.1' } as const;

describeOnEachDatabase('Second factors', (open) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;

  beforeEach(async function wire() {
    this.timeout(10_000);
    temporary = await open();
    services = await wireUserServices(temporary);
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword }, by);
  });
  afterEach(() => temporary.close());

  const now = (): Date => temporary.clock.now();
  async function addApp(name = 'Phone') {
    const app = await services.secondFactors.beginApp(ada);
    const added = await services.secondFactors.addApp(ada, { ...app, name, code: totpCode(app.seed, now()) }, by);
    return { ...app, codes: added.recoveryCodes };
  }
  const check = async (code: string) => (await services.secondFactors.check(ada, code, from)).outcome;
  const eventsOf = async (type: string) =>
    (await services.audit.list({ limit: 100 })).filter((event) => event.type === type);

  it('an app is added after its first code, with recovery codes once, an audit event and a mail', async () => {
    expect(await services.secondFactors.hasSecondFactor(ada)).to.equal(false);
    const { id, seed, codes } = await addApp();
    expect(codes).to.have.length(10);
    expect(new Set(codes)).to.have.length(10);
    expect(await services.secondFactors.hasSecondFactor(ada)).to.equal(true);
    expect(await services.secondFactors.listApps(ada._id)).to.deep.equal([
      { id, name: 'Phone', createdAt: now(), lastUsedAt: now() },
    ]);
    expect((await addApp('Tablet')).codes, 'the user has codes').to.equal(undefined);
    expect(await eventsOf('second_factor.added')).to.have.length(2);
    expect(await services.mailRecipients()).to.deep.equal(['ada@example.com', 'ada@example.com']);
    const stored = JSON.stringify([
      await temporary.database.collection(secondFactors).find({}).toArray(),
      await temporary.database.collection(recoveryCodes).find({}).toArray(),
    ]);
    for (const secret of [seed, ...(codes ?? []), ...(codes ?? []).map((code) => code.replaceAll('-', ''))]) {
      expect(stored).to.not.include(secret);
    }
  });

  it('a sealed seed opens only in its own record', async () => {
    const collection = temporary.database.collection(secondFactors);
    const [first, second] = [await addApp(), await addApp('Tablet')];
    const other = await collection.findOne({ _id: second.id });
    await collection.updateOne({ _id: first.id }, { $set: { sealedSeed: other?.sealedSeed ?? '' } });
    expect(await failureOf(check(totpCode(second.seed, now())))).to.have.property('code', 'unsealable');
  });

  it('a wrong or old code adds nothing', async () => {
    const app = await services.secondFactors.beginApp(ada);
    for (const code of ['', '12345', '1234567', 'abcdef', totpCode(app.seed, new Date(now().getTime() - 90_000))]) {
      const failure = await failureOf(services.secondFactors.addApp(ada, { ...app, name: 'Phone', code }, by));
      expect(failure).to.be.instanceOf(InvalidInputError).with.property('field', 'code');
    }
    const code = totpCode(app.seed, now());
    const failure = await failureOf(services.secondFactors.addApp(ada, { ...app, name: ' ', code }, by));
    expect(failure).to.be.instanceOf(InvalidInputError).with.property('field', 'name');
    expect(await services.secondFactors.listApps(ada._id)).to.deep.equal([]);
  });

  for (const [meanwhile, act] of [
    ['the user is disabled', () => services.users.disable(ada._id, by)],
    ['the password changes', () => services.users.setPassword(ada._id, 'another good password', by)],
    ['the user is deleted', () => services.users.remove(ada._id, by)],
  ] as const) {
    it(`an app is not added when ${meanwhile} while it is stored`, async () => {
      const { insert } = services.repositories.secondFactors;
      Object.assign(services.repositories.secondFactors, {
        insert: async (...stored: Parameters<typeof insert>) => {
          await act();
          return insert(...stored);
        },
      });
      expect(await failureOf(addApp())).to.be.instanceOf(Error);
      expect(await services.repositories.secondFactors.listByUser(ada._id)).to.deep.equal([]);
      expect(await services.recoveryCodes.count(ada._id)).to.equal(undefined);
      expect(await eventsOf('second_factor.added')).to.deep.equal([]);
    });
  }

  for (const [meanwhile, act] of [
    ['all factors are reset', () => services.secondFactors.reset(ada, by)],
    ['the user is disabled', () => services.users.disable(ada._id, by)],
    ['the password changes', () => services.users.setPassword(ada._id, 'another good password', by)],
    ['the user is deleted', () => services.users.remove(ada._id, by)],
  ] as const) {
    it(`recovery codes are not made when ${meanwhile} while they are stored`, async () => {
      doBefore(services.repositories.recoveryCodes, 'replace', act);
      expect(await failureOf(services.recoveryCodes.create(ada, by))).to.be.instanceOf(Error);
      expect(await services.recoveryCodes.count(ada._id)).to.equal(undefined);
      expect(await eventsOf('recovery_codes.created')).to.deep.equal([]);
    });
  }

  it('of many that add the first factor at once, exactly one succeeds', async () => {
    const apps = await Promise.all(Array.from({ length: 20 }, () => services.secondFactors.beginApp(ada)));
    const outcomes = await Promise.allSettled(
      apps.map((app) =>
        services.secondFactors.addApp(ada, { ...app, name: 'Phone', code: totpCode(app.seed, now()) }, by),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(outcome.reason).to.be.instanceOf(ConflictError);
      }
    }
    expect(await services.secondFactors.listApps(ada._id)).to.have.length(1);
  });

  it('a code is accepted in its step and the neighbouring ones, and once (RFC 6238 §5.2)', async () => {
    const { seed } = await addApp();
    const code = totpCode(seed, now());
    expect(await check(code), 'the code that added the app').to.equal('refused');
    temporary.clock.advance(60);
    const next = totpCode(seed, new Date(now().getTime() + 30_000));
    const before = totpCode(seed, new Date(now().getTime() - 30_000));
    expect(await check(before), 'one step late').to.equal('success');
    expect(await check(before), 'again').to.equal('refused');
    expect(await check(` ${next.slice(0, 3)} ${next.slice(3)} `), 'one step early, with spaces').to.equal('success');
    expect(await check(totpCode(seed, now())), 'older than the latest one').to.equal('refused');
    temporary.clock.advance(600);
    expect(await check(totpCode(seed, new Date(now().getTime() + 60_000))), 'two steps early').to.equal('refused');
    expect(await check(totpCode(seed, new Date(now().getTime() - 60_000))), 'two steps late').to.equal('refused');
  });

  it('20 parallel uses of one code give one success', async () => {
    const { seed } = await addApp();
    temporary.clock.advance(60);
    const code = totpCode(seed, now());
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => check(code)));
    const succeeded = outcomes.filter((one) => one.status === 'fulfilled' && one.value === 'success');
    expect(succeeded).to.have.length(1);
  });

  it('a recovery code works once, in any spelling, with an audit event and a mail', async () => {
    const { codes = [] } = await addApp();
    const [first = '', second = ''] = codes;
    expect(await services.recoveryCodes.count(ada._id)).to.equal(10);
    expect(
      await check(` ${first.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'L')}`),
    ).to.equal('success');
    expect(await check(first), 'again').to.equal('refused');
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => check(second)));
    expect(outcomes.filter((one) => one.status === 'fulfilled' && one.value === 'success')).to.have.length(1);
    expect(await services.recoveryCodes.count(ada._id)).to.equal(8);
    const used = (await eventsOf('second_factor.success')).map(({ detail }) => detail?.['method']);
    expect(used).to.deep.equal(['recovery-code', 'recovery-code']);
    expect(await services.mailRecipients()).to.have.length(3);
  });

  it('new recovery codes replace the old ones, and codes of another user do not work', async () => {
    const { codes: [old = ''] = [] } = await addApp();
    const [fresh = ''] = await services.recoveryCodes.create(ada, by);
    expect(await check(old)).to.equal('refused');
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    expect((await services.secondFactors.check(bob, fresh, from)).outcome).to.equal('refused');
    expect(await check(fresh)).to.equal('success');
  });

  it('wrong codes of all kinds are counted together, and the right password does not reset the counter', async () => {
    const { seed, codes: [recovery = ''] = [] } = await addApp();
    for (const wrong of ['000000', 'aaaa-bbbb-cccc-dddd', 'x', '', '111111']) {
      expect(await check(wrong)).to.equal('refused');
    }
    expect(await failureOf(check(recovery))).to.be.instanceOf(ThrottledError);
    const signIn = { email: 'ada@example.com', password: goodPassword, address: '192.0.2.1' };
    expect((await services.authentication.signIn(signIn)).outcome).to.equal('success');
    const failure = await failureOf(check(totpCode(seed, now())));
    expect(failure).to.be.instanceOf(ThrottledError).with.property('retryAfter', 30);
    expect(await eventsOf('second_factor.throttled')).to.have.length(2);
    temporary.clock.advance(31);
    expect(await check(recovery)).to.equal('success');
    expect(await check('000000'), 'counted from zero').to.equal('refused');
  });

  it('apps are renamed and removed by their user only; the last one takes codes and devices with it', async () => {
    const { id } = await addApp();
    const second = await addApp('Tablet');
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    expect(await failureOf(services.secondFactors.renameApp(bob._id, id, 'Mine', by))).to.be.instanceOf(NotFoundError);
    expect(await failureOf(services.secondFactors.removeApp(bob, id, by))).to.be.instanceOf(NotFoundError);
    await services.secondFactors.renameApp(ada._id, id, 'Old phone', by);
    expect((await services.secondFactors.listApps(ada._id)).map(({ name }) => name)).to.deep.equal([
      'Old phone',
      'Tablet',
    ]);
    await services.rememberedDevices.remember({ accountId: ada._id, credentialsVersion: 0 }, from);
    await services.secondFactors.removeApp(ada, id, by);
    expect(await services.recoveryCodes.count(ada._id)).to.equal(10);
    await services.secondFactors.removeApp(ada, second.id, by);
    expect(await services.recoveryCodes.count(ada._id)).to.equal(undefined);
    expect(await services.rememberedDevices.listByUser(ada)).to.deep.equal([]);
    expect(await eventsOf('second_factor.removed')).to.have.length(2);
    expect((await addApp()).codes, 'the first factor again').to.have.length(10);
  });

  it('a seed is encrypted again at its use when SECRET has a newer secret', async () => {
    const { id, seed, codes: [recovery = ''] = [] } = await addApp();
    const sealed = async () => (await temporary.database.collection(secondFactors).findOne({ _id: id }))?.sealedSeed;
    const before = await sealed();
    const newest = randomBytes(32);
    services = await wireUserServices(temporary, { keys: [newest, secretKey] });
    temporary.clock.advance(60);
    expect(await check(totpCode(seed, now()))).to.equal('success');
    expect(await sealed()).to.not.equal(before);
    expect(await check(recovery), 'made with the older secret').to.equal('success');
    services = await wireUserServices(temporary, { keys: [newest] });
    temporary.clock.advance(60);
    expect(await check(totpCode(seed, now()))).to.equal('success');
  });

  it('a remembered device counts for its user until it expires, is forgotten, or the credentials change', async () => {
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    const login = { accountId: ada._id, credentialsVersion: 0 };
    const { value } = await services.rememberedDevices.remember(login, { ...from, userAgent: 'Browser' });
    expect(JSON.stringify(await temporary.database.collection(rememberedDevices).find({}).toArray())).to.not.include(
      value,
    );
    expect(await services.rememberedDevices.find(value, ada)).to.be.a('string');
    expect(await services.rememberedDevices.find(value, bob)).to.equal(undefined);
    expect(await services.rememberedDevices.find('other', ada)).to.equal(undefined);
    const [device] = await services.rememberedDevices.listByUser(ada);
    expect(device).to.include({ userAgent: 'Browser', from: '192.0.2.1' });
    await services.rememberedDevices.forget(bob._id, device?.id ?? '', by);
    expect(await services.rememberedDevices.find(value, ada), 'not his').to.be.a('string');
    await services.rememberedDevices.forget(ada._id, device?.id ?? '', by);
    expect(await services.rememberedDevices.find(value, ada)).to.equal(undefined);

    const second = await services.rememberedDevices.remember(login, from);
    expect(await services.rememberedDevices.find(second.value, { ...ada, credentialsVersion: 1 })).to.equal(undefined);
    await services.users.setPassword(ada._id, 'another battery horse', by);
    expect(await temporary.database.collection(rememberedDevices).countDocuments({})).to.equal(0);

    const third = await services.rememberedDevices.remember(login, from);
    temporary.clock.advance(30 * 86_400 + 1);
    expect(await services.rememberedDevices.find(third.value, ada)).to.equal(undefined);
  });

  it('an operator removes all of them, which ends every sign-in of the user and is mailed', async () => {
    const { codes: [recovery = ''] = [] } = await addApp();
    await services.rememberedDevices.remember({ accountId: ada._id, credentialsVersion: 0 }, from);
    for (let time = 0; time < 6; time += 1) {
      await failureOf(check('000000'));
    }
    await services.secondFactors.reset(ada, by);
    const changed = await services.users.find(ada._id);
    expect(changed?.credentialsVersion, 'what was proved is void').to.be.greaterThan(0);
    expect(await services.secondFactors.hasSecondFactor(ada)).to.equal(false);
    expect(await services.recoveryCodes.count(ada._id)).to.equal(undefined);
    expect(await temporary.database.collection(rememberedDevices).countDocuments({})).to.equal(0);
    expect(await check(recovery), 'no wait is left').to.equal('refused');
    expect(await eventsOf('second_factor.reset')).to.have.length(1);
    expect(await services.mailRecipients()).to.have.length(2);
  });

  describe('the wait of a user whose codes somebody with the password has guessed', () => {
    let recovery: string;

    beforeEach(async () => {
      [recovery = ''] = (await addApp()).codes ?? [];
      for (let time = 0; time < 6; time += 1) {
        await failureOf(check('000000'));
      }
      expect(await failureOf(check(recovery))).to.be.instanceOf(ThrottledError);
    });

    it('ends with a password that an operator sets', async () => {
      await services.users.setPassword(ada._id, 'another battery horse', by);
      expect(await check(recovery)).to.equal('success');
    });

    it('ends with a password that the user sets, who has proved the second factor for it', async () => {
      const session = { uid: 'session', credentialsVersion: 0 };
      await services.users.changePassword(ada._id, 'another battery horse', session, from);
      expect(await check(recovery)).to.equal('success');
    });

    it('stays with a password by a link: whoever reads the mailbox gets no new guesses', async () => {
      const { token } = await services.users.createPasswordLink(ada._id, 'set-password', by, { mailed: true });
      await services.users.redeemPasswordLink(token, 'another battery horse', by);
      expect(await failureOf(check(recovery))).to.be.instanceOf(ThrottledError);
    });

    it('stays with a password that undoes a change of the email address', async () => {
      const { token } = await services.oneTimeLinks.create({
        purpose: 'undo-email',
        accountId: ada._id,
        mailedTo: ada.emailKey,
        data: { email: ada.email },
        lifetime: 600,
      });
      await services.users.undoEmailChange(token, 'another battery horse', by);
      expect(await failureOf(check(recovery))).to.be.instanceOf(ThrottledError);
    });
  });

  it('a new password keeps factors and codes; a deleted user has none', async () => {
    await addApp();
    await services.users.setPassword(ada._id, 'another battery horse', by);
    expect(await services.secondFactors.hasSecondFactor(ada)).to.equal(true);
    expect(await services.recoveryCodes.count(ada._id)).to.equal(10);
    await services.users.remove(ada._id, by);
    expect(await temporary.database.collection(secondFactors).countDocuments({})).to.equal(0);
    expect(await temporary.database.collection(recoveryCodes).countDocuments({})).to.equal(0);
  });
});

describe('The policy for second factors', () => {
  const user = { role: 'user' } as const;
  const administrator = { role: 'administrator' } as const;
  const member = { role: 'user', groups: ['staff', 'cooks'] } as const;

  it('names those who must have one', () => {
    const required = (requirement: 'optional' | 'administrators' | 'groups' | 'all', groups: readonly string[] = []) =>
      [user, member, administrator].map(createSecondFactorPolicy({ requirement, groups }).isRequired);
    expect(required('optional')).to.deep.equal([false, false, false]);
    expect(required('administrators')).to.deep.equal([false, false, true]);
    expect(required('groups', ['cooks'])).to.deep.equal([false, true, true]);
    expect(required('groups', ['others'])).to.deep.equal([false, false, true]);
    expect(required('all')).to.deep.equal([true, true, true]);
  });
});
