/** The first password of a user whom an operator has created. */
import { expect } from 'chai';
import { totpCode } from '../../src/crypto/totp.ts';
import { OverloadedError, ThrottledError } from '../../src/errors.ts';
import type { SignUpLink } from '../../src/services/users/sign-up.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'command line' } as const;
const account = { name: 'Ada', password: goodPassword };

describeOnEachDatabase('services/sign-up: a first password', (open) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;
  let link: SignUpLink;

  beforeEach(async function wire() {
    this.timeout(10_000);
    temporary = await open();
    services = await wireUserServices(temporary);
    ada = await services.users.create({ email: 'ada@example.com' }, by);
    const { address } = await services.signUp.createFirstLink(ada, by, { mailed: true });
    link = { purpose: 'invitation', token: address.split('/').at(-1) ?? '' };
  });
  afterEach(() => temporary.close());

  it('does not use up the link while no password can be hashed', async () => {
    const { hash } = services.passwords;
    Object.assign(services.passwords, { hash: () => Promise.reject(new OverloadedError('full')) });
    expect(await failureOf(services.signUp.complete(link, account, {}))).to.be.instanceOf(OverloadedError);
    expect((await services.users.find(ada._id))?.passwordHash).to.equal(undefined);
    Object.assign(services.passwords, { hash });
    expect(await services.signUp.complete(link, account, {})).to.deep.include({
      emailVerified: true,
      profile: { name: 'Ada' },
    });
    expect(await services.signUp.find(link, {}), 'works once').to.equal(undefined);
    const events = await services.audit.list({ limit: 10, type: 'email.confirmed' });
    expect(events.map(({ accountId }) => accountId)).to.deep.equal([ada._id]);
  });

  it('keeps the wait of the second factor: whoever reads the mailbox gets no new guesses', async () => {
    const app = await services.secondFactors.beginApp(ada);
    const code = totpCode(app.seed, temporary.clock.now());
    await services.secondFactors.addApp(ada, { ...app, name: 'Phone', code }, by);
    const check = () => services.secondFactors.check(ada, '000000', by);
    for (let time = 0; time < 6; time += 1) {
      await failureOf(check());
    }
    await services.signUp.complete(link, account, {});
    expect(await failureOf(check())).to.be.instanceOf(ThrottledError);
  });
});
