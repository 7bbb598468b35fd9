/** A misconfigured proxy is logged once. The warning does not change how its requests are handled. */
import { expect } from 'chai';
import { createLogger } from '../../src/logging.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { send } from './requests.ts';

interface Line {
  readonly mistake?: string;
  readonly peer?: string;
  readonly msg: string;
  readonly level: string;
}

describe('the headers of a proxy', () => {
  const servers: TestServer[] = [];
  after(() => Promise.all(servers.map((server) => server.stop())));

  /** A server, and its log messages about proxies. */
  async function start(environment: Record<string, string>): Promise<{ server: TestServer; warnings: () => Line[] }> {
    const lines: string[] = [];
    const logger = createLogger({ level: 'trace', destination: { write: (line) => lines.push(line) } });
    const server = await startTestServer({ environment, logger });
    servers.push(server);
    const warnings = (): Line[] =>
      lines.map((line) => JSON.parse(line) as Line).filter(({ mistake }) => mistake !== undefined);
    return { server, warnings };
  }

  async function ask(server: TestServer, headers: Record<string, string>): Promise<void> {
    for (let count = 0; count < 3; count += 1) {
      expect((await send(server, '/', { headers })).status).to.equal(200);
    }
  }

  const trusting = { TRUSTED_PROXIES: '127.0.0.1' };
  const cases: readonly (readonly [string, Record<string, string>, Record<string, string>, string, RegExp])[] = [
    [
      'that is not trusted',
      {},
      { 'x-forwarded-for': '203.0.113.5' },
      'untrusted',
      /X-Forwarded-For came from 127\.0\.0\.1, .*TRUSTED_PROXIES/,
    ],
    [
      'with a value that is not an address',
      trusting,
      { 'x-forwarded-for': '203.0.113.5:4711' },
      'unreadable',
      /"203\.0\.113\.5:4711", which is not an IP address/,
    ],
    [
      'that are not read',
      trusting,
      { forwarded: 'for=203.0.113.5' },
      'not-read',
      /X-Forwarded-For, the only one that is read/,
    ],
    [
      'with another scheme than ISSUER',
      trusting,
      { 'x-forwarded-for': '203.0.113.5', 'x-forwarded-proto': 'https' },
      'scheme',
      /X-Forwarded-Proto from 127\.0\.0\.1 says "https", but ISSUER is http:\/\/localhost/,
    ],
    [
      'with another host than ISSUER',
      {},
      { 'x-forwarded-host': 'login.example, internal' },
      'host',
      /X-Forwarded-Host from 127\.0\.0\.1 says "login\.example", but ISSUER is http:\/\/localhost/,
    ],
  ];
  for (const [what, environment, headers, mistake, message] of cases) {
    it(`${what} are logged once`, async () => {
      const { server, warnings } = await start(environment);
      await ask(server, headers);
      expect(warnings().map((line) => line.mistake)).to.deep.equal([mistake]);
      expect(warnings()[0]).to.include({ level: 'warn', peer: '127.0.0.1' });
      expect(warnings()[0]?.msg).to.match(message);
    });
  }

  it('that agree with the settings are not mentioned', async () => {
    const { server, warnings } = await start(trusting);
    await ask(server, {
      'x-forwarded-for': '6.6.6.6, 203.0.113.5',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(server.issuer).host,
      'x-real-ip': '203.0.113.5',
    });
    await ask(server, {});
    expect(warnings()).to.deep.equal([]);
  });

  it('do not split a log line, and are cut to a maximum length', async () => {
    const { server, warnings } = await start({});
    await ask(server, { 'x-forwarded-host': `${'e'.repeat(5000)}\t{"level":60}` });
    expect(warnings()).to.have.length(1);
    expect(warnings()[0]?.msg.length).to.be.below(400);
  });
});
