import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { NotFoundError, StorageUnavailableError, ThrottledError } from '../../src/errors.ts';
import type { LinkPurpose, UserDocument } from '../../src/storage/collections.ts';
import { purposes } from '../../src/services/mails/one-time-links.ts';
import { createFailingDatabase } from '../support/failing-database.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  secretKey,
  throttleSettings,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'command line' };
const browser = 'a random value from a cookie';
const wrongCodeFor = (code: string): string => (code === '000000' ? '000001' : '000000');

describeOnEachDatabase('services/one-time-links', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let links: typeof services.oneTimeLinks;
  let ada: UserDocument;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
    links = services.oneTimeLinks;
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword }, by);
  });
  afterEach(() => temporary.close());

  const createFor = (purpose: LinkPurpose) => links.create({ purpose, accountId: ada._id, lifetime: 1800 });
  const createWithCode = (boundTo?: string) =>
    links.create({
      purpose: 'confirm-email',
      accountId: ada._id,
      mailedTo: ada.emailKey,
      lifetime: 1800,
      withCode: true,
      ...(boundTo === undefined ? {} : { boundTo }),
    });

  describe('a link', () => {
    it('that replaces another one leaves a link that works, if storing it fails in the middle', async () => {
      const failing = createFailingDatabase();
      const { oneTimeLinks } = await wireUserServices({ ...temporary, database: failing.wrap(temporary.database) });
      const { repositories } = services;
      for (const kind of ['before', 'half', 'after'] as const) {
        const older = await createFor('set-password');
        temporary.clock.advance(1);
        failing.failBulkWrite(kind);
        const failure = await failureOf(
          oneTimeLinks.create({ purpose: 'set-password', accountId: ada._id, lifetime: 1800 }),
        );
        expect(failure, kind).to.be.instanceOf(StorageUnavailableError);
        expect(await links.findOfUser('set-password', ada._id), kind).to.not.equal(undefined);
        const isReplaced = (await links.peek('set-password', older.token)) === undefined;
        expect(isReplaced, kind).to.equal(kind !== 'before');
        temporary.clock.advance(1);
      }
      await createFor('set-password');
      expect(await repositories.oneTimeTokens.listBySubject(`set-password ${ada._id}`)).to.have.length(1);
    });

    it('has 256 random bits, of which the database has only a digest, and keeps its facts until it is used', async () => {
      const { token, code, expiresAt } = await links.create({
        purpose: 'change-email',
        accountId: ada._id,
        mailedTo: 'new@example.com',
        data: { email: 'New@example.com' },
        lifetime: 60,
      });
      expect(Buffer.from(token, 'base64url')).to.have.length(32);
      expect(code).to.equal('');
      expect(JSON.stringify(await services.repositories.oneTimeTokens.listBySubject(`change-email ${ada._id}`)))
        .to.include('New@example.com')
        .and.not.include(token);
      expect(await links.peek('change-email', token)).to.deep.include({
        mailedTo: 'new@example.com',
        data: { email: 'New@example.com' },
        user: ada,
        boundHere: true,
        expiresAt,
      });
      expect((await links.consume('change-email', token))?.user?._id).to.equal(ada._id);
      expect(await links.consume('change-email', token)).to.equal(undefined);
      expect(await links.peek('change-email', token)).to.equal(undefined);
    });

    it('works for its purpose only, and until it expires', async () => {
      const { token } = await createFor('confirm-email');
      for (const purpose of ['set-password', 'sign-in', 'undo-email'] as const) {
        expect(await links.consume(purpose, token), purpose).to.equal(undefined);
      }
      temporary.clock.advance(1799);
      expect(await links.peek('confirm-email', token)).to.not.equal(undefined);
      temporary.clock.advance(1);
      expect(await links.consume('confirm-email', token)).to.equal(undefined);
    });

    it('works for exactly one of twenty parallel callers, on two connections to the database', async () => {
      const other = await wireUserServices({ ...temporary, database: await temporary.openAnother() });
      const { token } = await createFor('confirm-email');
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? links : other.oneTimeLinks).consume('confirm-email', token),
        ),
      );
      expect(results.filter((link) => link !== undefined)).to.have.length(1);
    });

    it('replaces the older one of the same purpose and user or address, unless both may be needed', async () => {
      for (const [purpose, { keepsOlder }] of Object.entries(purposes) as [
        LinkPurpose,
        { readonly keepsOlder: boolean },
      ][]) {
        const first = await createFor(purpose);
        const second = await createFor(purpose);
        expect((await links.peek(purpose, first.token)) !== undefined, purpose).to.equal(keepsOlder);
        expect(await links.peek(purpose, second.token), purpose).to.not.equal(undefined);
      }
      const of = (mailedTo: string) => links.create({ purpose: 'sign-up', mailedTo, lifetime: 60 });
      const [one, another] = [await of('one@example.com'), await of('another@example.com')];
      const newer = await of('one@example.com');
      expect(await links.peek('sign-up', one.token)).to.equal(undefined);
      expect(await links.peek('sign-up', another.token)).to.deep.include({ mailedTo: 'another@example.com' });
      expect(await links.peek('sign-up', newer.token)).to.not.have.property('user');
    });

    it('is void when the password or the email address has changed, unless it exists to reverse a change', async () => {
      const changes = {
        password: () => services.users.setPassword(ada._id, 'another horse, another battery', by),
        // As a change that is stored after a link was checked for: the links are not removed.
        email: () =>
          services.repositories.users.changeIfUnchanged(ada, { emailKey: 'ada@new.example', updatedAt: new Date() }),
      };
      for (const change of Object.values(changes)) {
        const created = await Promise.all(
          (Object.keys(purposes) as LinkPurpose[]).map(async (purpose) => ({ purpose, ...(await createFor(purpose)) })),
        );
        ada = (await services.users.find(ada._id)) ?? ada;
        await change();
        for (const { purpose, token } of created) {
          expect((await links.consume(purpose, token)) !== undefined, purpose).to.equal(
            purposes[purpose].outlivesChanges,
          );
        }
        ada = (await services.users.find(ada._id)) ?? ada;
      }
    });

    it('ends with its user, whatever it is for', async () => {
      const created = await Promise.all(
        (Object.keys(purposes) as LinkPurpose[]).map(async (purpose) => ({ purpose, ...(await createFor(purpose)) })),
      );
      await services.users.remove(ada._id, by);
      for (const { purpose, token } of created) {
        expect(await links.peek(purpose, token), purpose).to.equal(undefined);
      }
      expect(await failureOf(createFor('confirm-email'))).to.be.instanceOf(NotFoundError);
    });

    it('works only in the browser that it is bound to', async () => {
      const { token } = await createWithCode(browser);
      for (const boundTo of [undefined, '', 'another browser']) {
        const use = boundTo === undefined ? {} : { boundTo };
        expect(await links.peek('confirm-email', token, use)).to.include({ boundHere: false });
        expect(await links.consume('confirm-email', token, use)).to.equal(undefined);
      }
      expect(await links.peek('confirm-email', token, { boundTo: browser })).to.include({ boundHere: true });
      expect(await links.consume('confirm-email', token, { boundTo: browser })).to.not.equal(undefined);
    });

    it('is not accepted from a network address that guesses', async () => {
      const { token } = await createFor('confirm-email');
      const use = { address: '192.0.2.1' };
      for (let attempt = 0; attempt < throttleSettings.addressFree; attempt += 1) {
        expect(await links.peek('confirm-email', `guess ${attempt}`, use)).to.equal(undefined);
      }
      expect(await failureOf(links.peek('confirm-email', token, use))).to.be.instanceOf(ThrottledError);
      expect(await links.peek('confirm-email', token, { address: '192.0.2.2' })).to.not.equal(undefined);
    });
  });

  describe('a code', () => {
    it('has six digits, is stored as an HMAC, and uses up its link', async () => {
      const { token, code } = await createWithCode();
      expect(code).to.match(/^\d{6}$/);
      expect(JSON.stringify(await services.repositories.oneTimeTokens.listBySubject(`confirm-email ${ada._id}`)))
        .to.include('codeMac')
        .and.not.include(code);
      const link = await links.consumeCode('confirm-email', ada._id, ` ${code.slice(0, 3)} ${code.slice(3)} `);
      expect(link?.user?._id).to.equal(ada._id);
      expect(await links.consumeCode('confirm-email', ada._id, code)).to.equal(undefined);
      expect(await links.consume('confirm-email', token)).to.equal(undefined);
    });

    it('is used up with its link', async () => {
      const { token, code } = await createWithCode();
      expect(await links.consume('confirm-email', token)).to.not.equal(undefined);
      expect(await links.consumeCode('confirm-email', ada._id, code)).to.equal(undefined);
    });

    it('works for exactly one of twenty parallel callers, on two connections to the database', async () => {
      const other = await wireUserServices({ ...temporary, database: await temporary.openAnother() });
      const { code } = await createWithCode(browser);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? links : other.oneTimeLinks).consumeCode('confirm-email', browser, code),
        ),
      );
      expect(results.filter((link) => link !== undefined)).to.have.length(1);
    });

    it('works only for its holder: the browser it is bound to, else the user or the address', async () => {
      const bound = await createWithCode(browser);
      for (const holder of [ada._id, ada.emailKey, 'another browser', '']) {
        expect(await links.consumeCode('confirm-email', holder, bound.code), holder).to.equal(undefined);
      }
      expect(await links.consumeCode('sign-in', browser, bound.code)).to.equal(undefined);
      expect(await links.consumeCode('confirm-email', browser, bound.code)).to.not.equal(undefined);
      const created = await links.create({
        purpose: 'sign-up',
        mailedTo: 'new@example.com',
        lifetime: 600,
        withCode: true,
      });
      expect(await links.consumeCode('sign-up', 'new@example.com', created.code)).to.not.equal(undefined);
    });

    it('works for ten minutes, although its link works longer (OWASP ASVS 6.5.5)', async () => {
      const { token, code } = await createWithCode();
      temporary.clock.advance(600);
      expect(await links.consumeCode('confirm-email', ada._id, code)).to.equal(undefined);
      expect(await links.consume('confirm-email', token)).to.not.equal(undefined);
    });

    it('ends after ten wrong tries, also at the same time', async () => {
      const { token, code } = await createWithCode();
      for (let attempt = 0; attempt < 4; attempt += 1) {
        expect(await links.consumeCode('confirm-email', ada._id, wrongCodeFor(code))).to.equal(undefined);
      }
      expect(await links.consumeCode('confirm-email', ada._id, code)).to.not.equal(undefined);
      expect(await links.consume('confirm-email', token)).to.equal(undefined);

      const generous = await wireUserServices(temporary, { throttle: { accountFree: 100 } });
      const guessed = await createWithCode();
      const guesses = await Promise.allSettled(
        Array.from({ length: 20 }, () =>
          generous.oneTimeLinks.consumeCode('confirm-email', ada._id, wrongCodeFor(guessed.code)),
        ),
      );
      expect(guesses.every((one) => one.status === 'rejected' || one.value === undefined)).to.equal(true);
      expect(await generous.oneTimeLinks.consumeCode('confirm-email', ada._id, guessed.code)).to.equal(undefined);
      expect(await generous.oneTimeLinks.peek('confirm-email', guessed.token)).to.equal(undefined);
    });

    it('cannot be guessed by asking for new ones: wrong tries are counted for the email address', async () => {
      const { accountLimit } = throttleSettings;
      const generous = await wireUserServices(temporary, { throttle: { accountFree: accountLimit } });
      let tries = 0;
      let failure: unknown;
      while (failure === undefined && tries <= accountLimit) {
        const holder = `browser ${tries}`;
        const { code } = await createWithCode(holder);
        for (let attempt = 0; attempt < 9 && failure === undefined; attempt += 1) {
          failure = await failureOf(generous.oneTimeLinks.consumeCode('confirm-email', holder, wrongCodeFor(code)));
          tries += failure === undefined ? 1 : 0;
        }
      }
      expect(failure).to.be.instanceOf(ThrottledError);
      expect(tries).to.equal(accountLimit);
    });

    it('is counted by network address, also for a holder who has none', async () => {
      for (let attempt = 0; attempt < throttleSettings.addressFree; attempt += 1) {
        expect(await links.consumeCode('sign-in', `holder ${attempt}`, '123456', { address: '192.0.2.1' })).to.equal(
          undefined,
        );
      }
      expect(
        await failureOf(links.consumeCode('sign-in', 'holder', '123456', { address: '192.0.2.1' })),
      ).to.be.instanceOf(ThrottledError);
    });

    it('is counted by the address that it was asked for, whether or not there is a link', async () => {
      for (const [mailedTo, holder] of [
        [ada.emailKey, browser],
        ['nobody@example.com', 'another browser'],
      ] as const) {
        const { code } = holder === browser ? await createWithCode(browser) : { code: '000000' };
        let tries = 0;
        let failure: unknown;
        while (failure === undefined && tries < 20) {
          failure = await failureOf(links.consumeCode('confirm-email', holder, wrongCodeFor(code), { mailedTo }));
          tries += failure === undefined ? 1 : 0;
        }
        expect(failure, holder).to.be.instanceOf(ThrottledError);
        expect(tries, holder).to.equal(throttleSettings.accountFree);
      }
    });

    it('works after SECRET was rotated', async () => {
      const { code } = await createWithCode(browser);
      const rotated = await wireUserServices(temporary, { keys: [randomBytes(32), secretKey] });
      expect(await rotated.oneTimeLinks.consumeCode('confirm-email', browser, code)).to.not.equal(undefined);
    });
  });

  describe('the limits for mails', () => {
    it('stop a flood to one email address, whether or not a user has it, and let single mails through later', async () => {
      for (const emailKey of ['ada@example.com', 'nobody@example.com']) {
        for (let mail = 0; mail < 5; mail += 1) {
          await services.mailLimits.count(emailKey, `192.0.2.${mail}`);
        }
        const failure = await failureOf(services.mailLimits.count(emailKey, '192.0.2.9'));
        expect(failure).to.be.instanceOf(ThrottledError);
        expect(failure).to.include({ retryAfter: 300, concerns: 'user' });
      }
      temporary.clock.advance(300);
      await services.mailLimits.count('ada@example.com', '192.0.2.9');
      expect(await failureOf(services.mailLimits.count('ada@example.com'))).to.include({ retryAfter: 600 });
    });

    it('stop a network address that asks for mails to many', async () => {
      for (let mail = 0; mail < throttleSettings.addressFree; mail += 1) {
        await services.mailLimits.count(`user${mail}@example.com`, '192.0.2.1');
      }
      expect(await failureOf(services.mailLimits.count('ada@example.com', '192.0.2.1'))).to.include({
        concerns: 'address',
      });
      await services.mailLimits.count('ada@example.com', '192.0.2.2');
    });
  });
});
