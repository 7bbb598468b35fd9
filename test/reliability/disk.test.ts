/** The disk of the SQLite file fails under a server that an operator runs. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { authorizationUrl, createUser, registerApp, refresh, obtain, seedApis } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { deploy, type Deployment } from '../support/process.ts';

describe('a disk that fails under the server', () => {
  let house: Deployment;
  before(async () => {
    house = await deploy({
      environment: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'disk-that-fails.ts')}` },
    });
    await seedApis(house);
    await createUser(house);
  });
  after(() => house.remove());

  it('gets 503 for what could not be stored, ends with 74, and serves again what was acknowledged', async function failAndStartAgain() {
    this.timeout(40_000);
    const app = await registerApp(house);
    const server = await house.start();
    const { refresh_token: token } = await obtain(house, app);
    writeFileSync(join(house.folder, 'disk-fails'), '');
    const refused = await openBrowser().get(authorizationUrl(house, app).url);
    expect(refused.status, refused.html.slice(0, 300)).to.equal(503);
    expect(refused.headers.get('retry-after')).to.match(/^\d+$/);
    rmSync(join(house.folder, 'disk-fails'));
    const second = await openBrowser().get(authorizationUrl(house, app).url);
    expect(second.status, 'although the disk works again').to.equal(503);
    expect(await server.exited).to.deep.equal({ code: 74, signal: null });
    expect(server.log()).to.include('the disk did not keep what was written').and.include('EIO');
    await house.start();
    expect((await refresh(house, app, token)).status).to.equal(200);
  });
});
