/**
 * A link whose use fails in the middle: whichever statement failed, what the link is for is done then, or is done by a
 * repetition with the same link.
 */
import { expect } from 'chai';
import { NotFoundError } from '../../src/errors.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import {
  describeOnEachDatabase,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'system' } as const;
const newPassword = 'another horse, another battery';
/** An upper bound for the statements of one use, so that the test ends. */
const maxStatements = 80;

type Services = Awaited<ReturnType<typeof wireUserServices>>;

interface Prepared {
  /** Uses the link. Rejects or returns undefined or false if the link does not work. */
  readonly use: () => Promise<unknown>;
  readonly expectDone: (context: string) => Promise<unknown>;
}

describeOnEachDatabase('a one-time link whose use fails in the middle', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let failing: FailingDatabase;
  let services: Services;
  let ada: UserDocument;
  let count = 0;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    failing = createFailingDatabase();
    services = await wireUserServices(
      { ...temporary, database: failing.wrap(temporary.database) },
      { environment: { SIGN_UP: 'open' } },
    );
  });
  afterEach(() => temporary.close());

  async function find(): Promise<UserDocument> {
    const user = await services.users.find(ada._id);
    if (user === null) {
      throw new Error('there is no such user');
    }
    return user;
  }

  const hasNewPassword = async (user: UserDocument): Promise<boolean> =>
    (await services.passwords.verify(user.passwordHash, newPassword)).matches;

  const uses: Readonly<Record<string, () => Promise<Prepared>>> = {
    'sets a password': async () => {
      const { token } = await services.users.createPasswordLink(ada._id, 'set-password', by);
      return {
        use: () => services.users.redeemPasswordLink(token, newPassword, by),
        expectDone: async (context) => expect(await hasNewPassword(await find()), context).to.equal(true),
      };
    },
    'sets the first password': async () => {
      ada = await services.users.create({ email: `grace${count}@example.com` }, by);
      const { address } = await services.signUp.createFirstLink(ada, by, { mailed: true });
      const token = address.split('/').at(-1) ?? '';
      return {
        use: () =>
          services.signUp.complete({ purpose: 'invitation', token }, { name: 'Grace', password: newPassword }, {}),
        expectDone: async (context) => {
          const user = await find();
          expect(await hasNewPassword(user), context).to.equal(true);
          expect(user.emailVerified, context).to.equal(true);
          expect(user.profile, context).to.deep.equal({ name: 'Grace' });
        },
      };
    },
    'creates an account': async () => {
      const email = `new${count}@example.com`;
      const { token } = await services.oneTimeLinks.create({ purpose: 'sign-up', mailedTo: email, lifetime: 600 });
      return {
        use: () => services.signUp.complete({ purpose: 'sign-up', token }, { name: 'New', password: newPassword }, {}),
        expectDone: async (context) => {
          const user = await services.users.findByEmail(email);
          expect(user, context).to.deep.include({ emailVerified: true, profile: { name: 'New' } });
        },
      };
    },
    'confirms an address': async () => {
      const { token } = await services.oneTimeLinks.create({
        purpose: 'confirm-email',
        accountId: ada._id,
        mailedTo: ada.emailKey,
        lifetime: 600,
      });
      return {
        use: () => services.emailChanges.confirm('confirm-email', token, {}),
        expectDone: async (context) => expect((await find()).emailVerified, context).to.equal(true),
      };
    },
    'confirms an address by its code': async () => {
      const { code } = await services.oneTimeLinks.create({
        purpose: 'confirm-email',
        accountId: ada._id,
        mailedTo: ada.emailKey,
        lifetime: 600,
        withCode: true,
      });
      return {
        use: () => services.emailChanges.confirmByCode('confirm-email', ada._id, code, {}),
        expectDone: async (context) => expect((await find()).emailVerified, context).to.equal(true),
      };
    },
    'changes the address': async () => {
      const email = `changed${count}@example.com`;
      const { token } = await services.oneTimeLinks.create({
        purpose: 'change-email',
        accountId: ada._id,
        mailedTo: email,
        data: { email },
        lifetime: 600,
      });
      return {
        use: () => services.emailChanges.confirm('change-email', token, {}),
        expectDone: async (context) => expect((await find()).email, context).to.equal(email),
      };
    },
    'undoes a change of the address': async () => {
      const { token } = await services.oneTimeLinks.create({
        purpose: 'undo-email',
        accountId: ada._id,
        mailedTo: ada.emailKey,
        data: { email: ada.email },
        lifetime: 600,
      });
      const thief = `thief${count}@example.com`;
      await services.users.changeEmail(ada._id, ada.emailKey, { address: thief, key: thief }, by);
      const { createdAt } = await find();
      const passkey = { publicKey: 'key', counter: 0, transports: [], backupEligible: false, backedUp: false };
      await services.repositories.passkeys.insert({
        ...passkey,
        _id: `passkey_${count}`,
        accountId: ada._id,
        credentialId: `credential ${count}`,
        name: 'thief',
        createdAt,
      });
      return {
        use: () => services.users.undoEmailChange(token, newPassword, by),
        expectDone: async (context) => {
          const user = await find();
          expect(user.email, context).to.equal(ada.email);
          expect(await hasNewPassword(user), context).to.equal(true);
          expect(await services.repositories.passkeys.listByUser(ada._id), context).to.deep.equal([]);
        },
      };
    },
    'rejects a sign-in': async () => {
      const at = temporary.clock.now();
      const { token } = await services.oneTimeLinks.create({
        purpose: 'new-device',
        accountId: ada._id,
        mailedTo: ada.emailKey,
        data: { at: at.toISOString() },
        lifetime: 600,
      });
      const stolen = { tokenId: `pat_${count}`, accountId: ada._id, name: 'stolen', createdAt: at };
      await services.repositories.personalAccessTokens.insert(`digest ${count}`, {
        ...stolen,
        apis: [],
        expiresAt: new Date(at.getTime() + 3_600_000),
      } as never);
      return {
        use: async () => (await services.newDevices.reject(token, {}))?.passwordToken,
        expectDone: async (context) =>
          expect(await services.repositories.personalAccessTokens.listByUser(ada._id), context).to.deep.equal([]),
      };
    },
    'undoes a deletion': async () => {
      // The newest mail is found by its time.
      temporary.clock.advance(1);
      await services.accountDeletion.request(ada._id, by);
      const [{ id } = { id: '' }] = await services.outbox.list({ limit: 1, kind: 'mail' });
      const text = JSON.stringify(await services.outbox.show(id));
      const token = /\/undo-deletion\/([\w-]+)/.exec(text)?.[1] ?? '';
      return {
        use: () => services.accountDeletion.undo(token, by),
        expectDone: async (context) => {
          const user = await find();
          expect(user.disabled, context).to.equal(false);
          expect(user.deletionDueAt, context).to.equal(undefined);
        },
      };
    },
  };

  for (const [title, prepare] of Object.entries(uses)) {
    it(`can be used again, or has done it: a link that ${title}`, async function eachStatement() {
      this.timeout(60_000);
      for (let statement = 0; statement < maxStatements; statement += 1) {
        count += 1;
        ada = await services.users.create({ email: `ada${count}@example.com`, password: goodPassword }, by);
        const { use, expectDone } = await prepare();
        const hasHappened = failing.failStatement(statement, 'before');
        await use().catch((error: unknown) => expect(hasHappened(), String(error)).to.equal(true));
        const isOver = !hasHappened();
        failing.restore();
        if (!isOver) {
          await use().catch((error: unknown) => expect(error).to.be.instanceOf(NotFoundError));
        }
        await expectDone(`statement ${statement} fails`);
        expect(await use().catch(() => undefined), 'a third use').to.be.oneOf([undefined, false]);
        if (isOver) {
          expect(statement).to.be.greaterThan(4);
          return;
        }
      }
      throw new Error('the use has more statements than expected');
    });
  }

  it('is used by exactly one of twenty parallel callers, on two connections to the database', async () => {
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword }, by);
    const other = await wireUserServices({ ...temporary, database: await temporary.openAnother() });
    for (const title of ['undoes a change of the address', 'rejects a sign-in', 'undoes a deletion']) {
      const here = services;
      const one = await uses[title]?.();
      services = other;
      const results = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          services = index % 2 === 0 ? here : other;
          return one?.use().catch(() => undefined);
        }),
      );
      services = here;
      expect(
        results.filter((result) => result !== undefined && result !== false),
        title,
      ).to.have.length(1);
      await one?.expectDone(title);
      count += 1;
      ada = await services.users.create({ email: `ada${count}@example.com`, password: goodPassword }, by);
    }
  });
});
