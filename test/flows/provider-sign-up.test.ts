/** An account for a person whose address at another provider is not trusted: it is confirmed by mail. */
import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { audited, createUser, redirectedTo, registerApp, signIn, type AppClient } from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { createFailingDatabase, type FailingDatabase } from '../support/failing-database.ts';
import { codeIn, linkIn, mailsOf } from '../support/mails.ts';
import { startOpenidProvider, type OpenidProvider } from '../support/openid-provider.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';
import { alertOf, leave, registerOpenid } from '../support/upstream.ts';
import { visibleAnswer } from '../support/visible-answer.ts';

const by = { actor: 'command line' } as const;
const path = '/provider-sign-up';

onEachDatabase('an account with a provider whose address is not trusted', (start) => {
  const clock = manualClock(new Date());
  let failing: FailingDatabase;
  let server: TestServer;
  let app: AppClient;
  let provider: OpenidProvider;

  before(async function startServers() {
    this.timeout(60_000);
    failing = createFailingDatabase();
    server = await start({ clock, wrapDatabase: failing.wrap });
    app = await registerApp(server, { firstParty: true, apis: [] });
    provider = await startOpenidProvider({ redirectUri: `${server.issuer}/upstream/staff/callback` });
    await registerOpenid(server, provider, {
      createUsers: true,
      confirmAddresses: true,
      authoritativeFor: ['example.com'],
    });
  });
  beforeEach(() => clock.advance(3600));
  after(() => provider?.close());

  /** Comes back from the provider as this person. */
  async function arrive(browser: Browser, sub: string, claims: Readonly<Record<string, unknown>> = {}): Promise<Page> {
    provider.person = { sub, ...claims };
    return browser.visit(await provider.visit(await leave(server, app, browser, 'staff')));
  }

  const newestMail = async () => (await mailsOf(server))[0];
  const findUser = (email: string) => server.services.users.findByEmail(email);
  const signsInLater = async (sub: string): Promise<void> => {
    const browser = openBrowser();
    redirectedTo(await arrive(browser, sub), app);
  };

  for (const [title, claims] of [
    ['is not verified', { email: 'anna@example.com', email_verified: false, name: 'Anna' }],
    ['is of a domain that the provider is not trusted for', { email: 'anna@elsewhere.example', email_verified: true }],
  ] as const) {
    it(`is made with the code of a mail when the address ${title}`, async () => {
      const { email } = claims;
      const browser = openBrowser();
      const page = await arrive(browser, email, claims);
      expect(page.url).to.match(/\/provider-sign-up$/);
      expect(page.html).to.include('Your first time here with Staff?').and.to.include(email);
      const sent = await browser.submit(page, path);
      expect(sent.html).to.include('Check your mail').and.to.include(email);
      expect(await findUser(email), 'not confirmed yet').to.equal(null);
      const mail = await newestMail();
      expect(mail?.to).to.equal(email);
      expect(mail?.text).to.include('to sign in with Staff');
      const wrong = await browser.submit(sent, path, { code: codeIn(mail) === '000000' ? '000001' : '000000' });
      expect(wrong.status).to.equal(400);
      redirectedTo(await browser.submit(wrong, path, { code: codeIn(mail) }), app);
      const user = await findUser(email);
      expect(user?.emailVerified).to.equal(true);
      expect(user).not.to.have.property('passwordHash');
      expect(await audited(server, { accountId: user?._id ?? '' })).to.include.members([
        'user.created',
        'upstream.linked',
        'login.success',
      ]);
      await signsInLater(email);
    });
  }

  it('is made with the link of the mail, in the browser that asked, once', async () => {
    const browser = openBrowser();
    await browser.submit(await arrive(browser, 'berta', { email: 'berta@elsewhere.example' }), path);
    const link = linkIn(await newestMail(), 'provider-sign-up');
    const page = await browser.visit(link);
    expect(page.html).to.include('Create the account').and.to.include('linked with Staff');
    expect(await findUser('berta@elsewhere.example'), 'opened only').to.equal(null);
    redirectedTo(await browser.submit(page, new URL(link).pathname), app);
    expect((await browser.visit(link)).status).to.equal(410);
    await signsInLater('berta');
  });

  it('is made in no other browser: so nobody gets a way into the account of somebody who opens a link', async () => {
    const attacker = openBrowser();
    const sent = await attacker.submit(await arrive(attacker, 'attacker', { email: 'owner@elsewhere.example' }), path);
    const mail = await newestMail();
    const owner = openBrowser();
    const page = await owner.visit(linkIn(mail, 'provider-sign-up'));
    expect(page.html).to.include('Type the code instead');
    expect(page.forms.filter(({ action }) => action.includes(path))).to.deep.equal([]);
    // Also not for another person who signs in in the same flow.
    provider.person = { sub: 'another', email: 'owner@elsewhere.example' };
    const login = await attacker.visit(sent.url.replace(path, '/login'));
    const left = await attacker.submit(login, '/upstream/staff');
    await attacker.visit(await provider.visit(left.location ?? ''));
    const rejected = await attacker.submit(sent, path, { code: codeIn(mail) });
    expect(rejected.status).to.equal(400);
    expect(await findUser('owner@elsewhere.example')).to.equal(null);
  });

  it('asks for the address where the provider names none', async () => {
    const browser = openBrowser();
    const page = await arrive(browser, 'carla');
    const invalid = await browser.submit(page, path, { email: 'carla' });
    expect(invalid.status).to.equal(400);
    expect(alertOf(invalid)).to.include('email address');
    const sent = await browser.submit(invalid, path, { email: 'Carla@elsewhere.example' });
    redirectedTo(await browser.submit(sent, path, { code: codeIn(await newestMail()) }), app);
    expect((await findUser('carla@elsewhere.example'))?.email).to.equal('Carla@elsewhere.example');
  });

  it('takes no other address than the one that the provider names', async () => {
    const browser = openBrowser();
    const page = await arrive(browser, 'dina', { email: 'dina@elsewhere.example' });
    await browser.submit(page, path, { email: 'other@elsewhere.example' });
    expect((await newestMail())?.to).to.equal('dina@elsewhere.example');
  });

  it('has the same answers for an address with an account, whose user gets a mail that says to sign in', async () => {
    const accountId = await createUser(server, 'known@elsewhere.example');
    const answers: unknown[] = [];
    for (const email of ['known@elsewhere.example', 'unknown@elsewhere.example']) {
      const browser = openBrowser();
      const page = await arrive(browser, email, { email });
      const sent = await browser.submit(page, path);
      const wrong = await browser.submit(sent, path, { code: '000000' });
      answers.push([page, sent, wrong].map((one) => visibleAnswer(one, email)));
    }
    expect(answers[0]).to.deep.equal(answers[1]);
    const mail = (await mailsOf(server)).find(({ to }) => to === 'known@elsewhere.example');
    expect(mail?.text).to.include('It has an account already').and.to.include('link Staff with it');
    expect(linkIn(mail, 'provider-sign-up') + codeIn(mail)).to.equal('');
    expect(mail?.text).to.include(`${server.issuer}/account/providers`);
    expect(await server.services.upstreamLinks.listByUser(accountId)).to.deep.equal([]);
  });

  it('leads a user who has an account to signing in, and then offers to link it', async () => {
    await createUser(server, 'emma@example.com');
    const browser = openBrowser();
    const page = await arrive(browser, 'emma', { email: 'emma@elsewhere.example' });
    const offer = await signIn(browser, await browser.visit(page.url.replace(path, '/login')), 'emma@example.com');
    expect(offer.html).to.include('Link Staff?');
  });

  it('is not offered where the operator has not allowed it', async () => {
    await server.services.upstreams.update('staff', { confirmAddresses: false }, by);
    const browser = openBrowser();
    const page = await arrive(browser, 'flora', { email: 'flora@elsewhere.example' });
    expect(alertOf(page)).to.match(/No account here is linked/);
    const closed = await browser.visit(`${page.url.replace(/\/login$/, '')}${path}`);
    expect(closed.html).to.include('<h1>Sign in</h1>');
    await server.services.upstreams.update('staff', { confirmAddresses: true }, by);
  });

  it('is made by a repetition when the storage fails in the middle', async function eachStatement() {
    this.timeout(120_000);
    const finishedLater: number[] = [];
    for (let statement = 0; statement < 80; statement += 1) {
      clock.advance(3600);
      const email = `grace${statement}@elsewhere.example`;
      const browser = openBrowser();
      const sent = await browser.submit(await arrive(browser, email, { email }), path);
      const code = codeIn(await newestMail());
      const hasHappened = failing.failStatement(statement, 'before');
      const first = await browser.submit(sent, path, { code });
      const isOver = !hasHappened();
      failing.restore();
      if (!isOver) {
        expect(first.status, `statement ${statement}`).to.equal(503);
      }
      const done = isOver ? first : await browser.submit(sent, path, { code });
      if (done.location === undefined) {
        // The account is complete, and only what follows it has failed.
        finishedLater.push(statement);
        await signsInLater(email);
      } else {
        redirectedTo(done, app);
      }
      const user = await findUser(email);
      expect(await server.services.upstreamLinks.listByUser(user?._id ?? ''), email).to.have.length(1);
      if (isOver) {
        expect(statement).to.be.greaterThan(8);
        // Everything up to the sign-in was repeated with the same code.
        expect(finishedLater[0]).to.be.greaterThan(8);
        return;
      }
    }
    throw new Error('there are more statements than expected');
  });

  it('is made by exactly one of twenty parallel requests to two processes', async () => {
    const { DATABASE_URL: databaseUrl = '', SECRET = '' } = server.environment;
    const other = await start({ clock, databaseUrl, environment: { SECRET } });
    const browser = openBrowser();
    const sent = await browser.submit(await arrive(browser, 'helga', { email: 'helga@elsewhere.example' }), path);
    const code = codeIn(await newestMail());
    const form = sent.forms.find(({ action }) => action.endsWith(path));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        browser.post(new URL(form?.action ?? '', (index % 2 === 0 ? server : other).issuer).href, {
          ...form?.fields,
          code,
        }),
      ),
    );
    const winners = answers.filter(({ status, location = '' }) => status === 303 && location.includes('/authorize'));
    expect(winners).to.have.length(1);
    const user = await findUser('helga@elsewhere.example');
    expect(await audited(server, { accountId: user?._id ?? '' })).to.deep.equal([
      'login.success',
      'upstream.linked',
      'user.created',
    ]);
  });
});
