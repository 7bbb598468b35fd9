import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorizationUrl, createUser, registerApp, signIn, type AppClient } from '../support/app.ts';
import { openBrowser, type Page } from '../support/browser.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/** A PNG image of one pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The first image in the page's header or card, and the accent colour that the page links. */
function appearance(
  { html }: Page,
  part = 'header',
): { readonly logo: string | undefined; readonly color: string | undefined } {
  return {
    logo: new RegExp(`<${part}\\b(?:(?!</${part}>)[\\s\\S])*?<img src="([^"]*)"`).exec(html)?.[1],
    color: /\/theme-([0-9a-f]{6})-/.exec(html)?.[1],
  };
}

describe('settings for the appearance, in the running server', () => {
  let folder: string;
  const servers: TestServer[] = [];

  async function serverWith(environment: Readonly<Record<string, string>>): Promise<TestServer> {
    const server = await startTestServer({ environment });
    servers.push(server);
    return server;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-views-'));
    await mkdir(join(folder, 'assets'));
    await mkdir(join(folder, 'locales'));
    await writeFile(join(folder, 'assets/ours.png'), picture);
    await writeFile(
      join(folder, 'home.eta'),
      "<% layout('@layout', { title: 'Ours' }); %><h1>A front page of our own</h1>",
    );
    await writeFile(join(folder, 'locales/de.yaml'), 'login:\n  title: Hereinspaziert\n');
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true });
  });

  it('VIEWS_DIR replaces one page and one message, and nothing else', async () => {
    const server = await serverWith({ VIEWS_DIR: folder });
    expect((await openBrowser().visit(`${server.issuer}/`)).html).to.include('A front page of our own');
    const app = await registerApp(server, { apis: [] });
    expect((await openBrowser({ 'accept-language': 'de' }).visit(authorizationUrl(server, app).url)).html)
      .to.include('Hereinspaziert')
      .and.include('Passwort');
  });

  it('BRAND_NAME and BRAND_COLOR are used on every page without an app', async () => {
    const server = await serverWith({ BRAND_NAME: 'Harbour & Sons', BRAND_COLOR: '#7722AA' });
    for (const path of ['/', '/nothing', '/logout/success']) {
      const page = await openBrowser().visit(`${server.issuer}${path}`);
      expect(page.html, path).to.include('Harbour &amp; Sons').and.not.include('>Gatehouse<');
      expect(appearance(page).color, path).to.equal('7722aa');
    }
  });

  for (const [what, logo, shown] of [
    ['a file of the assets folder', '/assets/ours.png', /^\/assets\/ours-[0-9a-f]{12}\.png$/],
    ['a path that the proxy serves', '/brand/logo.svg', /^\/brand\/logo\.svg$/],
    ['an https address', 'https://cdn.example/logo.png', /^https:\/\/cdn\.example\/logo\.png$/],
  ] as const) {
    it(`BRAND_LOGO is ${what}, and the content security policy allows it`, async () => {
      const server = await serverWith({ VIEWS_DIR: folder, BRAND_LOGO: logo });
      const page = await openBrowser().visit(`${server.issuer}/`);
      expect(appearance(page).logo).to.match(shown);
      const pictures = /img-src ([^;]*)/.exec(page.headers.get('content-security-policy') ?? '')?.[1]?.split(' ');
      expect(pictures).to.include(logo.startsWith('https:') ? 'https://cdn.example' : "'self'");
      if (logo.startsWith('/assets/')) {
        expect((await fetch(`${server.issuer}${appearance(page).logo ?? ''}`)).headers.get('content-type')).to.equal(
          'image/png',
        );
      }
    });
  }

  it('BRAND_LOGO_DARK may be on another host than BRAND_LOGO: the content security policy allows these two only', async () => {
    const server = await serverWith({
      BRAND_LOGO: 'https://cdn.example/logo.png',
      BRAND_LOGO_DARK: 'https://dark.example:8443/logo.png',
      BRAND_SHOW_NAME: 'false',
    });
    const page = await openBrowser().visit(`${server.issuer}/`);
    const policy = /img-src ([^;]*)/.exec(page.headers.get('content-security-policy') ?? '')?.[1];
    expect(policy).to.equal("'self' data: https://cdn.example https://dark.example:8443");
    expect(page.html).to.include('srcset="https://dark.example:8443/logo.png"').and.not.include('<span>Gatehouse');
  });

  it("the sign-in page of the account page shows the brand's logo", async () => {
    const server = await serverWith({ VIEWS_DIR: folder, BRAND_LOGO: '/assets/ours.png' });
    const page = await openBrowser().visit(`${server.issuer}/account`);
    expect(page.forms.some(({ action }) => action.endsWith('/login'))).to.equal(true);
    expect(appearance(page, 'section').logo).to.match(/^\/assets\/ours-[0-9a-f]{12}\.png$/);
  });

  it('SUPPORT_CONTACT, PRIVACY_URL and TERMS_URL are on every page, also on error pages', async () => {
    const server = await serverWith({
      SUPPORT_CONTACT: 'help@harbour.example',
      PRIVACY_URL: 'https://harbour.example/privacy',
      TERMS_URL: 'https://harbour.example/terms',
    });
    for (const path of ['/', '/nothing', '/account', '/logout/success', '/authorize?client_id=nobody']) {
      expect((await openBrowser().visit(`${server.issuer}${path}`)).html, path)
        .to.include('href="mailto:help@harbour.example"')
        .and.include('href="https://harbour.example/privacy"')
        .and.include('href="https://harbour.example/terms"');
    }
  });

  it('BRAND_LOGO with a missing asset stops the start with an error that names it', async () => {
    const started: unknown = await startTestServer({ environment: { BRAND_LOGO: '/assets/missing.svg' } }).catch(
      (error: unknown) => error,
    );
    expect(started).to.have.property('code', 'configuration_invalid');
    expect(started).to.have.property('message').that.includes('/assets/missing.svg');
  });

  describe("an app's own logo and colour", () => {
    let server: TestServer;
    let app: AppClient;
    const own = { logo: `data:image/png;base64,${picture.toString('base64')}`, color: '115533' };

    before(async () => {
      server = await serverWith({ BRAND_COLOR: '#7722aa', VIEWS_DIR: folder, BRAND_LOGO: '/assets/ours.png' });
      await createUser(server);
      app = await registerApp(server, { apis: [], logo: picture, color: '#115533' });
    });

    it("override the brand's on the login, consent and account chooser pages", async () => {
      const browser = openBrowser();
      const { url } = authorizationUrl(server, app, { scope: 'openid email' });
      const login = await browser.visit(url);
      expect(appearance(login, 'section')).to.deep.equal(own);
      const wrong = await signIn(browser, login, 'ada@example.com', 'not the password');
      expect(appearance(wrong, 'section')).to.deep.equal(own);
      const consent = await signIn(browser, wrong);
      expect(consent.forms.some(({ action }) => action.endsWith('/consent'))).to.equal(true);
      expect(appearance(consent, 'section')).to.deep.equal(own);
      expect(appearance(await browser.visit(`${url}&prompt=select_account`), 'section')).to.deep.equal(own);
    });
  });
});
