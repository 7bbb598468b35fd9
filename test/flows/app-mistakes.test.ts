/** Requests that cannot be granted: the app receives the reason, and the user is not asked. */
import { expect } from 'chai';
import {
  archive,
  asks,
  authorizationUrl,
  authorize,
  callAs,
  createUser,
  photos,
  redeem,
  redirectedTo,
  registerApp,
  seedApis,
  signIn,
  type AppClient,
  type AuthorizationRequest,
} from '../support/app.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const by = { actor: 'system' } as const;

onEachDatabase('a request that cannot be granted', (start) => {
  let server: TestServer;
  let app: AppClient;

  before(async () => {
    server = await start();
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server, { apis: [photos] });
  });

  function urlOf(request: AuthorizationRequest & { readonly withoutScope?: boolean }): URL {
    const url = new URL(authorizationUrl(server, app, request).url);
    if (request.withoutScope === true) {
      url.searchParams.delete('scope');
    }
    return url;
  }

  async function signedIn(): Promise<Browser> {
    const browser = openBrowser();
    await signIn(browser, await browser.visit(`${server.issuer}/account`));
    return browser;
  }

  const cases: Readonly<Record<string, readonly [Parameters<typeof urlOf>[0], string, RegExp]>> = {
    'without scope': [{ withoutScope: true }, 'invalid_scope', /scope is missing/],
    'with an empty scope': [{ scope: '' }, 'invalid_scope', /scope is missing/],
    'for offline_access alone': [{ scope: 'offline_access' }, 'invalid_scope', /only offline_access/],
    'for offline_access alone, with consent': [
      { scope: 'offline_access', parameters: { prompt: 'consent' } },
      'invalid_scope',
      /only offline_access/,
    ],
    'for an unknown scope': [{ scope: 'admin' }, 'invalid_scope', /nothing that can be granted/],
    'for a scope that the named API does not have': [
      { scope: 'archive:read', resource: photos },
      'invalid_scope',
      /may not ask for the scope archive:read/,
    ],
    'for an API that the app was not given': [
      { scope: 'openid archive:read', resource: archive },
      'invalid_target',
      /resource is not an API/,
    ],
    'for an API that does not exist': [
      { scope: 'openid', resource: 'https://nowhere.example/' },
      'invalid_target',
      /resource is not an API/,
    ],
  };
  for (const [what, [request, error, description]] of Object.entries(cases)) {
    it(`${what} is rejected without a sign-in, and also if a user is signed in (RFC 6749 §3.3, RFC 8707 §2)`, async () => {
      for (const browser of [openBrowser(), await signedIn()]) {
        const parameters = redirectedTo(await browser.get(urlOf(request).href), app).searchParams;
        expect(parameters.get('error')).to.equal(error);
        expect(parameters.get('error_description')).to.match(description);
        expect([parameters.get('state'), parameters.get('iss')]).to.deep.equal(['the-state', server.issuer]);
      }
    });
  }

  it('is explained in the characters that error_description may have, whatever it contains (RFC 6749 §4.1.2.1)', async () => {
    const allowed = /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/;
    const odd = [`https://apis.example/"one\\`, `https://apis.example/"two\\`];
    for (const identifier of odd) {
      const scopes = [{ value: 'odd:read', description: 'Read' }];
      await server.services.apis.create({ identifier, name: 'Odd', tokenFormat: 'jwt', scopes }, by);
    }
    const client = await registerApp(server, { apis: odd });
    const requests: readonly AuthorizationRequest[] = [
      { scope: 'openid', resource: 'https://x.example/"\u001B[2J\r\nSet-Cookie: a=b\\\u202E✓' },
      { scope: 'odd:read' },
    ];
    for (const request of requests) {
      const { searchParams } = redirectedTo(
        await openBrowser().get(authorizationUrl(server, client, request).url),
        client,
      );
      expect(searchParams.get('error')).to.equal('invalid_target');
      expect(searchParams.get('error_description')).to.match(allowed);
    }
    const browser = openBrowser();
    const { code, verifier } = await authorize(server, client, { scope: 'odd:read', resource: odd }, browser);
    const refused = await redeem(server, client, { code, verifier });
    expect(refused.body['error']).to.equal('invalid_target');
    expect(refused.body['error_description']).to.match(allowed);
  });

  it('is rejected if it was pushed (RFC 9126 §2)', async () => {
    const pushed = await callAs(server, app, '/par', Object.fromEntries(urlOf({ scope: 'admin' }).searchParams));
    expect([pushed.status, pushed.body['error']]).to.deep.equal([400, 'invalid_scope']);
  });

  it("is not reported as the user's decision if the API loses the scope during the sign-in (RFC 6749 §4.1.2.1)", async () => {
    const browser = openBrowser();
    const login = await browser.visit(urlOf({ scope: 'photos:write', resource: photos }).href);
    expect(asks(login)).to.equal('sign-in');
    await server.services.apis.update(
      photos,
      { scopes: [{ value: 'photos:read', description: 'See your photos' }] },
      by,
    );
    const answer = redirectedTo(await signIn(browser, login), app);
    expect(answer.searchParams.get('error')).to.equal('invalid_scope');
  });
});
