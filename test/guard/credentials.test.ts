/** What of a request is its access token, in every framework: with raw requests, because clients repair them. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { frameworks, startApp, type RunningApp } from './apps.ts';
import { audience, startIssuer, type Issuer } from './issuer.ts';

/** Sends header lines as they are. @returns the head of the answer */
async function send(app: RunningApp, target: string, ...lines: readonly string[]): Promise<string> {
  const { port, host } = new URL(app.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write([`GET ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines, '', ''].join('\r\n'));
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answer += String(chunk);
  });
  await once(socket, 'close');
  return answer.split('\r\n\r\n', 1)[0] ?? '';
}

const malformed = /^HTTP\/1\.1 400 .*error="invalid_request"/s;
const withoutToken = /^HTTP\/1\.1 401 .*www-authenticate: Bearer resource_metadata="[^"]*"(?:\r|$)/is;

for (const framework of frameworks) {
  describe(`the access token of a request, in ${framework}`, () => {
    let issuer: Issuer;
    let app: RunningApp;
    let token: string;

    before(async () => {
      issuer = await startIssuer();
      app = await startApp(framework, { issuer: issuer.issuer, audience, feed: 'off' }, { '/photos': ['photos:read'] });
      token = await issuer.token();
    });
    after(async () => {
      await app.close();
      await issuer.close();
    });

    it('is in one header, with the scheme in any case (RFC 9110 §11.1)', async () => {
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        expect(await send(app, '/photos', `Authorization: ${scheme} ${token}`)).to.match(/^HTTP\/1\.1 200 /);
      }
    });

    it('is malformed in two headers', async () => {
      for (const second of [`Authorization: Bearer ${token}`, 'Authorization: Basic YTpi', 'AUTHORIZATION: x']) {
        expect(await send(app, '/photos', `Authorization: Bearer ${token}`, second)).to.match(malformed);
      }
    });

    it('is malformed if it has other characters than a token (RFC 6750 §2.1)', async () => {
      for (const value of [`Bearer ${token} ${token}`, `Bearer "${token}"`, `Bearer ${token}, Bearer ${token}`]) {
        expect(await send(app, '/photos', `Authorization: ${value}`)).to.match(malformed);
      }
    });

    it('is never in the URL (RFC 9700 §4.3.2)', async () => {
      expect(await send(app, `/photos?access_token=${token}`)).to.match(withoutToken);
      expect(await send(app, `/photos?access_token=${token}`, `Authorization: Bearer ${token}`)).to.match(malformed);
    });

    it('is missing with another scheme, or with nothing after it', async () => {
      for (const value of ['Basic YTpi', 'Bearer', 'Bearer ', '', token]) {
        expect(await send(app, '/photos', `Authorization: ${value}`)).to.match(withoutToken);
      }
    });
  });
}
