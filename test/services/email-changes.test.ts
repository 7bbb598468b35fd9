import { expect } from 'chai';
import { NotFoundError, StorageUnavailableError } from '../../src/errors.ts';
import { readMailContent } from '../../src/services/mails/mail.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'system' } as const;
/** An upper bound for the statements of a change, so that the test ends. */
const maxStatements = 60;

describeOnEachDatabase('services/email-changes: a change', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let failing: FailingDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;
  let count = 0;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    failing = createFailingDatabase();
    services = await wireUserServices({ ...temporary, database: failing.wrap(temporary.database) });
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword, emailVerified: true }, by);
  });
  afterEach(() => temporary.close());

  const find = async (): Promise<UserDocument | null> => services.users.find(ada._id);

  /** @returns the token of a link that was mailed to the new address */
  async function linkTo(email: string): Promise<string> {
    const link = {
      purpose: 'change-email',
      accountId: ada._id,
      mailedTo: email,
      data: { email },
      lifetime: 600,
    } as const;
    return (await services.oneTimeLinks.create(link)).token;
  }

  /** Uses a link as a page does, in a process that dies before it sends what the request has staged. */
  const confirmAndCrash = (token: string): Promise<unknown> =>
    failureOf(runInRequestScope({ deadlineMs: 5000 }, () => services.emailChanges.confirm('change-email', token, {})));

  /** The tokens of the links that undo a change, mailed to this address. */
  async function undoLinksOf(address: string): Promise<readonly string[]> {
    const entries = await services.outbox.list({ limit: 100, kind: 'mail' });
    const messages = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
    return messages.flatMap((message) => {
      const { to, text } = readMailContent(message?.content);
      return to === address ? (/\/undo-email\/([\w-]+)/.exec(text)?.slice(1) ?? []) : [];
    });
  }

  it('never takes effect without a mailed link that undoes it, whichever statement fails last', async function eachStatement() {
    this.timeout(60_000);
    for (let statement = 0; statement < maxStatements; statement += 1) {
      for (const kind of ['before', 'after'] as const) {
        count += 1;
        const email = `ada${count}@example.com`;
        ada = (await find()) ?? ada;
        const earlier = await undoLinksOf(ada.email);
        const token = await linkTo(email);
        const hasHappened = failing.failStatement(statement, kind);
        await confirmAndCrash(token);
        failing.restore();
        const context = `statement ${statement} fails ${kind} it is applied`;
        const links = (await undoLinksOf(ada.email)).filter((link) => !earlier.includes(link));
        const isChanged = (await find())?.email === email;
        if (isChanged) {
          const found = await Promise.all(links.map((link) => services.oneTimeLinks.peek('undo-email', link)));
          expect(
            found.map((link) => link?.data['email']),
            context,
          ).to.deep.equal([ada.email]);
        }
        if (!hasHappened()) {
          expect(isChanged, context).to.equal(true);
          return;
        }
      }
    }
    throw new Error('the change has more statements than expected');
  });

  it('does not take effect when the mail cannot be stored, and then does with the same link', async () => {
    const { insertOnce } = services.repositories.outbox;
    Object.assign(services.repositories.outbox, {
      insertOnce: () => {
        Object.assign(services.repositories.outbox, { insertOnce });
        return Promise.reject(new StorageUnavailableError('the test lets this call fail'));
      },
    });
    const token = await linkTo('new@example.com');
    expect(await confirmAndCrash(token)).to.be.instanceOf(StorageUnavailableError);
    expect(await find()).to.deep.equal(ada);
    await services.emailChanges.confirm('change-email', token, {});
    expect((await find())?.email).to.equal('new@example.com');
    expect(await undoLinksOf('ada@example.com')).to.have.length(1);
  });

  it('to an address that another user has by now sends no mail about a change', async () => {
    const token = await linkTo('grace@example.com');
    await services.users.create({ email: 'grace@example.com' }, by);
    expect(await failureOf(services.emailChanges.confirm('change-email', token, {}))).to.be.instanceOf(NotFoundError);
    expect(await undoLinksOf('ada@example.com')).to.deep.equal([]);
    expect(await find()).to.deep.equal(ada);
  });
});
