import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

const create = ['client', 'create', '--name', 'Our app', '--redirect-uri', 'https://a.example/cb'];

onEachDatabase('gatehouse client --challenge-endpoint', (installation) => {
  const run = (argv: readonly string[]) => installation().gatehouse(argv);

  it('lets a first-party app ask for passwords itself; client show, config check and the audit name it', async () => {
    await run([...create, '--id', 'ours', '--type', 'native', '--first-party', '--challenge-endpoint']);
    expect((await run(['client', 'show', 'ours'])).stdout).to.contain(
      'challenge-endpoint: It asks for passwords itself',
    );
    const { document } = await installation().json(['audit', 'list', '--type', 'client.created']);
    const [event] = document['events'] as readonly Readonly<Record<string, unknown>>[];
    expect(event?.['detail']).to.include({ leniencies: 'challenge-endpoint' });
    await run(['client', 'update', 'ours', '--browser-only']);
    expect((await run(['client', 'show', 'ours'])).stdout).not.to.contain('challenge-endpoint');
  });

  it('is rejected for apps of others, browser apps and machines, and an app that has it stays first-party', async () => {
    for (const options of [
      ['--type', 'native', '--challenge-endpoint'],
      ['--type', 'browser', '--first-party', '--challenge-endpoint'],
    ]) {
      const { exitCode, stderr } = await run([...create, ...options]);
      expect(exitCode).to.equal(2);
      expect(stderr).to.contain('--challenge-endpoint');
    }
    const machine = ['client', 'create', '--name', 'M', '--type', 'machine', '--first-party', '--challenge-endpoint'];
    expect((await run(machine)).exitCode).to.equal(2);
    await run([...create, '--id', 'kept', '--type', 'web', '--first-party', '--challenge-endpoint']);
    expect((await run(['client', 'update', 'kept', '--third-party'])).exitCode).to.equal(2);
    expect((await run(['client', 'update', 'kept', '--third-party', '--browser-only'])).exitCode).to.equal(0);
  });
});
