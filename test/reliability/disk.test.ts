/** The disk with the SQLite file fails under a running server. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { authorizationUrl, createUser, registerApp, refresh, obtain, seedApis } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { deploy, type Deployment } from '../support/process.ts';

describe('a disk that fails under the server', () => {
  let deployment: Deployment;
  before(async () => {
    deployment = await deploy({
      environment: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'disk-that-fails.ts')}` },
    });
    await seedApis(deployment);
    await createUser(deployment);
  });
  after(() => deployment.remove());

  it('leads to 503 for writes and then to exit code 74; after a restart every acknowledged write is there', async function failAndStartAgain() {
    this.timeout(40_000);
    const app = await registerApp(deployment);
    const server = await deployment.start();
    const { refresh_token: token } = await obtain(deployment, app);
    writeFileSync(join(deployment.folder, 'disk-fails'), '');
    const refused = await openBrowser().get(authorizationUrl(deployment, app).url);
    expect(refused.status, refused.html.slice(0, 300)).to.equal(503);
    expect(refused.headers.get('retry-after')).to.match(/^\d+$/);
    rmSync(join(deployment.folder, 'disk-fails'));
    const second = await openBrowser().get(authorizationUrl(deployment, app).url);
    expect(second.status, 'although the disk works again').to.equal(503);
    expect(await server.exited).to.deep.equal({ code: 74, signal: null });
    expect(server.log()).to.include('the disk did not keep what was written').and.include('EIO');
    await deployment.start();
    expect((await refresh(deployment, app, token)).status).to.equal(200);
  });
});
