import { expect } from 'chai';
import { onEachDatabase, password } from './installation.ts';

onEachDatabase('gatehouse setup-link', (installation) => {
  it('prints the link of the set-up page, the same each time', async () => {
    const { gatehouse, issuer, json } = installation();
    const { exitCode, stdout } = await gatehouse(['setup-link']);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^http:\/\/localhost:3000\/setup\/[\w-]{43}\n$/);
    expect(stdout.startsWith(`${issuer}/setup/`)).to.equal(true);
    expect(await json(['setup-link'])).to.deep.equal({ exitCode: 0, document: { link: stdout.trim() } });
  });

  it('reports that the set-up is complete, and exits with 3, after the link was used', async () => {
    const { gatehouse, json, withServices } = installation();
    const { document } = await json(['setup-link']);
    await withServices(({ setup }) =>
      setup.createFirstAdministrator(
        { token: String(document['link']).split('/').at(-1) ?? '', email: 'root@example.com', password },
        {},
      ),
    );
    const { exitCode, stdout, stderr } = await gatehouse(['setup-link']);
    expect(exitCode).to.equal(3);
    expect(stdout).to.equal('');
    expect(stderr).to.include('The set-up is complete');
    const after = await json(['setup-link']);
    expect(after.exitCode).to.equal(3);
    expect(after.document).to.have.nested.property('error.code', 'not_found');
  });
});
