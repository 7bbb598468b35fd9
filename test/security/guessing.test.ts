import { expect } from 'chai';
import {
  authorizationUrl,
  basic,
  callAs,
  createUser,
  password,
  photos,
  postForm,
  registerApp,
  seedApis,
  type AppClient,
} from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { onEachDatabase, startTestServer, type TestServer } from '../support/server.ts';

/** Headers in which a caller could claim another address, a new one each time. */
function forgedHeaders(turn: number): Record<string, string> {
  const address = `198.51.100.${turn % 250}`;
  return (
    [
      { 'x-forwarded-for': address },
      { forwarded: `for=${address}` },
      { 'x-real-ip': address },
      { 'x-forwarded-for': `${address}, garbage` },
      { 'x-forwarded-for': `garbage${turn}` },
      { 'cf-connecting-ip': address, 'true-client-ip': address, 'x-client-ip': address },
      { 'x-forwarded-for': `2001:db8::${turn}` },
      { 'x-forwarded-for': `${`${address}, `.repeat(500)}${address}` },
    ][turn % 8] ?? {}
  );
}

onEachDatabase('guessing', (start) => {
  let server: TestServer;
  let app: AppClient;
  before(async () => {
    server = await start({
      environment: { THROTTLE_ADDRESS_FREE: '12', THROTTLE_ACCOUNT_FREE: '4', THROTTLE_PAIR_FREE: '4' },
    });
    await seedApis(server);
    await createUser(server);
    app = await registerApp(server);
  });

  async function guess(
    email: string,
    turn: number,
    secret = 'not the right password',
  ): Promise<{ readonly status: number; readonly retryAfter: number }> {
    const browser = openBrowser(forgedHeaders(turn));
    const page = await browser.visit(authorizationUrl(server, app).url);
    const answer = await browser.post(`${page.url}/login`, { ...page.forms[0]?.fields, email, password: secret });
    return { status: answer.status, retryAfter: Number(answer.headers.get('retry-after')) };
  }

  it('is throttled by account and by address whatever the headers claim (C9), in the same way for unknown users (C3)', async () => {
    const statuses: Record<string, number[]> = {};
    let turn = 0;
    for (const email of ['ada@example.com', 'nobody@example.com']) {
      statuses[email] = [];
      for (let attempt = 0; attempt < 6; attempt += 1) {
        const { status, retryAfter } = await guess(email, (turn += 1));
        statuses[email].push(status);
        if (status === 429) {
          expect(retryAfter).to.be.above(0);
        }
      }
    }
    expect(statuses['ada@example.com']).to.deep.equal([401, 401, 401, 401, 429, 429]);
    expect(statuses['nobody@example.com']).to.deep.equal(statuses['ada@example.com']);
    expect(
      (await guess('ada@example.com', (turn += 1), password)).status,
      'the right password must wait, too',
    ).to.equal(429);
    const others: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      others.push((await guess(`person${attempt}@example.com`, (turn += 1))).status);
    }
    expect(others.slice(0, 4)).to.deep.equal([401, 401, 401, 401]);
    expect(others.slice(4)).to.deep.equal([429, 429, 429, 429]);
  });

  it('leads to a page that names what is throttled, the email or the address, and no account that was not attacked', async () => {
    const again = await start({ environment: { THROTTLE_ADDRESS_FREE: '6', THROTTLE_ACCOUNT_FREE: '2' } });
    const client = await registerApp(again, { apis: [] });
    const answerTo = async (email: string): Promise<string> => {
      const browser = openBrowser();
      const page = await browser.visit(authorizationUrl(again, client).url);
      const answer = await browser.post(`${page.url}/login`, {
        ...page.forms[0]?.fields,
        email,
        password: 'wrong one',
      });
      return answer.html;
    };
    await answerTo('ada@example.com');
    await answerTo('ada@example.com');
    expect(await answerTo('ada@example.com')).to.include('too many wrong passwords for this email address');
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await answerTo(`person${attempt}@example.com`);
    }
    const page = await answerTo('grace@example.com');
    expect(page).to.include('from your network');
    expect(page).to.not.include('protect the account');
  });
});

onEachDatabase('correct passwords at the same time', (start) => {
  let server: TestServer;
  let app: AppClient;
  before(async () => {
    server = await start({
      // Simultaneous requests of 90 users take a slow machine some seconds.
      environment: { LIMIT_PAGES_PER_ADDRESS: '10000', REQUEST_DEADLINE: '30s' },
    });
    app = await registerApp(server, { apis: [] });
  });

  async function signInTogether(emails: readonly string[]): Promise<readonly number[]> {
    const pages = await Promise.all(
      emails.map(async (email) => {
        const browser = openBrowser();
        return { browser, email, page: await browser.visit(authorizationUrl(server, app).url) };
      }),
    );
    const answers = await Promise.all(
      pages.map(({ browser, email, page }) =>
        browser.post(`${page.url}/login`, { ...page.forms[0]?.fields, email, password }),
      ),
    );
    return answers.map(({ status }) => status);
  }

  it('all succeed: six sign-ins of one user', async () => {
    await createUser(server, 'ada@example.com');
    expect(await signInTogether(Array.from({ length: 6 }, () => 'ada@example.com'))).to.deep.equal([
      303, 303, 303, 303, 303, 303,
    ]);
  });

  it('all succeed: ninety users behind one address', async function () {
    this.timeout(60_000);
    const emails = Array.from({ length: 90 }, (_, index) => `person${index}@example.com`);
    for (const email of emails) {
      await createUser(server, email);
    }
    expect(new Set(await signInTogether(emails))).to.deep.equal(new Set([303]));
  });
});

describe('guessing client secrets', () => {
  it('is throttled for the pair of client and address, and locks out no other address', async () => {
    const server = await startTestServer({ environment: { THROTTLE_ADDRESS_FREE: '3', TRUSTED_PROXIES: '127.0.0.1' } });
    try {
      await seedApis(server);
      const machine = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos] });
      const from = (address: string, secret?: string) =>
        postForm(
          `${server.issuer}/token`,
          { grant_type: 'client_credentials' },
          { ...basic(machine, secret), 'x-forwarded-for': address },
        );
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 6; attempt += 1) {
        statuses.push((await from('203.0.113.1', `wrong${attempt}`)).status);
      }
      expect(statuses.slice(0, 3)).to.deep.equal([401, 401, 401]);
      expect(statuses.at(-1)).to.equal(429);
      expect((await from('203.0.113.1')).status, 'the right secret must wait there, too').to.equal(429);
      expect((await from('203.0.113.2')).status, 'the client does not wait at another address').to.equal(200);
      expect((await callAs(server, machine, '/token', { grant_type: 'client_credentials' })).status).to.equal(200);
    } finally {
      await server.stop();
    }
  });
});
