/** What the owner of an account loses and keeps when the owner undoes a change of the email address. */
import { expect } from 'chai';
import { NotFoundError, StorageUnavailableError } from '../../src/errors.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { failOnce } from '../support/patched-repository.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'system' } as const;
const newPassword = 'another horse, another battery';
const day = 24 * 3600;

describeOnEachDatabase('an undone change of the email address', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword, emailVerified: true }, by);
  });
  afterEach(() => temporary.close());

  /** Changes the address. @returns the token that undoes it */
  async function changeEmail(): Promise<string> {
    const { token } = await services.oneTimeLinks.create({
      purpose: 'undo-email',
      accountId: ada._id,
      mailedTo: ada.emailKey,
      data: { email: ada.email },
      lifetime: 7 * day,
    });
    const thief = { address: 'thief@example.com', key: 'thief@example.com' };
    await services.users.changeEmail(ada._id, ada.emailKey, thief, by);
    return token;
  }

  /** Adds one of each way to sign in, now. @param groups those that come with the link to another provider */
  async function addWaysToSignIn(name: string, groups: readonly string[] = []): Promise<void> {
    const { passkeys, secondFactors, upstreamLinks } = services.repositories;
    const createdAt = temporary.clock.now();
    const common = { accountId: ada._id, createdAt };
    await passkeys.insert({
      ...common,
      _id: `passkey_${name}`,
      credentialId: name,
      publicKey: 'key',
      counter: 0,
      transports: [],
      backupEligible: false,
      backedUp: false,
      name,
    });
    await secondFactors.insert({ ...common, _id: `app_${name}`, kind: 'totp', name, sealedSeed: 'x', lastStep: 1 });
    await upstreamLinks.insert({ ...common, upstreamId: 'staff', subject: name, lastUsedAt: createdAt });
    const link = await upstreamLinks.find('staff', name);
    await services.users.refreshLinkGroups(ada._id, { linkId: link?._id ?? '', groups }, by);
  }

  async function waysToSignIn() {
    const { passkeys, secondFactors, upstreamLinks, recoveryCodes } = services.repositories;
    return {
      passkeys: (await passkeys.listByUser(ada._id)).map(({ name }) => name),
      apps: (await secondFactors.listByUser(ada._id)).map(({ name }) => name),
      links: (await upstreamLinks.listByUser(ada._id)).map(({ subject }) => subject),
      recoveryCodes: (await recoveryCodes.find(ada._id))?.codeDigests,
    };
  }

  it('removes the ways to sign in that were added since, also in the same millisecond, and keeps older ones', async () => {
    await addWaysToSignIn('own', ['staff']);
    await services.repositories.recoveryCodes.replace(ada._id, ['own'], temporary.clock.now());
    temporary.clock.advance(1);
    const token = await changeEmail();
    await addWaysToSignIn('at-once', ['admins']);
    temporary.clock.advance(day);
    await addWaysToSignIn('later', ['finance']);
    const undone = await services.users.undoEmailChange(token, newPassword, by);
    const own = { passkeys: ['own'], apps: ['own'], links: ['own'], recoveryCodes: ['own'] };
    expect(await waysToSignIn()).to.deep.equal(own);
    expect(undone.groups, 'the groups that came with the removed links').to.deep.equal(['staff']);
    expect((await services.users.find(ada._id))?.groups).to.deep.equal(['staff']);
  });

  it('removes recovery codes that were made since', async () => {
    await addWaysToSignIn('own');
    await services.repositories.recoveryCodes.replace(ada._id, ['own'], temporary.clock.now());
    temporary.clock.advance(1);
    const token = await changeEmail();
    await services.repositories.recoveryCodes.replace(ada._id, ['thief'], temporary.clock.now());
    await services.users.undoEmailChange(token, newPassword, by);
    expect((await waysToSignIn()).recoveryCodes).to.equal(undefined);
  });

  it('stops a deletion that was requested since', async () => {
    const token = await changeEmail();
    await services.accountDeletion.request(ada._id, by);
    await services.users.undoEmailChange(token, newPassword, by);
    const stored = await services.users.find(ada._id);
    expect(stored).to.include({ email: 'ada@example.com', disabled: false });
    expect(stored).not.to.have.any.keys('deletionDueAt', 'deletionRequestedAt');
    const types = (await services.audit.list({ limit: 20, accountId: ada._id })).map(({ type }) => type);
    expect(types).to.include('user.deletion_undone').and.include('email.change_undone');
    temporary.clock.advance(30 * day);
    expect(await services.accountDeletion.removeDue()).to.equal(0);
  });

  it('does not stop a deletion that was requested before', async () => {
    await services.accountDeletion.request(ada._id, by);
    temporary.clock.advance(1);
    await services.users.undoEmailChange(await changeEmail(), newPassword, by);
    const stored = await services.users.find(ada._id);
    expect(stored?.disabled).to.equal(true);
    expect(stored?.deletionDueAt).to.be.instanceOf(Date);
  });

  it('does not enable a user whom an operator has disabled since the deletion was requested', async () => {
    const token = await changeEmail();
    await services.accountDeletion.request(ada._id, by);
    // An operator disables the user after the link was checked: its removal comes too late.
    const { removeByUser } = services.repositories.oneTimeTokens;
    Object.assign(services.repositories.oneTimeTokens, { removeByUser: () => Promise.resolve() });
    await services.users.disable(ada._id, by);
    Object.assign(services.repositories.oneTimeTokens, { removeByUser });
    await services.users.undoEmailChange(token, newPassword, by);
    expect((await services.users.find(ada._id))?.disabled).to.equal(true);
  });

  it('can be repeated with the same link after it has failed in the middle, and then works once', async () => {
    const token = await changeEmail();
    await addWaysToSignIn('thief');
    failOnce(services.repositories.upstreamLinks, 'removeByUser');
    expect(await failureOf(services.users.undoEmailChange(token, newPassword, by))).to.be.instanceOf(
      StorageUnavailableError,
    );
    await services.users.undoEmailChange(token, newPassword, by);
    expect((await services.users.find(ada._id))?.email).to.equal('ada@example.com');
    expect(await waysToSignIn()).to.deep.include({ passkeys: [], apps: [], links: [] });
    const again = services.users.undoEmailChange(token, newPassword, by);
    expect(await failureOf(again)).to.be.instanceOf(NotFoundError);
  });

  it('can be repeated a minute after the process that did it has died, not before', async () => {
    const token = await changeEmail();
    failOnce(services.repositories.users, 'changeIfUnchanged');
    failOnce(services.repositories.oneTimeTokens, 'release');
    const attempt = (): Promise<unknown> => failureOf(services.users.undoEmailChange(token, newPassword, by));
    expect(await attempt()).to.be.instanceOf(StorageUnavailableError);
    temporary.clock.advance(59);
    expect(await attempt()).to.be.instanceOf(NotFoundError);
    temporary.clock.advance(1);
    expect(await attempt()).to.equal(undefined);
  });

  it('keeps them all when another password is set without a change of the address', async () => {
    await addWaysToSignIn('own');
    await services.users.setPassword(ada._id, newPassword, by);
    expect(await waysToSignIn()).to.deep.include({ passkeys: ['own'], apps: ['own'], links: ['own'] });
  });
});
