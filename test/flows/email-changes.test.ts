import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { readMailContent, type MailContent } from '../../src/services/mails/mail.ts';
import { asks, createUser, signIn } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { codeIn, linkIn } from '../support/mails.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;
const newPassword = 'a different long passphrase';
const old = 'ada@example.com';
const next = 'Ada@New.example';
const day = 24 * 3600;

/** All mails, by recipient; the newest of each recipient last. */
async function mailsTo({ services }: TestServer, to: string): Promise<readonly MailContent[]> {
  const entries = await services.outbox.list({ limit: 100, kind: 'mail' });
  const messages = await Promise.all(entries.toReversed().map(({ id }) => services.outbox.show(id)));
  return messages
    .flatMap((message) => (message === null ? [] : [readMailContent(message.content)]))
    .filter((mail) => mail.to.toLowerCase() === to.toLowerCase());
}

const wrongCodeFor = (code: string): string => (code === '000000' ? '000001' : '000000');

onEachDatabase('the email address of a user', (start) => {
  async function prepare({ verified = true } = {}) {
    const clock = manualClock(new Date());
    const server = await start({ clock });
    const ada = await createUser(server);
    if (!verified) {
      await server.services.users.update(ada, { emailVerified: false }, by);
    }
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    return { clock, server, ada, browser, find: async () => server.services.users.find(ada) };
  }

  const openEmail = (server: TestServer, browser: Browser): Promise<Page> =>
    browser.visit(`${server.issuer}/account/email`);

  async function requestChange(server: TestServer, browser: Browser, email = next): Promise<Page> {
    return browser.submit(await browser.visit(`${server.issuer}/account/email/new`), '/account/email/new', { email });
  }

  const useLink = async (link: string, values = {}, browser = openBrowser()): Promise<Page> => {
    const page = await browser.visit(link);
    return page.status === 410 ? page : browser.submit(page, new URL(link).pathname, values);
  };

  describe('is confirmed', () => {
    it('by a link that works on another device, once, and not by opening it', async () => {
      const { server, browser, find } = await prepare({ verified: false });
      const page = await openEmail(server, browser);
      expect(page.html).to.include('Not confirmed yet');
      const sent = await browser.submit(page, '/account/email/confirmation');
      expect(sent.html).to.include('A mail is on its way');
      const link = linkIn((await mailsTo(server, old))[0], 'confirm-email');
      const phone = openBrowser();
      expect((await phone.visit(link)).html).to.include('Confirm your email address');
      expect((await find())?.emailVerified).to.equal(false);
      const done = await useLink(link, {}, phone);
      expect(done.html).to.include('Your email address is confirmed');
      expect((await find())?.emailVerified).to.equal(true);
      expect(asks(await phone.visit(`${server.issuer}/account`)), 'the link signs nobody in').to.equal('sign-in');
      expect((await useLink(link)).status).to.equal(410);
    });

    it('by a code of six digits, on another device on which the user is signed in', async () => {
      const { server, browser, find } = await prepare({ verified: false });
      await browser.submit(await openEmail(server, browser), '/account/email/confirmation');
      const code = codeIn((await mailsTo(server, old))[0]);
      const phone = openBrowser();
      await signIn(phone, await phone.visit(`${server.issuer}/account`));
      const form = await openEmail(server, phone);
      const refused = await phone.submit(form, '/confirm-email', { code: wrongCodeFor(code) });
      expect(refused.status).to.equal(400);
      expect(refused.html).to.include('This code is not right');
      const done = await phone.submit(form, '/confirm-email', { code: `${code.slice(0, 3)} ${code.slice(3)}` });
      expect(done.html).to.include('Your email address is confirmed');
      expect((await find())?.emailVerified).to.equal(true);
    });

    it('not by the code of another user, nor by guessing', async () => {
      const { server, browser, find } = await prepare({ verified: false });
      const eve = await createUser(server, 'eve@example.com');
      await server.services.users.update(eve, { emailVerified: false }, by);
      const evil = openBrowser();
      await signIn(evil, await evil.visit(`${server.issuer}/account`), 'eve@example.com');
      await browser.submit(await openEmail(server, browser), '/account/email/confirmation');
      const code = codeIn((await mailsTo(server, old))[0]);
      let form: Page;
      let own: string;
      // Two random codes can be equal. Then Eve's is made again.
      do {
        form = await evil.submit(await openEmail(server, evil), '/account/email/confirmation');
        own = codeIn((await mailsTo(server, 'eve@example.com')).at(-1));
      } while (own === code);
      expect((await evil.submit(form, '/confirm-email', { code })).status).to.equal(400);
      const statuses: number[] = [];
      for (let guess = 0; guess < 6; guess += 1) {
        statuses.push((await evil.submit(form, '/confirm-email', { code: wrongCodeFor(own) })).status);
      }
      expect(statuses.at(-1)).to.equal(429);
      expect((await find())?.emailVerified).to.equal(false);
    });

    it('with no more mails than the limit', async () => {
      const { server, browser } = await prepare({ verified: false });
      const statuses: number[] = [];
      for (let mail = 0; mail < 6; mail += 1) {
        const page = await browser.submit(await openEmail(server, browser), '/account/email/confirmation');
        statuses.push(page.status);
      }
      expect(statuses).to.deep.equal([200, 200, 200, 200, 200, 429]);
      expect(await mailsTo(server, old)).to.have.length(5);
    });
  });

  describe('is changed', () => {
    it('when the new one is confirmed, and the old one gets a mail (C22)', async () => {
      const { server, browser, find, ada } = await prepare();
      const sent = await requestChange(server, browser);
      expect(sent.html).to.include('Waiting for your new address').and.include(next);
      expect(await find()).to.include({ email: old, emailVerified: true });
      const reset = await server.services.users.createPasswordLink(ada, 'set-password', by);
      const [mail] = await mailsTo(server, next);
      expect(mail?.text).to.include('127.0.0.1');
      const done = await browser.submit(sent, '/change-email', { code: codeIn(mail) });
      expect(done.html).to.include('Your email address is changed');
      expect(await find()).to.include({ email: next, emailKey: 'ada@new.example', emailVerified: true });
      const [told] = await mailsTo(server, old);
      expect(told?.text).to.include(next).and.include('127.0.0.1');
      expect(linkIn(told, 'undo-email')).to.not.equal('');
      expect(await server.services.users.peekPasswordLink(reset.token), 'earlier links are void').to.equal(null);
      expect((await openEmail(server, browser)).status, 'the session stays').to.equal(200);
      const elsewhere = openBrowser();
      const page = await signIn(elsewhere, await elsewhere.visit(`${server.issuer}/account`), next);
      expect(new URL(page.url).pathname).to.equal('/account');
      const types = (await server.services.audit.list({ limit: 20, accountId: ada })).map(({ type }) => type);
      expect(types).to.include('email.change_requested').and.include('email.changed');
    });

    it('by a link that works once of twenty times at the same time', async () => {
      const { server, browser, find } = await prepare();
      await requestChange(server, browser);
      const link = linkIn((await mailsTo(server, next))[0], 'change-email');
      const forms = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const own = openBrowser();
          return { own, page: await own.visit(link) };
        }),
      );
      const answers = await Promise.all(forms.map(({ own, page }) => own.post(link, page.forms[0]?.fields ?? {})));
      expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
      expect(answers.filter(({ status }) => status === 410)).to.have.length(19);
      expect(await find()).to.include({ email: next });
      expect(await mailsTo(server, old)).to.have.length(1);
    });

    it('only after the login was confirmed, if it is older than five minutes (C22)', async () => {
      const { server, browser, clock, find } = await prepare();
      clock.advance(301);
      expect(asks(await browser.visit(`${server.issuer}/account/email/new`))).to.equal('sign-in');
      const form = await signIn(browser, await browser.visit(`${server.issuer}/account/email/new`));
      expect(new URL(form.url).pathname).to.equal('/account/email/new');
      clock.advance(901);
      expect(asks(await browser.submit(form, '/account/email/new', { email: next }))).to.equal('sign-in');
      expect(await mailsTo(server, next)).to.deep.equal([]);
      expect(await find()).to.include({ email: old });
    });

    it('without showing whether another user has the new one, who gets a mail instead (C3)', async () => {
      const { server, browser, find } = await prepare();
      await createUser(server, 'grace@example.com');
      const free = await requestChange(server, browser, 'free@example.com');
      const taken = await requestChange(server, browser, 'grace@example.com');
      const visible = ({ status, html }: Page, email: string): unknown => ({
        status,
        html: html.replaceAll(email, '').replaceAll(/[\w-]{40,}/g, ''),
      });
      expect(visible(taken, 'grace@example.com')).to.deep.equal(visible(free, 'free@example.com'));
      const [mail, ...others] = await mailsTo(server, 'grace@example.com');
      expect(others).to.deep.equal([]);
      expect(mail?.text)
        .to.include('nothing has changed')
        .and.not.match(/^\s*\d{6}\s*$/m);
      expect(await find()).to.include({ email: old });
    });

    it('not to one that another user has got meanwhile', async () => {
      const { server, browser, find } = await prepare();
      await requestChange(server, browser);
      const [mail] = await mailsTo(server, next);
      await createUser(server, next);
      expect((await useLink(linkIn(mail, 'change-email'))).status).to.equal(410);
      expect(await find()).to.include({ email: old });
    });

    it('not if it is no address, or the same one, or the user keeps the old one', async () => {
      const { server, browser, find } = await prepare();
      expect((await requestChange(server, browser, 'not an address')).status).to.equal(400);
      expect((await requestChange(server, browser, 'ADA@Example.com')).html).to.include('the address that you have');
      const sent = await requestChange(server, browser);
      const kept = await browser.submit(sent, '/account/email/cancel');
      expect(kept.html).to.include('Your old address stays').and.not.include(next);
      const [mail] = await mailsTo(server, next);
      expect((await useLink(linkIn(mail, 'change-email'))).status).to.equal(410);
      expect(await find()).to.include({ email: old });
    });

    it('not by a link that was sent before the password changed', async () => {
      const { server, browser, ada, find } = await prepare();
      await requestChange(server, browser);
      await server.services.users.setPassword(ada, newPassword, by);
      expect((await useLink(linkIn((await mailsTo(server, next))[0], 'change-email'))).status).to.equal(410);
      expect(await find()).to.include({ email: old });
    });

    it('from its own page only', async () => {
      const { server, browser } = await prepare();
      const form = await browser.visit(`${server.issuer}/account/email/new`);
      const { fields } = form.forms.find(({ action }) => action.endsWith('/account/email/new')) ?? {};
      const target = `${server.issuer}/account/email/new`;
      expect((await browser.post(target, { ...fields, csrf: '', email: next })).status).to.equal(403);
      const crossSite = { 'sec-fetch-site': 'cross-site' };
      expect((await browser.post(target, { ...fields, email: next }, crossSite)).status).to.equal(403);
      await requestChange(server, browser);
      const link = linkIn((await mailsTo(server, next))[0], 'change-email');
      const page = await openBrowser().visit(link);
      expect((await openBrowser().post(link, { ...page.forms[0]?.fields, csrf: '' })).status).to.equal(403);
      expect((await openBrowser().post(link, page.forms[0]?.fields ?? {}, crossSite)).status).to.equal(403);
    });
  });

  describe('is taken back by its owner', () => {
    async function change(server: TestServer, browser: Browser, from: string, to: string): Promise<string> {
      const sent = await requestChange(server, browser, to);
      await browser.submit(sent, '/change-email', { code: codeIn((await mailsTo(server, to)).at(-1)) });
      return linkIn((await mailsTo(server, from)).at(-1), 'undo-email');
    }
    const values = { password: newPassword, confirmation: newPassword };

    it('within seven days, with a new password, also after the other one changed the password; all sessions end', async () => {
      const { server, browser, clock, ada, find } = await prepare();
      const undo = await change(server, browser, old, 'thief@example.com');
      await server.services.users.setPassword(ada, 'the password of the thief', by);
      const thief = openBrowser();
      const page = await thief.visit(`${server.issuer}/account`);
      await signIn(thief, page, 'thief@example.com', 'the password of the thief');
      clock.advance(7 * day - 1);
      const owner = openBrowser();
      expect((await owner.visit(undo)).html)
        .to.include('Take back your account')
        .and.include(old);
      expect(await find(), 'opening the link changes nothing').to.include({ email: 'thief@example.com' });
      expect((await useLink(undo, { password: 'short', confirmation: 'short' }, owner)).status).to.equal(400);
      const done = await useLink(undo, values, owner);
      expect(done.html).to.include('Your password is set');
      expect(await find()).to.include({ email: old, emailVerified: true });
      expect(await server.services.sessions.listByUser(ada)).to.deep.equal([]);
      expect(asks(await thief.visit(`${server.issuer}/account`))).to.equal('sign-in');
      const back = await signIn(owner, await owner.visit(`${server.issuer}/account`), old, newPassword);
      expect(new URL(back.url).pathname).to.equal('/account');
      expect((await useLink(undo, values)).status, 'once').to.equal(410);
    });

    it('not after seven days', async () => {
      const { server, browser, clock } = await prepare();
      const undo = await change(server, browser, old, 'thief@example.com');
      clock.advance(7 * day);
      expect((await useLink(undo, values)).status).to.equal(410);
    });

    it('also after a second change, whose own undo link then does not work', async () => {
      const { server, browser, clock, find } = await prepare();
      const first = await change(server, browser, old, 'thief@example.com');
      clock.advance(1);
      const second = await change(server, browser, 'thief@example.com', 'thief2@example.com');
      await useLink(first, values);
      expect(await find()).to.include({ email: old });
      expect((await useLink(second, values)).status).to.equal(410);
    });

    it('unless another user has it by now', async () => {
      const { server, browser, find } = await prepare();
      const undo = await change(server, browser, old, 'thief@example.com');
      await createUser(server, old);
      const refused = await useLink(undo, values);
      expect(refused.status).to.equal(400);
      expect(refused.html).to.include('Another account has this address');
      expect(await find()).to.include({ email: 'thief@example.com' });
    });

    it('exactly once of twenty times at the same time', async () => {
      const { server, browser, ada } = await prepare();
      const undo = await change(server, browser, old, 'thief@example.com');
      const page = await openBrowser().visit(undo);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => openBrowser().post(undo, { ...page.forms[0]?.fields, ...values })),
      );
      expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
      expect(answers.filter(({ status }) => status === 410)).to.have.length(19);
      const undone = await server.services.audit.list({ limit: 30, accountId: ada, type: 'email.change_undone' });
      expect(undone).to.have.length(1);
    });
  });
});
