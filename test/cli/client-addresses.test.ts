/** Commands that register a client warn about addresses to which this server sends no requests. */
import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';
import { run, type Outcome } from './terminal.ts';

onEachDatabase('gatehouse client: an address in a private network', (installation) => {
  function gatehouse(argv: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { environment } = installation();
    return run(argv, {
      environment: { ...environment, OUTBOUND_PRIVATE_NETWORKS: 'false', ...settings },
      input: '',
      workingDirectory: environment['DATA_DIR'] ?? '',
    });
  }

  const create = ['client', 'create', '--name', 'Prints', '--type', 'web', '--redirect-uri', 'https://p.example/'];
  const withAddress = [...create, '--backchannel-logout-uri', 'https://10.0.0.7/logout'];
  const warning =
    'Logout notices cannot reach https://10.0.0.7/logout: 10.0.0.7 is not a public address, and OUTBOUND_ALLOW does not contain it.';

  function warningsIn({ stdout }: Outcome): unknown {
    return (JSON.parse(stdout) as Readonly<Record<string, unknown>>)['warnings'];
  }

  it('is registered with a warning, in text and in JSON', async () => {
    const text = await gatehouse([...withAddress, '--id', 'prints']);
    expect(text.exitCode).to.equal(0);
    expect(text.stdout).to.include(`Warning: ${warning}`);
    const json = await gatehouse([...withAddress, '--json']);
    expect(json.exitCode).to.equal(0);
    expect(JSON.stringify(warningsIn(json))).to.include(warning);
  });

  it('is warned about when the client is changed, until the address is allowed or removed', async () => {
    const update = ['client', 'update', 'prints', '--name', 'Prints 2'];
    expect((await gatehouse(update)).stdout).to.include(`Warning: ${warning}`);
    expect(JSON.stringify(warningsIn(await gatehouse([...update, '--json'])))).to.include(warning);
    const allowed = { OUTBOUND_ALLOW: '10.0.0.0/24' };
    expect((await gatehouse(update, allowed)).stdout).not.to.include('Warning');
    expect(warningsIn(await gatehouse([...update, '--json'], allowed))).to.equal(undefined);
    const removed = await gatehouse([...update, '--backchannel-logout-uri', '']);
    expect(removed.exitCode).to.equal(0);
    expect(removed.stdout).not.to.include('Warning');
  });
});
