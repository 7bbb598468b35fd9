import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { processorSeconds, serverPid, sharedMiB } from './process-usage.ts';

/** A shell that runs Node.js, which is busy for the given time, prints a line and, if told to, waits. */
async function shellWithBusyChild(then: string): Promise<{ readonly pid: number; stop(): Promise<void> }> {
  const busy = 'while (process.cpuUsage().user < 100_000);';
  const child = spawn('sh', ['-c', `"$0" -e '${busy} ${then}'; echo done; read line`, process.execPath], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      const exited = once(child, 'exit');
      child.stdin.end('line\nline\n');
      await exited;
    },
  };
}

describe('the processor time and memory of a server in the benchmark', function () {
  before(function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
  });

  it('include those of a child process that runs', async () => {
    const shell = await shellWithBusyChild(
      'console.log("busy no more"); process.stdin.once("data", () => process.exit())',
    );
    try {
      assert.ok((await processorSeconds(shell.pid)) >= 0.1);
      assert.notEqual(await serverPid(shell.pid), shell.pid);
      assert.ok((await sharedMiB(shell.pid)) > (await sharedMiB(await serverPid(shell.pid))));
    } finally {
      await shell.stop();
    }
  });

  it('include the processor time of a child process that has exited', async () => {
    const shell = await shellWithBusyChild('');
    try {
      assert.equal(await serverPid(shell.pid), shell.pid);
      assert.ok((await processorSeconds(shell.pid)) >= 0.1);
    } finally {
      await shell.stop();
    }
  });
});
