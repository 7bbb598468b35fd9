/**
 * Cookies that a sibling subdomain sets with `Domain=`, in a real browser and under the production profile, where the
 * prefix `__Host-` keeps them away from this host (RFC 6265bis §4.1.3.2).
 */
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { authorizationUrl, createUser, registerApp, type AppClient } from '../support/app.ts';
import { launchChromium } from '../support/chromium.ts';
import { startTlsProxy } from '../support/reverse-proxy.ts';
import { freePort, startTestServer, type TestServer } from '../support/server.ts';
import { password, signIn } from './world.ts';

const loginHost = 'login.example.test';
const siblingHost = 'blog.example.test';

describe('login fixation by a sibling subdomain, in Chromium', function inChromium() {
  this.timeout(60_000);
  let chromium: Browser;
  let server: TestServer;
  let front: { stop(): Promise<void> };
  let app: AppClient;
  /** The cookies that the sibling sets in any browser that visits it. */
  let planted: readonly string[] = [];
  const contexts: BrowserContext[] = [];

  before(async function start() {
    this.timeout(600_000);
    const found = await launchChromium();
    if (found === null) {
      this.skip();
    }
    chromium = found;
    const [port, serverPort] = [await freePort(), await freePort()];
    server = await startTestServer({
      port: serverPort,
      environment: {
        NODE_ENV: 'production',
        ISSUER: `https://${loginHost}:${port}`,
        PASSWORD_HASH_MEMORY_KIB: '19456',
        PASSWORD_HASH_PASSES: '2',
      },
    });
    front = await startTlsProxy({
      port,
      host: `${loginHost}:${port}`,
      serverPort,
      others: (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': [...planted] }).end('<h1>A blog</h1>');
      },
    });
    await createUser(server);
    app = await registerApp(server, {
      apis: [],
      firstParty: true,
      redirectUris: [`https://${siblingHost}:${port}/callback`],
    });
  });
  after(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    await front?.stop();
    await server?.stop();
  });

  async function open(): Promise<Page> {
    const context = await chromium.newContext({ ignoreHTTPSErrors: true, locale: 'en-US' });
    contexts.push(context);
    return context.newPage();
  }

  it('does not let the victim sign in to the flow of the attacker', async () => {
    const attacker = await open();
    await attacker.goto(authorizationUrl(server, app).url);
    const cookies = await attacker
      .context()
      .cookies([attacker.url(), attacker.url().replace('interaction', 'authorize')]);
    expect(cookies.map(({ name }) => name).toSorted()).to.include.members([
      '__Secure-gatehouse_interaction',
      '__Secure-gatehouse_resume',
      `__Host-gatehouse_flow_${attacker.url().split('/').at(-1) ?? ''}`,
    ]);
    // All of them, with every combination of flags that a browser may accept.
    planted = cookies.flatMap(({ name, value, path }) => [
      `${name}=${value}; Path=${path}; Domain=example.test; Secure`,
      `${name}=${value}; Path=/; Domain=example.test; Secure; HttpOnly`,
      `=${name}=${value}; Path=/; Domain=example.test; Secure`,
    ]);

    const victim = await open();
    await victim.goto(`https://${siblingHost}:${new URL(server.issuer).port}/`);
    const received = await victim.context().cookies(attacker.url());
    expect(received.map(({ name, domain }) => `${name} ${domain}`)).to.include(
      '__Secure-gatehouse_interaction .example.test',
    );
    const answer = await victim.goto(attacker.url());
    expect(answer?.status()).to.equal(400);
    expect(await victim.getByLabel('Password', { exact: true }).count()).to.equal(0);

    // The form of the attacker's page, sent from a page of this host: the password is not accepted.
    const csrf = await attacker.locator('form[action$="/login"] input[name=csrf]').inputValue();
    const posted = victim.waitForResponse((response) => response.request().method() === 'POST');
    await victim.evaluate(`
      const form = Object.assign(document.createElement('form'), { method: 'post', action: location.href + '/login' });
      for (const [name, value] of Object.entries(${JSON.stringify({ csrf, email: 'ada@example.com', password })})) {
        form.append(Object.assign(document.createElement('input'), { name, value }));
      }
      document.body.append(form);
      form.submit();
    `);
    expect((await posted).status()).to.equal(400);
    await attacker.goto(attacker.url().replace('interaction', 'authorize'));
    expect(await attacker.getByLabel('Password', { exact: true }).count()).to.equal(1);
    expect((await attacker.context().cookies()).map(({ name }) => name)).not.to.include('__Host-gatehouse_session');
  });

  it('lets the victim sign in to their own flow, despite the planted cookies', async () => {
    const victim = await open();
    await victim.goto(`https://${siblingHost}:${new URL(server.issuer).port}/`);
    await victim.goto(authorizationUrl(server, app).url);
    await signIn(victim, 'ada@example.com');
    await victim.waitForURL(/\/callback\?code=/);
    expect((await victim.context().cookies()).map(({ name }) => name)).to.include('__Host-gatehouse_session');
  });
});
