/** The memory of a server that has started and has nothing to do. */
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { deploy, type Deployment } from '../support/process.ts';

describe('the memory of an idle server', () => {
  let deployment: Deployment;
  before(async () => {
    deployment = await deploy({
      environment: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'new-space-probe.ts')}` },
    });
  });
  after(() => deployment.remove());

  it('has a new space that is small after the start and grows when the server has work', async () => {
    const { child, lines } = await deployment.start();
    child.kill('SIGUSR2');
    await eventually(async () => expect(lines.at(-1)).to.include('"idle"'));
    const { idle, used } = JSON.parse(lines.at(-1) ?? '') as { readonly idle: number; readonly used: number };
    expect(idle).to.be.below(8);
    expect(used).to.be.above(16);
  });
});
