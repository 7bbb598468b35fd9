import { decodeJwt } from 'jose';
import { expect } from 'chai';
import {
  asks,
  begin,
  createUser,
  photos,
  redeem,
  redirectedTo,
  registerApp,
  seedApis,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { openBrowser, type Browser, type Page } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

onEachDatabase('a scope without which an app does not work', (start) => {
  let server: TestServer;
  let app: AppClient;
  const by = { actor: 'system' } as const;
  const request: AuthorizationRequest = { scope: 'openid email profile photos:read photos:write', resource: photos };
  const requiredScopes = ['email', 'photos:read'];

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
  });

  beforeEach(async () => {
    app = await registerApp(server, { requiredScopes });
  });

  afterEach(() => server.services.apis.update(photos, { scopeGroups: [] }, by));

  /** Allows without any check box, as a user who unticks all of them. */
  async function allowWithoutBoxes(browser: Browser, page: Page): Promise<URL> {
    const form = page.forms.find(({ action }) => action.endsWith('/consent'));
    const fields = Object.entries(form?.fields ?? {}).filter(([name]) => !name.startsWith('allow '));
    let answer = await browser.post(new URL(form?.action ?? '', page.url).href, {
      ...Object.fromEntries(fields),
      decision: 'allow',
    });
    while (answer.location?.startsWith(server.issuer) === true) {
      answer = await browser.get(answer.location);
    }
    return redirectedTo(answer, app);
  }

  it('has no check box, and the page says that the app does not work without it', async () => {
    const { page } = await begin(server, app, request, openBrowser());
    expect(page.html)
      .to.include('name="allow profile"')
      .and.include(`name="allow ${photos} photos:write"`)
      .and.not.include('name="allow email"')
      .and.not.include(`name="allow ${photos} photos:read"`);
    expect(page.html).to.include('Prints does not work without what is marked as required.');
    expect(page.html).to.match(/Your email address<\/span> <span class="badge">required</);
    expect(page.html).to.match(/See your photos<\/bdi><\/span> <span class="badge">required</);
    expect(page.html.match(/>required</g)).to.have.length(2);
    const without = await begin(server, app, { scope: 'openid profile' }, openBrowser());
    expect(without.page.html, 'only where it is requested').to.not.include('does not work without');
  });

  it('is granted when the user unticks everything else', async () => {
    const browser = openBrowser();
    const { page, verifier } = await begin(server, app, request, browser);
    const redirected = await allowWithoutBoxes(browser, page);
    const { body } = await redeem(server, app, { code: redirected.searchParams.get('code') ?? '', verifier });
    expect(decodeJwt(String(body['access_token']))['scope']).to.equal('photos:read');
    expect(decodeJwt(String(body['id_token']))).to.not.have.property('name');
  });

  it('is refused with the whole request: access_denied (RFC 6749 §4.1.2.1)', async () => {
    const browser = openBrowser();
    const { page } = await begin(server, app, request, browser);
    const redirected = redirectedTo(await browser.submit(page, '/consent', { decision: 'deny' }), app);
    expect(redirected.searchParams.get('error')).to.equal('access_denied');
    expect(asks((await begin(server, app, request, browser)).page)).to.equal('consent');
  });

  it('is asked again if the user refused it before it was required, and is consent_required without a page', async () => {
    await server.services.clients.update(app.clientId, { requiredScopes: [] }, by);
    const browser = openBrowser();
    const first = await begin(server, app, request, browser);
    await allowWithoutBoxes(browser, first.page);
    await server.services.clients.update(app.clientId, { requiredScopes }, by);
    const silent = await begin(server, app, { ...request, parameters: { prompt: 'none' } }, browser);
    expect(redirectedTo(silent.page, app).searchParams.get('error')).to.equal('consent_required');
    for (const one of [browser, openBrowser()]) {
      expect(asks((await begin(server, app, request, one)).page)).to.equal('consent');
    }
    const { page, verifier } = await begin(server, app, request, browser);
    expect(page.html).to.not.include('name="allow email"');
    const redirected = await allowWithoutBoxes(browser, page);
    const { body } = await redeem(server, app, { code: redirected.searchParams.get('code') ?? '', verifier });
    expect(decodeJwt(String(body['access_token']))['scope']).to.equal('photos:read');
    expect(asks((await begin(server, app, request, browser)).page), 'and then not again').to.equal('nothing');
  });

  it('that the user cannot grant leads to the page of those who cannot use the app, and to access_denied', async () => {
    await server.services.apis.update(photos, { scopeGroups: [{ scope: 'photos:read', groups: ['editors'] }] }, by);
    const browser = openBrowser();
    const { page } = await begin(server, app, request, browser);
    expect(page.status).to.equal(403);
    expect(page.html).to.include('This account cannot give Prints access');
    const silent = await begin(server, app, { ...request, parameters: { prompt: 'none' } }, browser);
    expect(redirectedTo(silent.page, app).searchParams.get('error')).to.equal('access_denied');
    const fewer = await begin(server, app, { scope: 'openid photos:write', resource: photos }, browser);
    expect(asks(fewer.page), 'only where it is requested').to.equal('consent');
  });
});
