/** What a request has used up when it ends: given back exactly if the answer is 503, so that it can be repeated. */
import { expect } from 'chai';
import { InvalidInputError, OverloadedError, StorageUnavailableError } from '../../src/errors.ts';
import { requestScope } from '../../src/http/middleware/request-scope.ts';
import { noteStorageFailure, undoIfUnavailable } from '../../src/storage/request-scope.ts';

const ends: readonly (readonly [title: string, isGivenBack: boolean, end: (ctx: { status: number }) => void])[] = [
  ['succeeds', false, (ctx) => void (ctx.status = 200)],
  ['is answered with 503', true, (ctx) => void (ctx.status = 503)],
  ['is refused', false, (ctx) => void (ctx.status = 400)],
  [
    'fails because the server is too busy',
    true,
    () => {
      throw new OverloadedError('64 password hashes wait');
    },
  ],
  [
    'fails because of a mistake of the caller',
    false,
    () => {
      throw new InvalidInputError('wrong');
    },
  ],
  [
    'fails because of a mistake of ours',
    false,
    () => {
      throw new Error('unexpected');
    },
  ],
  [
    'fails because the database does not answer',
    true,
    () => {
      throw noteStorageFailure(new StorageUnavailableError('away'));
    },
  ],
];

describe('what a request has used up', () => {
  const middleware = requestScope({
    deadline: 5,
    log: { error: (_fields: object, text: string) => expect.fail(text) },
  });

  for (const [title, isGivenBack, end] of ends) {
    it(`is ${isGivenBack ? '' : 'not '}given back if the request ${title}`, async () => {
      let undone = 0;
      const ctx = { status: 404 };
      const answered = middleware(ctx as never, async () => {
        undoIfUnavailable(async () => void (undone += 1));
        end(ctx);
      });
      await Promise.resolve(answered).catch(() => undefined);
      expect(undone).to.equal(isGivenBack ? 1 : 0);
    });
  }
});
