/** The time for which a request may wait for the database does not include the time that its caller takes. */
import { request as sendRequest } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import {
  authorizationUrl,
  basic,
  createUser,
  password,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, type TestServer } from '../support/server.ts';

const urlEncoded = 'application/x-www-form-urlencoded';

onEachDatabase('a request whose body arrives slowly', (start) => {
  let server: TestServer;
  let job: AppClient;
  let app: AppClient;

  before(async () => {
    server = await start({ environment: { REQUEST_DEADLINE: '1s' } });
    await seedApis(server);
    await createUser(server);
    job = await registerApp(server, { type: 'machine' });
    app = await registerApp(server);
  });

  /** Sends the second part of the body after the deadline of a request. */
  async function sendSlowly(url: string, body: string, headers: Readonly<Record<string, string>>) {
    const sending = sendRequest(url, { method: 'POST', headers: { ...headers, 'content-length': body.length } });
    sending.write(body.slice(0, 10));
    await sleep(1300);
    sending.end(body.slice(10));
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    response.resume();
    return response;
  }

  it('is answered as any other at every endpoint for programs', async () => {
    const tokenRequest = 'grant_type=client_credentials&scope=archive%3Aread';
    const report = '[{"token": "something-unknown", "type": "x", "url": "", "source": "x"}]';
    const requests: readonly (readonly [path: string, body: string, type: string, status: number])[] = [
      ['/token', tokenRequest, urlEncoded, 200],
      // This form is read by the engine.
      ['/token', tokenRequest, `${urlEncoded}; charset=utf-8`, 200],
      ['/introspect', 'token=something-unknown', urlEncoded, 200],
      ['/revoke', 'token=something-unknown', urlEncoded, 200],
      // A machine client cannot use these two.
      ['/par', 'response_type=code&scope=openid', urlEncoded, 400],
      ['/authorize-challenge', 'scope=openid&username=ada', urlEncoded, 400],
      ['/leaked-tokens', report, 'application/json', 200],
    ];
    await Promise.all(
      requests.map(async ([path, body, type, status]) => {
        const response = await sendSlowly(`${server.issuer}${path}`, body, { ...basic(job), 'content-type': type });
        expect(response.statusCode, `${path} ${type}`).to.equal(status);
      }),
    );
  });

  it('is answered as any other if it is the form of a page', async () => {
    const browser = openBrowser();
    const page = await browser.visit(authorizationUrl(server, app).url);
    const form = page.forms.find(({ fields }) => 'password' in fields);
    const body = new URLSearchParams({ ...form?.fields, email: 'ada@example.com', password }).toString();
    const cookie = [...browser.jar.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const response = await sendSlowly(new URL(form?.action ?? '', page.url).href, body, {
      cookie,
      'content-type': urlEncoded,
    });
    expect(response.statusCode).to.equal(303);
    expect(response.headers.location).to.include('/authorize/');
  });
});
