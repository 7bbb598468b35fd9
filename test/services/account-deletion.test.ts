import { expect } from 'chai';
import { ConflictError, StorageUnavailableError } from '../../src/errors.ts';
import { LastAdministratorError } from '../../src/services/foundation/administrators.ts';
import { readMailContent } from '../../src/services/mails/mail.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { failOnce } from '../support/patched-repository.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'system' } as const;
const day = 24 * 3600;
/** An upper bound for the statements of a request, so that the test ends. */
const maxStatements = 60;

describeOnEachDatabase('services/account-deletion', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let failing: FailingDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    failing = createFailingDatabase();
    services = await wireUserServices({ ...temporary, database: failing.wrap(temporary.database) });
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword, emailVerified: true }, by);
  });
  afterEach(() => temporary.close());

  const find = (): Promise<UserDocument | null> => services.users.find(ada._id);

  /** The tokens of the mailed links that undo a deletion. */
  async function mailedTokens(): Promise<readonly string[]> {
    const entries = await services.outbox.list({ limit: 100, kind: 'mail' });
    const messages = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
    return messages.flatMap((message) => {
      const { text } = readMailContent(message?.content);
      return /\/undo-deletion\/([\w-]+)/.exec(text)?.slice(1) ?? [];
    });
  }

  it('can be undone with the same link after the undoing has failed, and then once', async () => {
    await services.accountDeletion.request(ada._id, by);
    const [token = ''] = await mailedTokens();
    failOnce(services.repositories.users, 'changeIfUnchanged');
    const failure = await failureOf(services.accountDeletion.undo(token, by));
    expect(failure).to.be.instanceOf(StorageUnavailableError);
    expect((await find())?.disabled).to.equal(true);
    expect(await services.accountDeletion.undo(token, by)).to.equal(true);
    expect((await find())?.disabled).to.equal(false);
    expect(await services.accountDeletion.undo(token, by)).to.equal(false);
  });

  /** Requests the deletion as a page does, in a process that dies before it sends what the request has staged. */
  const requestAndCrash = (): Promise<unknown> =>
    failureOf(runInRequestScope({ deadlineMs: 5000 }, () => services.accountDeletion.request(ada._id, by)));

  it('never leaves a locked account without a mailed link that undoes it, whichever statement fails last', async function eachStatement() {
    this.timeout(60_000);
    for (let statement = 0; statement < maxStatements; statement += 1) {
      for (const kind of ['before', 'after'] as const) {
        const earlier = await mailedTokens();
        const hasHappened = failing.failStatement(statement, kind);
        const failure = await requestAndCrash();
        failing.restore();
        const context = `statement ${statement} fails ${kind} it is applied`;
        expect(failure !== undefined, context).to.equal(hasHappened());
        const tokens = (await mailedTokens()).filter((token) => !earlier.includes(token));
        const isLocked = (await find())?.disabled === true;
        const undone = await Promise.all(tokens.map((token) => services.accountDeletion.undo(token, by)));
        expect(undone.includes(true), context).to.equal(isLocked);
        expect((await find())?.disabled, context).to.equal(false);
        if (!hasHappened()) {
          expect(isLocked, context).to.equal(true);
          return;
        }
      }
    }
    throw new Error('the request has more statements than expected');
  });

  it('does not lock an account when the mail cannot be stored', async () => {
    failOnce(services.repositories.outbox, 'insertOnce');
    expect(await requestAndCrash()).to.be.instanceOf(StorageUnavailableError);
    expect(await find()).to.deep.equal(ada);
  });

  it('is refused to the last administrator, also of two at the same time, without a mail', async () => {
    await services.users.update(ada._id, { role: 'administrator' }, by);
    expect(await failureOf(services.accountDeletion.request(ada._id, by))).to.be.instanceOf(LastAdministratorError);
    expect(await mailedTokens()).to.deep.equal([]);
    const grace = await services.users.create({ email: 'grace@example.com', role: 'administrator' }, by);
    const outcomes = await Promise.all(
      [ada, grace].map(({ _id }) => failureOf(services.accountDeletion.request(_id, by))),
    );
    expect(outcomes.filter((failure) => failure instanceof LastAdministratorError)).to.have.length(1);
    expect(await mailedTokens()).to.have.length(1);
  });

  it('gives no link that undoes the decision of an operator who disables the user meanwhile', async () => {
    const { insertOnce } = services.repositories.outbox;
    Object.assign(services.repositories.outbox, {
      insertOnce: async (message: Parameters<typeof insertOnce>[0]) => {
        await insertOnce(message);
        await services.users.disable(ada._id, by);
      },
    });
    expect(await failureOf(services.accountDeletion.request(ada._id, by))).to.be.instanceOf(ConflictError);
    for (const token of await mailedTokens()) {
      expect(await services.accountDeletion.undo(token, by)).to.equal(false);
    }
    expect(await find()).to.include({ disabled: true });
    expect((await find())?.deletionDueAt).to.equal(undefined);
  });

  it('does not delete an account whose deletion is undone at the moment in which it is due', async () => {
    await services.accountDeletion.request(ada._id, by);
    temporary.clock.advance(7 * day);
    const { users } = services.repositories;
    const { changeIfUnchanged } = users;
    Object.assign(users, {
      changeIfUnchanged: async (...change: Parameters<typeof changeIfUnchanged>) => {
        Object.assign(users, { changeIfUnchanged });
        await services.users.enable(ada._id, by);
        return changeIfUnchanged(...change);
      },
    });
    expect(await services.accountDeletion.removeDue()).to.equal(0);
    expect(await find()).to.include({ disabled: false });
  });

  it('can be finished after the deletion of a due account has failed at any statement', async function eachStatement() {
    this.timeout(60_000);
    for (let statement = 0; statement < maxStatements; statement += 1) {
      await services.accountDeletion.request(ada._id, by);
      temporary.clock.advance(7 * day);
      const hasHappened = failing.failStatement(statement, 'before');
      await failureOf(services.accountDeletion.removeDue());
      const isOver = !hasHappened();
      failing.restore();
      await services.accountDeletion.removeDue();
      expect(await find(), `statement ${statement} fails`).to.equal(null);
      if (isOver) {
        return;
      }
      ada = await services.users.create({ email: 'ada@example.com', password: goodPassword }, by);
    }
    throw new Error('the deletion has more statements than expected');
  });
});
