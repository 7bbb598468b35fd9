import { expect } from 'chai';
import { StorageUnavailableError } from '../../src/errors.ts';
import { readMailContent } from '../../src/services/mail.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'system' } as const;

describeOnEachDatabase('services/account-deletion', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword, emailVerified: true }, by);
  });
  afterEach(() => temporary.close());

  const find = (): Promise<UserDocument | null> => services.users.find(ada._id);

  /** The tokens of the mailed links that undo a deletion. */
  async function mailedTokens(): Promise<readonly string[]> {
    const entries = await services.outbox.list({ limit: 10, kind: 'mail' });
    const messages = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
    return messages.flatMap((message) => {
      const { text } = readMailContent(message?.content);
      return /\/undo-deletion\/([\w-]+)/.exec(text)?.slice(1) ?? [];
    });
  }

  /** Lets the next call of a method of a repository fail. */
  function failOnce(name: 'users' | 'oneTimeTokens' | 'outbox', method: string): void {
    const repository: object = services.repositories[name];
    const original: unknown = Reflect.get(repository, method);
    Reflect.set(repository, method, () => {
      Reflect.set(repository, method, original);
      return Promise.reject(new StorageUnavailableError('the test lets this call fail'));
    });
  }

  it('can be undone with the same link after the undoing has failed, and then once', async () => {
    await services.accountDeletion.request(ada._id, by);
    const [token = ''] = await mailedTokens();
    failOnce('users', 'changeIfUnchanged');
    const failure = await failureOf(services.accountDeletion.undo(token, by));
    expect(failure).to.be.instanceOf(StorageUnavailableError);
    expect((await find())?.disabled).to.equal(true);
    expect(await services.accountDeletion.undo(token, by)).to.equal(true);
    expect((await find())?.disabled).to.equal(false);
    expect(await services.accountDeletion.undo(token, by)).to.equal(false);
  });
});
