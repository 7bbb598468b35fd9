/** The examples of docs/testing.md run as they are written there. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');

/** The code of the page in one language. */
function blocks(language: string): readonly string[] {
  return [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , code = '']) => code);
}

describe('docs/testing.md', function documentation() {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    // Inside the repository, so that the example finds the package by its name.
    mkdirSync(join(root, 'data'), { recursive: true });
    folder = mkdtempSync(join(root, 'data', 'testing-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('has a test of an API in Node that passes', async () => {
    const [example = ''] = blocks('js');
    const file = join(folder, 'photos.test.js');
    writeFileSync(file, example);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--conditions=gatehouse-source',
        '--disable-warning=ExperimentalWarning',
        join(root, 'node_modules/mocha/bin/mocha.js'),
        '--no-config',
        '--no-package',
        file,
      ],
      { cwd: folder },
    );
    expect(stdout).to.match(/\b3 passing\b/);
  });
});
