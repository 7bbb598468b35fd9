import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { passwordEstimator } from '../../scripts/password-estimator.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { request } from 'node:http';

const estimator = fileURLToPath(new URL('../../views/assets/password-estimator.js', import.meta.url));

describe('http/middleware/assets', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  function get(path: string, acceptEncoding: string) {
    return new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
      request(`${server.issuer}${path}`, { headers: { 'accept-encoding': acceptEncoding } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      })
        .on('error', reject)
        .end();
    });
  }

  async function pathOf(name: string): Promise<string> {
    const home = (await get('/', 'identity')).body.toString();
    return new RegExp(`/assets/${name}-[0-9a-f]{12}\\.[a-z]+`).exec(home)?.[0] ?? '';
  }

  it('sends text compressed to clients that accept it, with the same content (RFC 9110 §12.5.3)', async () => {
    const path = await pathOf('style');
    const plain = await get(path, 'identity');
    const compressed = await get(path, 'br, gzip');
    expect(plain.headers['content-encoding']).to.equal(undefined);
    expect(compressed.headers['content-encoding']).to.equal('gzip');
    expect(gunzipSync(compressed.body).equals(plain.body)).to.equal(true);
    expect(compressed.body.length).to.be.lessThan(plain.body.length / 2);
    for (const { headers } of [plain, compressed]) {
      expect(headers['vary']).to.include('Accept-Encoding');
      expect(headers['content-type']).to.include('text/css');
      expect(headers['cache-control']).to.include('immutable');
    }
    expect((await get(path, 'gzip;q=0')).headers['content-encoding']).to.equal(undefined);
  });
});

describe('views/assets/password-estimator.js', () => {
  it('is what "npm run password-estimator" makes of the installed packages', async () => {
    expect(readFileSync(estimator, 'utf8') === (await passwordEstimator())).to.equal(true);
  });
});
