import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/server.ts';

describe('npm run examples', () => {
  it('starts a server and all examples in an empty data folder, and stops them at SIGTERM', async function runExamples() {
    this.timeout(60_000);
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-examples-'));
    const port = await freePort();
    const examples = spawn(process.execPath, [fileURLToPath(new URL('../../examples/run.ts', import.meta.url))], {
      env: {
        PATH: process.env['PATH'],
        DATA_DIR: dataDir,
        PORT: String(port),
        PRINTS_PORT: String(await freePort()),
        CALENDAR_PORT: String(await freePort()),
        PHOTOS_API_PORT: String(await freePort()),
      },
    });
    const ended = once(examples, 'exit');
    let output = '';
    const isStarted = new Promise<void>((resolve) => {
      examples.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        if (output.includes('Press Ctrl-C')) {
          resolve();
        }
      });
      examples.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    });
    try {
      await Promise.race([isStarted, ended]);
      expect(output, output)
        .to.include(`Examples, with the server at http://localhost:${port}`)
        .and.include('published "Picture of the day')
        .and.include('Sign in as demo@example.com');
      examples.kill('SIGTERM');
      expect(await ended).to.deep.equal([0, null]);
    } finally {
      examples.kill('SIGKILL');
      await rm(dataDir, { recursive: true });
    }
  });
});
