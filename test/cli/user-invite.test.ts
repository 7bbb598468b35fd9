import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';
import { run } from './terminal.ts';

onEachDatabase('gatehouse user invite', (installation) => {
  const invite = (more: readonly string[] = []) => {
    const { environment } = installation();
    const words = ['user', 'invite', 'ada@example.com', '--group', 'staff', '--name', 'Ada Lovelace', ...more];
    return run(words, { environment: { ...environment, SIGN_UP: 'invitation' } });
  };

  it('mails an invitation; the account is created when it is accepted', async () => {
    const { exitCode, stdout } = await invite(['--json']);
    expect(exitCode).to.equal(0);
    const { expires_at: end, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
    expect(rest).to.deep.equal({ email: 'ada@example.com', groups: ['staff'] });
    expect(end).to.be.closeTo(Date.now() / 1000 + 7 * 86_400, 60);
    expect((await invite()).stdout).to.include('A mail to ada@example.com is in the outbox');
    const { gatehouse } = installation();
    expect((await gatehouse(['user', 'list'])).stdout).to.include('There is no user.');
    expect((await gatehouse(['audit', 'list'])).stdout).to.include('user.invited');
  });

  it('explains what to do while sign-up is closed', async () => {
    const { exitCode, stderr } = await installation().gatehouse(['user', 'invite', 'ada@example.com']);
    expect(exitCode).to.equal(4);
    expect(stderr).to.include('SIGN_UP=invitation');
  });
});
