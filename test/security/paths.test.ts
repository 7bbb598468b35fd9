/** Each path has one spelling. Any other is answered with 404 before the request is processed. */
import { expect } from 'chai';
import { endpoints } from '../../src/oidc/endpoints.ts';
import { basic, photos, registerApp, seedApis, type AppClient } from '../support/app.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { exchange, form, send } from './requests.ts';

const pages = [
  '/account',
  '/account/signed-in',
  '/account/sign-out',
  '/account/security',
  '/account/profile',
  '/account/data',
  '/account/deletion',
  '/account/deletion/confirm',
  '/account/deletion/requested',
  '/undo-deletion/some-token',
  '/account/data/download',
  '/account/data/confirm',
  '/account/activity',
  '/account/sessions',
  '/account/apps',
  '/account/tokens',
  '/account/sessions/end-others',
  '/account/sessions/some-id/end',
  '/account/apps/some-id/withdraw',
  '/account/tokens/new',
  '/account/tokens/created',
  '/account/tokens/some-id/revoke',
  '/interaction/some-id',
  '/interaction/some-id/login',
  '/interaction/some-id/consent',
  '/interaction/some-id/cancel',
  '/password/some-token',
  '/setup/some-token',
  '/favicon.ico',
  '/language',
  '/healthz',
  '/readyz',
  '/metrics',
];
const ofProtocol = Object.values(endpoints).map(({ path }) => path.replace(':uid', 'some-id'));

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}

/** Spellings that some routers or proxies treat as the same path. */
function respelled(path: string): string[] {
  const [, first = ''] = path;
  const end = path.lastIndexOf('/');
  return [
    `${path}/`,
    `${path}//`,
    path.toUpperCase(),
    `/${first.toUpperCase()}${path.slice(2)}`,
    `/${path}`,
    `/.${path}`,
    `/x/..${path}`,
    `${path}/.`,
    `${path}/../${path.slice(end + 1)}`,
    `/${encoded(first)}${path.slice(2)}`,
    `/%2${encoded(first).slice(1)}${path.slice(2)}`,
    `${path.slice(0, end)}%2f${path.slice(end + 1)}`,
    `${path.slice(0, end)}\\${path.slice(end + 1)}`,
    `${path}%20`,
    `${path}%00`,
    `${path};a=b`,
    `${path}#x`,
    `${path}%3f`,
    // If the last segment is a parameter, this is another value of it.
    ...(path.includes('some-') ? [] : [`${path}.`]),
    path.replace('k', '\u212a').replace('s', '\u017f'),
  ].filter((other) => other !== path);
}

describe('paths', () => {
  let server: TestServer;
  let machine: AppClient;
  before(async () => {
    server = await startTestServer({
      environment: { LIMIT_PAGES_PER_ADDRESS: '3', LIMIT_ENDPOINTS_PER_ADDRESS: '0', THROTTLE_ADDRESS_FREE: '1' },
    });
    await seedApis(server);
    machine = await registerApp(server, { type: 'machine', name: 'Nightly', apis: [photos] });
  });
  after(() => server.stop());

  for (const path of [...ofProtocol, ...pages]) {
    it(`of ${path} have one spelling; others are answered with 404`, async () => {
      const { host } = new URL(server.issuer);
      for (const other of respelled(path)) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const { text } = await exchange(
            server,
            `${method} ${Buffer.from(other, 'utf8').toString('latin1')} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
          );
          expect(text, `${method} ${other}`).to.match(/^HTTP\/1\.1 (?:404 |400 [\s\S]*\r\n\r\n(?:Bad Request)?$)/);
          expect(text, `${method} ${other}`).not.to.match(/^(?:location|set-cookie|access-control-)/im);
        }
      }
    });
  }

  it('in another spelling authenticate no client: the secret is not checked', async () => {
    for (const path of ['/token/', '/Token', '/TOKEN', '//token', '/%74oken', '/introspect/', '/REVOKE', '/par/']) {
      for (const secret of ['wrong', machine.secret ?? '']) {
        const answer = await send(server, path, {
          method: 'POST',
          headers: { ...form, ...basic(machine, secret) },
          body: 'grant_type=client_credentials&token=x',
        });
        expect(answer.status, path).to.equal(404);
      }
    }
    expect(
      (await server.services.audit.list({ limit: 5, clientId: machine.clientId })).map(({ type }) => type),
    ).to.deep.equal(['client.created']);
  });

  it('of pages answer other methods with 405 and Allow (RFC 9110 §15.5.6)', async () => {
    const { status, headers } = await send(server, '/account/sign-out', { method: 'DELETE' });
    expect(status).to.equal(405);
    expect(headers.allow)
      .to.match(/\bPOST\b/)
      .and.not.match(/DELETE/);
    expect((await send(server, '/favicon.ico', { method: 'POST' })).headers.allow).to.equal('GET, HEAD');
  });

  it('appear in metrics only as routes of the table, whatever path is requested', async () => {
    await send(server, '/Token');
    const { text } = await send(server, '/metrics');
    const routes = [...text.matchAll(/route="([^"]*)"/g)].map(([, route]) => route);
    expect(routes).to.include('other');
    expect(routes.filter((route) => /Token|%/.test(route ?? ''))).to.deep.equal([]);
  });
});
