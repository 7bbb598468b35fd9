import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { manualClock } from '../../src/clock.ts';
import type { MailContent } from '../../src/services/mails/mail.ts';
import { authorizationUrl, createUser, redeem, redirectedTo, registerApp, signIn } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { createFailingDatabase } from '../support/failing-database.ts';
import { codeIn, linkIn, mailsOf } from '../support/mails.ts';
import { onEachDatabase, type TestServer, type TestServerOptions } from '../support/server.ts';
import { visibleAnswer } from '../support/visible-answer.ts';

const by = { actor: 'system' } as const;

async function signInMails(server: TestServer): Promise<readonly MailContent[]> {
  return (await mailsOf(server)).filter(({ text }) => text.includes('/mail/'));
}

async function countOf({ services }: TestServer, type: string): Promise<number> {
  return (await services.audit.list({ limit: 200 })).filter((event) => event.type === type).length;
}

onEachDatabase('signing in by mail', (start) => {
  async function prepare(
    environment: Record<string, string> = { MAIL_SIGN_IN: 'true' },
    options: Pick<TestServerOptions, 'wrapDatabase'> = {},
  ) {
    const clock = manualClock(new Date());
    const server = await start({ clock, environment, ...options });
    const ada = await createUser(server);
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const openForm = async (browser: Browser, url = authorizationUrl(server, app).url): Promise<Page> => {
      const page = await browser.visit(url);
      const address = /href="([^"]*\/mail)"/.exec(page.html)?.[1] ?? '';
      return browser.visit(new URL(address, page.url).href);
    };
    const ask = async (browser: Browser, email = 'ada@example.com'): Promise<Page> =>
      browser.submit(await openForm(browser), '/mail', { email });
    return { clock, server, ada, app, openForm, ask };
  }

  it('is off by default', async () => {
    const { server, app } = await prepare({});
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    expect(page.html).to.not.include('/mail"');
    expect((await browser.visit(`${page.url}/mail`)).status).to.equal(404);
  });

  it('works with the code, and the ID token says how (RFC 8176)', async () => {
    const { server, app, openForm } = await prepare();
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, app, {
      parameters: { claims: JSON.stringify({ id_token: { amr: null, acr: null } }) },
    });
    const page = await browser.submit(await openForm(browser, url), '/mail', { email: 'ada@example.com' });
    expect(page.html).to.include('Check your inbox');
    const code = codeIn((await signInMails(server))[0]);
    const answer = await browser.submit(page, '/mail', { code: `${code.slice(0, 3)} ${code.slice(3)}` });
    const authorized = redirectedTo(answer, app).searchParams.get('code') ?? '';
    const { body } = await redeem(server, app, { code: authorized, verifier });
    const { amr, acr } = decodeJwt(String(body['id_token']));
    expect({ amr, acr }).to.deep.equal({ amr: ['email'], acr: 'urn:gatehouse:acr:email' });
    expect(await countOf(server, 'login.success')).to.equal(1);
  });

  it('works with the link in the browser that asked, once', async () => {
    const { server, app, ask } = await prepare();
    const browser = openBrowser();
    await ask(browser);
    const [mail] = await signInMails(server);
    const link = linkIn(mail, 'mail');
    const page = await browser.visit(link);
    expect(page.html).to.include('Continue here');
    const fields = page.forms.find(({ action }) => action === new URL(link).pathname)?.fields ?? {};
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post(link, fields)));
    const winners = answers.filter(({ status }) => status === 303);
    expect(winners).to.have.length(1);
    const back = await browser.visit(new URL(winners[0]?.location ?? '', server.issuer).href);
    expect(redirectedTo(back, app).searchParams.has('code')).to.equal(true);
    expect((await browser.visit(link)).status).to.equal(410);
  });

  it('can be used again, by link and by code, when storing the sign-in fails', async function eachFailure() {
    this.timeout(60_000);
    const failing = createFailingDatabase();
    const { server, clock, app, ask } = await prepare({ MAIL_SIGN_IN: 'true' }, { wrapDatabase: failing.wrap });
    for (const way of ['link', 'code'] as const) {
      for (const kind of ['before', 'half', 'after'] as const) {
        const browser = openBrowser();
        clock.advance(3600);
        const asked = await ask(browser);
        const [mail] = await signInMails(server);
        const page = way === 'link' ? await browser.visit(linkIn(mail, 'mail')) : asked;
        const submit = () =>
          way === 'link'
            ? browser.submit(page, new URL(page.url).pathname)
            : browser.submit(page, '/mail', { code: codeIn(mail) });
        const recorded = async () => (await server.services.audit.list({ limit: 200, type: 'login.success' })).length;
        const before = await recorded();
        failing.failBulkWrite(kind);
        expect((await submit()).status, `${way}, ${kind}`).to.equal(503);
        failing.restore();
        expect(redirectedTo(await submit(), app).searchParams.has('code'), `${way}, ${kind}`).to.equal(true);
        expect((await recorded()) - before, `recorded sign-ins, ${way}, ${kind}`).to.equal(1);
        expect((await browser.visit(linkIn(mail, 'mail'))).status).to.equal(410);
      }
    }
  });

  it('signs in exactly one of twenty parallel requests with the code to two processes', async () => {
    const { server, clock, ask } = await prepare();
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const other = await start({ clock, databaseUrl, environment: { MAIL_SIGN_IN: 'true', SECRET } });
    const browser = openBrowser();
    const page = await ask(browser);
    const code = codeIn((await signInMails(server))[0]);
    const form = page.forms.find(({ action }) => action.endsWith('/mail'));
    const { pathname } = new URL(form?.action ?? '', server.issuer);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        browser.post(`${(index % 2 === 0 ? server : other).issuer}${pathname}`, { ...form?.fields, code }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    expect(await countOf(server, 'login.success')).to.equal(1);
  });

  it('works in no other browser: the page there says to type the code where it was asked for', async () => {
    const { server, ada, ask } = await prepare();
    const attacker = openBrowser();
    await ask(attacker);
    const [mail] = await signInMails(server);
    const victim = openBrowser();
    const page = await victim.visit(linkIn(mail, 'mail'));
    expect(page.status).to.equal(200);
    expect(page.html).to.include('Type the code instead').and.not.include('name="csrf" value="csrf');
    expect(page.forms.filter(({ action }) => action.includes('/mail/'))).to.deep.equal([]);
    // Also a browser that has a sign-in by mail of its own.
    await ask(victim, 'bob@example.com');
    expect((await victim.visit(linkIn(mail, 'mail'))).html).to.include('Type the code instead');
    expect(await server.services.sessions.listByUser(ada)).to.deep.equal([]);
  });

  it('gives the same answers for every address, and a mail only to a user who may sign in (C3)', async () => {
    const { server, openForm } = await prepare();
    await server.services.users.disable(await createUser(server, 'disabled@example.com'), by);
    await server.services.users.create({ email: 'invited@example.com' }, by);
    const emails = ['ada@example.com', 'nobody@example.com', 'disabled@example.com', 'invited@example.com'];
    const answers: unknown[] = [];
    for (const email of emails) {
      const browser = openBrowser();
      const form = (await openForm(browser)).forms.find(({ action }) => action.endsWith('/mail'));
      const target = new URL(form?.action ?? '', server.issuer).href;
      const answer = await browser.post(target, { ...form?.fields, email });
      const page = await browser.visit(new URL(answer.location ?? '', server.issuer).href);
      const wrong = await browser.submit(page, '/mail', { code: '000000' });
      answers.push([answer, page, wrong].map((one) => visibleAnswer(one, email)));
    }
    for (const answer of answers) {
      expect(answer).to.deep.equal(answers[0]);
    }
    expect((await signInMails(server)).map(({ to }) => to).toSorted()).to.deep.equal([
      'ada@example.com',
      'invited@example.com',
    ]);
  });

  it('counts wrong codes by the address, so a wait does not show who has an account', async () => {
    const { server, ask } = await prepare();
    await server.services.users.disable(await createUser(server, 'disabled@example.com'), by);
    const answers: unknown[] = [];
    for (const email of ['ada@example.com', 'nobody@example.com', 'disabled@example.com']) {
      const browser = openBrowser();
      let page = await ask(browser, email);
      await server.services.outbox.deliverDue();
      const seen: unknown[] = [];
      for (let tries = 0; tries < 7; tries += 1) {
        page = await browser.submit(page, '/mail', { code: '000000' });
        seen.push(visibleAnswer(page, email));
      }
      expect(page.status, email).to.equal(429);
      // A new mail gives no new guesses.
      const again = openBrowser();
      const next = await ask(again, email.toUpperCase());
      await server.services.outbox.deliverDue();
      seen.push(visibleAnswer(await again.submit(next, '/mail', { code: '000000' }), email));
      answers.push(seen);
    }
    for (const answer of answers) {
      expect(answer).to.deep.equal(answers[0]);
    }
  });

  it('ends a code after ten wrong ones, and after ten minutes', async () => {
    const { server, clock, ask } = await prepare({ MAIL_SIGN_IN: 'true', THROTTLE_ACCOUNT_FREE: '100' });
    const browser = openBrowser();
    let page = await ask(browser);
    const code = codeIn((await signInMails(server))[0]);
    const wrong = code === '111111' ? '222222' : '111111';
    for (let count = 0; count < 10; count += 1) {
      page = await browser.submit(page, '/mail', { code: wrong });
    }
    page = await browser.submit(page, '/mail', { code });
    expect(page.status).to.equal(401);

    const other = openBrowser();
    const late = await ask(other);
    const [mail] = await signInMails(server);
    clock.advance(601);
    expect((await other.submit(late, '/mail', { code: codeIn(mail) })).status).to.equal(401);
    expect(await countOf(server, 'login.success')).to.equal(0);
  });

  for (const [means, proveMailbox] of [
    [
      'the code',
      async (browser: Browser, page: Page, mail: MailContent | undefined) => {
        await browser.submit(page, '/mail', { code: '000000' });
        return () => browser.submit(page, '/mail', { code: codeIn(mail) });
      },
    ],
    [
      'the link',
      async (browser: Browser, _page: Page, mail: MailContent | undefined) => {
        const page = await browser.visit(linkIn(mail, 'mail'));
        return () => browser.submit(page, new URL(linkIn(mail, 'mail')).pathname);
      },
    ],
  ] as const) {
    it(`proves that the email address is the user's, with ${means}, and records it once`, async () => {
      const { clock, server, ada, ask } = await prepare();
      await server.services.users.update(ada, { emailVerified: false }, by);
      const isVerified = async () => (await server.services.users.find(ada))?.emailVerified;
      for (const wasVerified of [false, true]) {
        clock.advance(1);
        const browser = openBrowser();
        const page = await ask(browser);
        const [mail] = await signInMails(server);
        const prove = await proveMailbox(browser, page, mail);
        expect(await isVerified(), 'before').to.equal(wasVerified);
        expect((await prove()).status).to.equal(303);
        expect(await isVerified(), 'after').to.equal(true);
      }
      expect(await countOf(server, 'login.success')).to.equal(2);
      const [event, ...more] = await server.services.audit.list({ limit: 10, type: 'email.confirmed' });
      expect(more).to.deep.equal([]);
      expect(event).to.include({ outcome: 'success', actor: ada, accountId: ada, address: '127.0.0.1' });
    });
  }

  it('does not skip the second factor', async () => {
    const { server, ask } = await prepare({ MAIL_SIGN_IN: 'true', SECOND_FACTOR: 'all' });
    const browser = openBrowser();
    const page = await ask(browser);
    const next = await browser.submit(page, '/mail', { code: codeIn((await signInMails(server))[0]) });
    expect(next.location).to.equal(undefined);
    expect(next.html).to.include('second factor');
  });

  it('leaves the password sign-in of the same user alone', async () => {
    const { server, app, ask } = await prepare();
    await ask(openBrowser());
    const browser = openBrowser();
    const answer = await signIn(browser, await browser.visit(authorizationUrl(server, app).url));
    expect(redirectedTo(answer, app).searchParams.has('code')).to.equal(true);
  });
});
