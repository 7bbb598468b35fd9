/** The commands of docs/django.md run as they are written there, in order. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import {
  authorizationUrl,
  createUser,
  introspect,
  redeem,
  redirectedTo,
  signIn,
  type AppClient,
} from './support/app.ts';
import { openBrowser } from './support/browser.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/django.md'), 'utf8');

/** The commands below a heading. */
function commandsOf(heading: string): string {
  const section = page.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const commands = /^```sh\n([^]*?)^```$/m.exec(section)?.[1];
  if (commands === undefined) {
    throw new Error(`docs/django.md has no commands below ${heading}`);
  }
  return commands;
}

describe('the commands of docs/django.md', function commands() {
  this.timeout(60_000);
  let server: TestServer;
  let shop: AppClient;
  let photosApi: AppClient;
  const secrets: Record<string, string> = {};

  /** Runs the commands below a heading, then others. @returns what they printed */
  async function run(heading: string, after = ''): Promise<string> {
    const code = `${commandsOf(heading)}\n${after}`.replaceAll('http://localhost:3000', server.issuer);
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', code], {
      cwd: root,
      env: {
        ...server.environment,
        ...secrets,
        PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        HOME: process.env['HOME'],
      },
    });
    return stdout;
  }

  before(async () => {
    // With the demo clients, as after `npm start`.
    server = await startTestServer({ environment: { NODE_ENV: 'development' } });
  });
  after(() => server.stop());

  it('create the API and its clients', async () => {
    const printed = await run('Set it up', 'echo "$PHOTOS_API_SECRET $SHOP_SECRET"');
    const [, api, app] = /^(\S{20,}) (\S{20,})$/m.exec(printed) ?? [];
    secrets['PHOTOS_API_SECRET'] = api ?? '';
    secrets['SHOP_SECRET'] = app ?? '';
    photosApi = { clientId: 'photos-django', secret: api, redirectUri: '' };
    shop = { clientId: 'shop', secret: app, redirectUri: 'http://localhost:4000/callback' };
    expect((await server.services.apis.get('https://photos.example/api')).personalTokens).to.equal(true);
  });

  it('create a user with a token, another token, and list them', async () => {
    const printed = await run('A token at sign-up');
    expect(printed.match(/gth_pat_[0-9A-Za-z]{36}/g)).to.have.length(2);
    expect(printed).to.include('nightly backup');
    expect(printed).to.match(/http\S+\/invitation\//);
  });

  it('verify, refresh and revoke what an app got', async () => {
    const user = await createUser(server, 'grace@example.com');
    const browser = openBrowser();
    const { url, verifier } = authorizationUrl(server, shop, { scope: 'openid photos:read' });
    const consent = await signIn(browser, await browser.visit(url), 'grace@example.com');
    const end = redirectedTo(await browser.submit(consent, '/consent', { decision: 'allow' }), shop);
    const code = end.searchParams.get('code') ?? '';
    const { body: tokens } = await redeem(server, shop, { code, verifier });
    secrets['TOKEN'] = String(tokens['access_token']);
    secrets['REFRESH_TOKEN'] = String(tokens['refresh_token']);
    const printed = await run('Refresh, verify and revoke', 'echo; echo "now: $REFRESH_TOKEN"');
    expect(JSON.parse(/^\{.*?\}(?=\n|now:|$)/m.exec(printed)?.[0] ?? '{}')).to.include({ active: true, sub: user });
    const next = /^now: (\S+)$/m.exec(printed)?.[1];
    expect(next).to.be.a('string').and.not.equal(secrets['REFRESH_TOKEN']);
    expect((await introspect(server, shop, next)).body).to.deep.equal({ active: false });
    expect((await introspect(server, photosApi, secrets['TOKEN'])).body).to.deep.equal({ active: false });
  });

  it('list and end the devices of a user, and read what happened', async () => {
    expect(await run('Devices')).to.include('user.created');
  });

  it('make the next signing key', async () => {
    await run('The next signing key');
    const keys = await server.services.signingKeys.list();
    expect(keys.filter(({ alg }) => alg === 'ES256').map(({ state }) => state)).to.deep.equal(['published', 'signing']);
  });

  it('create apps that sign users in', async () => {
    const printed = await run('SessionAuthentication, and apps in a browser');
    expect(printed).to.include('OIDC_RP_SIGN_ALGO');
    expect((await server.services.clients.get('gallery')).allowedOrigins).to.deep.equal(['http://localhost:5173']);
  });
});
