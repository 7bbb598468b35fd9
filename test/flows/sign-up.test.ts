/** New accounts: by invitation, or by people themselves where the operator allows it. */
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import {
  asks,
  audited,
  authorizationUrl,
  createUser,
  redirectedTo,
  registerApp,
  signIn,
  type AppClient,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { codeIn, linkIn, mailsOf } from '../support/mails.ts';
import { freePort, onEachDatabase, type TestServer, type TestServerOptions } from '../support/server.ts';
import { visibleAnswer } from '../support/visible-answer.ts';

const by = { actor: 'command line' } as const;
const email = 'grace@example.com';
const password = 'a compiler in every harbour';

onEachDatabase('sign-up', (start) => {
  async function prepare(policy: string, options: TestServerOptions = {}) {
    const clock = manualClock(new Date());
    const environment = { SIGN_UP: policy, ...options.environment };
    const server = await start({ ...options, environment, clock });
    const app = await registerApp(server, { firstParty: true, apis: [] });
    return { clock, server, app };
  }

  async function openSignIn(server: TestServer, app: AppClient, browser: Browser): Promise<Page> {
    return browser.visit(authorizationUrl(server, app).url);
  }

  /** Opens the page from the sign-in page of an app. */
  async function openForm(server: TestServer, app: AppClient, browser: Browser): Promise<Page> {
    const page = await openSignIn(server, app, browser);
    const link = /href="([^"]*\/sign-up)"/.exec(page.html)?.[1] ?? '';
    return browser.visit(new URL(link, page.url).href);
  }

  async function ask(server: TestServer, app: AppClient, browser: Browser, address = email): Promise<Page> {
    return browser.submit(await openForm(server, app, browser), '/sign-up', { email: address });
  }

  const choose = (browser: Browser, page: Page, more: Readonly<Record<string, string>> = {}): Promise<Page> =>
    browser.submit(page, '/sign-up', { name: 'Grace Hopper', password, ...more });

  const invite = ({ services }: TestServer, groups: readonly string[] = ['staff'], address = email) =>
    services.signUp.invite({ email: address, groups, profile: { name: 'Grace Hopper' } }, by);

  describe('by anybody', () => {
    it('confirms the address by the code of a mail, creates the account, signs in, and the flow of the app continues', async () => {
      const { server, app } = await prepare('open');
      const browser = openBrowser();
      const sent = await ask(server, app, browser);
      expect(sent.html).to.include('Check your mail').and.include(email);
      expect(await server.services.users.findByEmail(email), 'nothing before the address is confirmed').to.equal(null);
      const [mail] = await mailsOf(server);
      expect(mail?.to).to.equal(email);
      const wrong = codeIn(mail) === '000000' ? '000001' : '000000';
      const refused = await browser.submit(sent, '/sign-up', { code: wrong });
      expect(refused.status).to.equal(400);
      expect(refused.html).to.include('This code is not right');
      const page = await browser.submit(refused, '/sign-up', { code: codeIn(mail) });
      expect(page.html).to.include('Choose a password').and.include('At least 15 characters');
      const back = await choose(browser, page);
      expect(redirectedTo(back, app).searchParams.has('code')).to.equal(true);
      const user = await server.services.users.findByEmail(email);
      expect(user).to.include({ emailVerified: true, role: 'user' });
      expect(user?.profile).to.deep.equal({ name: 'Grace Hopper' });
      const types = await audited(server, { accountId: user?._id ?? '' });
      expect(types).to.include('user.created').and.include('login.success');
      const later = openBrowser();
      const signedIn = await signIn(later, await openSignIn(server, app, later), email, password);
      expect(redirectedTo(signedIn, app).searchParams.has('code')).to.equal(true);
    });

    it('continues the flow of the app by the link, too, in the same browser', async () => {
      const { server, app } = await prepare('open');
      const browser = openBrowser();
      await ask(server, app, browser);
      const page = await browser.visit(linkIn((await mailsOf(server))[0], 'sign-up', 'invitation'));
      expect(redirectedTo(await choose(browser, page), app).searchParams.has('code')).to.equal(true);
    });

    it('works by the link on another device, which is signed in at its account page', async () => {
      const { server, app } = await prepare('open');
      await ask(server, app, openBrowser());
      const phone = openBrowser();
      const account = await choose(
        phone,
        await phone.visit(linkIn((await mailsOf(server))[0], 'sign-up', 'invitation')),
      );
      expect(new URL(account.url).pathname).to.match(/^\/account/);
      expect(account.html).to.include(email);
    });

    it('works by the link in a browser in which somebody else is signed in', async () => {
      const { server, app } = await prepare('open');
      await createUser(server);
      const browser = openBrowser();
      await signIn(browser, await openSignIn(server, app, browser));
      await ask(server, app, openBrowser());
      const between = await choose(
        browser,
        await browser.visit(linkIn((await mailsOf(server))[0], 'sign-up', 'invitation')),
      );
      const account = asks(between) === 'other' ? await browser.submit(between, '/logout/confirm') : between;
      expect((await browser.visit(`${server.issuer}/account`)).html)
        .to.include(email)
        .and.not.include('ada@example.com');
      expect(account.status).to.be.lessThan(400);
    });

    it('answers the same for an address that has an account, and mails its user how to get in', async () => {
      const { server, app } = await prepare('open');
      await createUser(server);
      const [known, unknown] = [openBrowser(), openBrowser()];
      const answers = [
        await ask(server, app, known, 'ada@example.com'),
        await ask(server, app, unknown, 'nobody@example.com'),
      ] as const;
      expect(visibleAnswer(answers[0], 'ada@example.com')).to.deep.equal(
        visibleAnswer(answers[1], 'nobody@example.com'),
      );
      const mails = await mailsOf(server);
      const toKnown = mails.find(({ to }) => to === 'ada@example.com');
      expect(toKnown?.subject).to.equal('You have an account at Gatehouse');
      expect(linkIn(toKnown, 'sign-up', 'invitation') + codeIn(toKnown), 'neither a link nor a code').to.equal('');
      const codes = [
        await known.submit(answers[0], '/sign-up', { code: '000000' }),
        await unknown.submit(answers[1], '/sign-up', { code: '000000' }),
      ] as const;
      expect(visibleAnswer(codes[0], 'ada@example.com')).to.deep.equal(visibleAnswer(codes[1], 'nobody@example.com'));
    });

    it('opens nothing by a GET: scanners of mails open links, and a link works once', async () => {
      const { server, app } = await prepare('open');
      await ask(server, app, openBrowser());
      const link = linkIn((await mailsOf(server))[0], 'sign-up', 'invitation');
      await openBrowser().visit(link);
      await openBrowser().get(link);
      const browser = openBrowser();
      await choose(browser, await browser.visit(link));
      expect((await openBrowser().visit(link)).status).to.equal(410);
    });

    it('shows which rule of passwords is broken, and keeps the link', async () => {
      const { server, app } = await prepare('open');
      const browser = openBrowser();
      await ask(server, app, browser);
      const page = await browser.visit(linkIn((await mailsOf(server))[0], 'sign-up', 'invitation'));
      const short = await choose(browser, page, { password: 'too short' });
      expect(short.status).to.equal(400);
      expect(short.html)
        .to.match(/class="broken">At least 15 characters/)
        .and.include('value="Grace Hopper"');
      const common = await choose(browser, short, { password: 'passwordpassword' });
      expect(common.html).to.match(/class="broken">Not one that is common/);
      const context = await choose(browser, common, { password: 'grace@example.com' });
      expect(context.html).to.match(/class="broken">Not made of your name/);
      const name = await choose(browser, context, { name: '\u202Eevil' });
      expect(name.html).to.include('This name cannot be used');
      expect(redirectedTo(await choose(browser, name), app).searchParams.has('code')).to.equal(true);
    });

    it('creates one account for an address from 50 sign-ups at once, on two instances (C23)', async () => {
      const { server, app, clock } = await prepare('open', { environment: { PASSWORD_HASH_QUEUE_LIMIT: '200' } });
      const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
      const port = await freePort();
      const environment = { SIGN_UP: 'open', SECRET, PASSWORD_HASH_QUEUE_LIMIT: '200' };
      const second = await start({ databaseUrl, port, environment, clock });
      await ask(server, app, openBrowser());
      const token =
        linkIn((await mailsOf(server))[0], 'sign-up', 'invitation')
          .split('/')
          .at(-1) ?? '';
      const link = { purpose: 'sign-up', token } as const;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, (_, at) =>
          (at % 2 === 0 ? server : second).services.signUp.complete(link, { name: `Grace ${at}`, password }, {}),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      const { users } = await server.services.users.list({ limit: 100 });
      expect(users.filter((user) => user.emailKey === email)).to.have.length(1);
    });

    it('is limited by address and by network, the same for known addresses', async () => {
      const { server, app } = await prepare('open', { environment: { THROTTLE_ADDRESS_FREE: '8' } });
      await createUser(server);
      const browser = openBrowser();
      for (const address of ['ada@example.com', email]) {
        const statuses: number[] = [];
        for (let at = 0; at < 6; at += 1) {
          statuses.push((await ask(server, app, browser, address)).status);
        }
        const limited = await ask(server, app, browser, address);
        expect(
          [...statuses, limited.status].filter((status) => status === 429),
          address,
        ).to.not.have.length(0);
        expect(limited.headers.get('retry-after')).to.match(/^\d+$/);
      }
      const fresh = await ask(server, app, browser, 'somebody.else@example.com');
      expect(fresh.status, 'by network').to.equal(429);
      expect(fresh.html).to.include('from your network');
    });

    it('ends when the operator closes it: links do not work any more', async () => {
      const { server, app } = await prepare('open');
      await ask(server, app, openBrowser());
      const link = linkIn((await mailsOf(server))[0], 'sign-up', 'invitation');
      const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
      const closed = await start({ databaseUrl, port: await freePort(), environment: { SECRET } });
      const path = new URL(link).pathname;
      expect((await openBrowser().visit(`${closed.issuer}${path}`)).status).to.equal(410);
    });

    it('rejects a form without its token, and one of another flow (D5)', async () => {
      const { server, app } = await prepare('open');
      const [one, other] = [openBrowser(), openBrowser()];
      const [page, foreign] = [await openForm(server, app, one), await openForm(server, app, other)];
      const action = new URL(page.forms.find((form) => form.action.endsWith('/sign-up'))?.action ?? '', page.url).href;
      const csrf = foreign.forms.find((form) => form.action.endsWith('/sign-up'))?.fields['csrf'] ?? '';
      expect((await one.post(action, { step: 'request', email })).status).to.equal(403);
      expect((await one.post(action, { step: 'request', email, csrf })).status).to.equal(403);
      expect((await other.post(action, { step: 'request', email, csrf })).status).to.equal(400);
      expect(await mailsOf(server)).to.deep.equal([]);
    });
  });

  describe('by owners of addresses of certain domains', () => {
    it('says which, and rejects all others before anything is sent', async () => {
      const { server, app } = await prepare('domains', {
        environment: { SIGN_UP_DOMAINS: 'example.com, EXAMPLE.org' },
      });
      const browser = openBrowser();
      const form = await openForm(server, app, browser);
      expect(form.html).to.include('With an address at example.com and example.org');
      for (const address of ['eve@example.net', 'eve@sub.example.com', 'eve@notexample.com']) {
        const page = await browser.submit(form, '/sign-up', { email: address });
        expect(page.status, address).to.equal(400);
        expect(page.html).to.include('Accounts are only for addresses at example.com and example.org');
      }
      const page = await browser.submit(form, '/sign-up', { email: 'not an address' });
      expect(page.html).to.include('Please write one email address');
      expect(await mailsOf(server)).to.deep.equal([]);
      expect((await browser.submit(form, '/sign-up', { email: 'Eve@EXAMPLE.ORG' })).html).to.include('Check your mail');
    });
  });

  describe('by invitation', () => {
    it('creates the account with its groups and profile, and signs in, without typing the password again', async () => {
      const { server } = await prepare('invitation');
      await invite(server);
      expect(await server.services.users.findByEmail(email), 'nothing before it is accepted').to.equal(null);
      const [mail] = await mailsOf(server);
      expect(mail?.subject).to.equal('Your invitation to Gatehouse');
      const browser = openBrowser();
      const page = await browser.visit(linkIn(mail, 'sign-up', 'invitation'));
      expect(page.html).to.include('Welcome to Gatehouse').and.include('value="Grace Hopper"');
      const account = await browser.submit(page, '/sign-up', { name: 'Grace Brewster Hopper', password });
      expect(new URL(account.url).pathname).to.match(/^\/account/);
      const user = await server.services.users.findByEmail(email);
      expect(user).to.deep.include({ groups: ['staff'], emailVerified: true });
      expect(user?.profile['name']).to.equal('Grace Brewster Hopper');
      expect((await server.services.audit.list({ limit: 50 })).map(({ type }) => type)).to.include('user.invited');
    });

    it('is not offered on the sign-in page, where nobody can ask for an account', async () => {
      const { server, app } = await prepare('invitation');
      const browser = openBrowser();
      const page = await openSignIn(server, app, browser);
      expect(page.html).to.not.include('/sign-up');
      const { uid } = /\/interaction\/(?<uid>[\w-]+)/.exec(page.url)?.groups ?? {};
      const form = await browser.visit(`${server.issuer}/interaction/${uid}/sign-up`);
      expect(asks(form)).to.equal('sign-in');
    });

    it('works once, until its end, and only the newest one of an address', async () => {
      const { server, clock } = await prepare('invitation', { environment: { LIFETIME_INVITATION: '2h' } });
      await invite(server);
      const [first] = await mailsOf(server);
      clock.advance(1);
      await invite(server, ['guests']);
      const [second] = (await mailsOf(server)).filter(
        (mail) => linkIn(mail, 'sign-up', 'invitation') !== linkIn(first, 'sign-up', 'invitation'),
      );
      expect((await openBrowser().visit(linkIn(first, 'sign-up', 'invitation'))).status).to.equal(410);
      expect((await openBrowser().visit(linkIn(second, 'sign-up', 'invitation'))).status).to.equal(200);
      clock.advance(2 * 3600);
      expect((await openBrowser().visit(linkIn(second, 'sign-up', 'invitation'))).status).to.equal(410);
    });

    it('does not work when the address has got an account in another way', async () => {
      const { server } = await prepare('invitation');
      await invite(server);
      const browser = openBrowser();
      const page = await browser.visit(linkIn((await mailsOf(server))[0], 'sign-up', 'invitation'));
      await server.services.users.create({ email, password }, by);
      expect((await choose(browser, page)).status).to.equal(410);
      expect((await server.services.users.findByEmail(email))?.groups).to.equal(undefined);
    });

    it('leads to the configured address, whatever Host the request named (C19)', async () => {
      const { server } = await prepare('invitation');
      await invite(server);
      expect(
        linkIn((await mailsOf(server))[0], 'sign-up', 'invitation').startsWith(`${server.issuer}/invitation/`),
      ).to.equal(true);
    });

    it('says by mail that a first password was set, and not that one was changed', async () => {
      const { server } = await prepare('invitation');
      const user = await server.services.users.create({ email, profile: { locale: 'de' } }, by);
      const { address } = await server.services.signUp.createFirstLink(user, by, { mailed: true });
      const browser = openBrowser();
      await choose(browser, await browser.visit(address));
      const subjects = async () => (await mailsOf(server)).map(({ subject }) => subject);
      expect(await subjects()).to.deep.equal(['Ihr Konto bei Gatehouse hat jetzt ein Passwort']);
      const [first] = await mailsOf(server);
      expect(first?.text).to.include('zum ersten Mal').and.not.include('geändert');
      expect(first?.html).to.include('zum ersten Mal').and.not.include('geändert');
      await server.services.users.setPassword(user._id, `${password} and more`, by);
      expect(await subjects()).to.have.members([
        'Ihr Konto bei Gatehouse hat jetzt ein Passwort',
        'Ihr Passwort für Gatehouse wurde geändert',
      ]);
    });

    it('is refused for an address with an account, and while sign-up is closed', async () => {
      const { server } = await prepare('invitation');
      await createUser(server);
      const messages: string[] = [];
      const failed = (error: unknown) => messages.push(String(error));
      await invite(server, [], 'ada@example.com').catch(failed);
      await invite(server, ['a,b']).catch(failed);
      const { server: closed } = await prepare('closed');
      await invite(closed).catch(failed);
      expect(messages).to.have.length(3);
      expect(messages[0]).to.include('exists already');
      expect(messages[2]).to.include('SIGN_UP=invitation');
    });
  });

  describe('of a user whom an operator has created', () => {
    async function created(options: { readonly mailed: boolean }) {
      const { server } = await prepare('closed');
      const user = await server.services.users.create({ email, profile: { name: 'Grace' }, groups: ['staff'] }, by);
      const { address } = await server.services.signUp.createFirstLink(user, by, options);
      return { server, user, address };
    }

    it('sets the first password by a link, and signs in', async () => {
      const { server, user, address } = await created({ mailed: true });
      const browser = openBrowser();
      const page = await browser.visit(address);
      expect(page.html).to.include('Welcome to Gatehouse').and.include('value="Grace"');
      expect((await choose(browser, page, { password: 'too short' })).status, 'keeps the link').to.equal(400);
      const account = await choose(browser, await browser.visit(address));
      expect(new URL(account.url).pathname).to.match(/^\/account/);
      const changed = await server.services.users.find(user._id);
      expect(changed).to.deep.include({ emailVerified: true, groups: ['staff'] });
      expect(changed?.profile['name']).to.equal('Grace Hopper');
      expect((await openBrowser().visit(address)).status, 'works once').to.equal(410);
    });

    it('does not verify the address where the link was shown to somebody else', async () => {
      const { server, user, address } = await created({ mailed: false });
      const browser = openBrowser();
      await choose(browser, await browser.visit(address));
      expect((await server.services.users.find(user._id))?.emailVerified).to.equal(false);
    });

    it('sets one password, however many try at once', async () => {
      const { server, address } = await created({ mailed: true });
      const link = { purpose: 'invitation', token: address.split('/').at(-1) ?? '' } as const;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, at) =>
          server.services.signUp.complete(link, { name: '', password: `${password} ${at}` }, {}),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    });

    it('does not work for a user who is disabled, or has got a password in another way', async () => {
      const { server, user, address } = await created({ mailed: true });
      await server.services.users.setPassword(user._id, password, by);
      expect((await openBrowser().visit(address)).status).to.equal(410);
      const other = await created({ mailed: true });
      await other.server.services.users.disable(other.user._id, by);
      expect((await openBrowser().visit(other.address)).status).to.equal(410);
    });
  });

  it('is closed by default', async () => {
    const { server, app } = await prepare('closed');
    expect((await openSignIn(server, app, openBrowser())).html).to.not.include('/sign-up');
  });
});
