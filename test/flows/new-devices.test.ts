import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { readMailContent, type MailContent } from '../../src/services/mails/mail.ts';
import {
  archive,
  authorizationUrl,
  createUser,
  isActive,
  obtain,
  redirectedTo,
  refresh,
  registerApp,
  seedApis,
  signIn,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
const by = { actor: 'system' } as const;

async function newDeviceMails({ services }: TestServer): Promise<readonly MailContent[]> {
  const entries = await services.outbox.list({ limit: 200, kind: 'mail' });
  const messages = await Promise.all(entries.map(({ id }) => services.outbox.show(id)));
  return messages
    .flatMap((message) => (message === null ? [] : [readMailContent(message.content)]))
    .filter(({ subject }) => subject.includes('new device'));
}

async function countOf({ services }: TestServer, type: string): Promise<number> {
  return (await services.audit.list({ limit: 200 })).filter((event) => event.type === type).length;
}

function linkIn(mail: MailContent | undefined): string {
  return /http\S*\/new-device\/[\w-]+/.exec(mail?.text ?? '')?.[0] ?? '';
}

onEachDatabase('a sign-in from a new device', (start) => {
  async function prepare() {
    const clock = manualClock(new Date());
    const server = await start({ clock, environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    const ada = await createUser(server);
    const app = await registerApp(server, { firstParty: true, apis: [] });
    const enter = async (browser: Browser): Promise<Page> => {
      const answer = await signIn(
        browser,
        await browser.visit(authorizationUrl(server, app, { parameters: { prompt: 'login' } }).url),
      );
      expect(redirectedTo(answer, app).searchParams.has('code')).to.equal(true);
      return answer;
    };
    return { clock, server, ada, app, enter };
  }

  it('is mailed with time, device and address block; the first one and known browsers are not', async () => {
    const { server, enter, ada } = await prepare();
    const known = openBrowser();
    await enter(known);
    await enter(known);
    expect(await newDeviceMails(server)).to.deep.equal([]);

    const stranger = openBrowser({ 'user-agent': firefox, 'x-forwarded-for': '2001:db8:1:2:3::4' });
    await enter(stranger);
    const [mail, ...more] = await newDeviceMails(server);
    expect(more).to.deep.equal([]);
    for (const part of [mail?.text, mail?.html]) {
      expect(part).to.include('2001:db8:1:2::/64').and.include('Firefox').and.include('Linux');
    }
    expect(mail?.to).to.equal('ada@example.com');
    expect(await countOf(server, 'login.new_device')).to.equal(1);
    await enter(stranger);
    expect(await newDeviceMails(server), 'it is known from now on').to.have.length(1);
    expect((await server.services.users.find(ada))?.firstSignInAt).to.be.instanceOf(Date);
  });

  it('ends by the link of the mail, which leads to a new password and works once', async () => {
    const { server, enter, ada, clock } = await prepare();
    await enter(openBrowser());
    clock.advance(5);
    await enter(openBrowser());
    const link = linkIn((await newDeviceMails(server))[0]);
    const victim = openBrowser();
    const page = await victim.visit(link);
    expect(page.html).to.include('ada@example.com');
    await victim.visit(link);
    expect(await server.services.sessions.listByUser(ada), 'opening it changes nothing').to.have.length(2);

    const forms = await Promise.all(
      Array.from({ length: 20 }, () =>
        victim.post(link, page.forms.find(({ action }) => action === new URL(link).pathname)?.fields ?? {}),
      ),
    );
    const winners = forms.filter(({ status }) => status === 303);
    expect(winners).to.have.length(1);
    expect(forms.filter(({ status }) => status === 410 || status === 429)).to.have.length(19);
    expect(await server.services.sessions.listByUser(ada), 'the earlier sign-in stays').to.have.length(1);

    const reset = await victim.visit(new URL(winners[0]?.location ?? '', server.issuer).href);
    expect(reset.html).to.include('Choose a password');
    const done = await victim.submit(reset, new URL(reset.url).pathname, {
      password: 'a different long passphrase',
      confirmation: 'a different long passphrase',
    });
    expect(done.html).to.include('Your password is set');
    expect(await server.services.sessions.listByUser(ada)).to.deep.equal([]);
    expect(await countOf(server, 'login.new_device_rejected')).to.equal(1);
  });

  for (const signsOut of [false, true]) {
    const after = signsOut ? ', also after the session was signed out' : '';
    it(`ends with the offline access of apps and the personal access tokens that were made since${after}`, async () => {
      const { server, ada, clock } = await prepare();
      await seedApis(server);
      await server.services.apis.update(archive, { personalTokens: true }, by);
      const prints = await registerApp(server, { firstParty: true });
      const offline = { scope: 'openid offline_access archive:read', resource: archive };
      const request = { ...offline, parameters: { prompt: 'consent' } };
      const makeToken = async (): Promise<string> => {
        const access = [{ api: archive, scopes: ['archive:read'] }];
        const token = { name: 'Backup', access, expiresIn: 86_400 };
        return (await server.services.personalAccessTokens.create(ada, token, by)).value;
      };
      const own = await obtain(server, prints, request);
      const ownToken = await makeToken();
      clock.advance(5);
      const stranger = openBrowser();
      const stolen = await obtain(server, prints, request, stranger);
      const stolenToken = await makeToken();
      if (signsOut) {
        await stranger.submit(await stranger.visit(`${server.issuer}/account`), '/account/sign-out');
        expect(await server.services.sessions.listByUser(ada)).to.have.length(1);
      }
      const link = linkIn((await newDeviceMails(server))[0]);
      const victim = openBrowser();
      await victim.submit(await victim.visit(link), new URL(link).pathname);

      expect(await isActive(server, prints, stolen['access_token'])).to.equal(false);
      expect((await refresh(server, prints, stolen['refresh_token'])).body).to.include({ error: 'invalid_grant' });
      expect(await server.services.personalAccessTokens.find(stolenToken)).to.equal(null);
      expect(await isActive(server, prints, own['access_token']), 'of the earlier sign-in').to.equal(true);
      expect((await refresh(server, prints, own['refresh_token'])).status).to.equal(200);
      expect(await server.services.personalAccessTokens.find(ownToken)).not.to.equal(null);
    });
  }

  it('cannot flood the mailbox', async () => {
    const { server, enter } = await prepare();
    await enter(openBrowser());
    for (let count = 0; count < 8; count += 1) {
      await enter(openBrowser({ 'x-forwarded-for': `198.51.100.${count}` }));
    }
    expect(await newDeviceMails(server)).to.have.length(5);
    expect(await countOf(server, 'login.new_device'), 'each is recorded').to.equal(8);
  });

  it('is void when an operator has changed the address of the user', async () => {
    const { server, enter, ada } = await prepare();
    await enter(openBrowser());
    await enter(openBrowser());
    const link = linkIn((await newDeviceMails(server))[0]);
    await server.services.users.update(ada, { email: 'other@example.com' }, by);
    expect((await openBrowser().visit(link)).status).to.equal(410);
  });
});
