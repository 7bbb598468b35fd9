import { expect } from 'chai';
import { start } from '../../examples/calendar/server.ts';

describe('example: Calendar', () => {
  let calendar: Awaited<ReturnType<typeof start>>;

  before(async () => {
    calendar = await start({ issuer: 'http://localhost:3999', port: 0, clientId: 'calendar' });
  });
  after(() => calendar.close());

  it('serves the page with a content security policy that allows connections to the server only', async () => {
    const response = await fetch(`${calendar.url}/?code=c&state=s`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-security-policy'))
      .to.include("script-src 'self';")
      .and.include("connect-src 'self' http://localhost:3999;");
    expect(await response.text()).to.not.match(/<script(?! type="module" src=)|<style| style=| on\w+=/);
  });

  it('serves every file that the page needs, and nothing else', async () => {
    for (const path of [
      '/app.js',
      '/sign-in.js',
      '/week.js',
      '/oauth4webapi.js',
      '/style.css',
      '/icon.svg',
      '/welcome.svg',
      '/settings.json',
    ]) {
      expect((await fetch(calendar.url + path)).status, path).to.equal(200);
    }
    for (const path of ['/server.ts', '/../server.ts', '/..%2fserver.ts', '/package.json']) {
      expect((await fetch(calendar.url + path)).status, path).to.equal(404);
    }
  });

  it('serves the public settings of the page, and no secret', async () => {
    expect(await (await fetch(`${calendar.url}/settings.json`)).json()).to.deep.equal({
      issuer: 'http://localhost:3999',
      clientId: 'calendar',
    });
  });
});
