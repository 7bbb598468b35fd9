/** examples/django, and the Python code of docs/testing.md and docs/django.md: their own tests, run by pytest. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { startTestServer } from '../../src/testing/index.ts';
import { freePort } from '../support/server.ts';
import { install } from './packages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = join(root, 'examples/django');

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

describe('the example for Django REST framework', function djangoExample() {
  this.timeout(300_000);
  let python = '';
  let folder = '';

  before(async function prepare() {
    this.timeout(600_000);
    const interpreter = await install('django example');
    if (interpreter === null) {
      this.skip();
    }
    python = interpreter;
    // Inside the repository, where `npx gatehouse` is this Gatehouse.
    mkdirSync(join(root, 'data'), { recursive: true });
    folder = mkdtempSync(join(root, 'data', 'django-'));
  });
  after(() => {
    if (folder !== '') {
      rmSync(folder, { recursive: true });
    }
  });

  function pytest(directory: string, ...argv: readonly string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
      const { NODE_ENV: _profile, ...environment } = process.env;
      execFile(
        python,
        ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...argv],
        {
          cwd: directory,
          env: { ...environment, PATH: path, PYTHONDONTWRITEBYTECODE: '1' },
          maxBuffer: 16 * 1024 * 1024,
        },
        (error, stdout, stderr) =>
          resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
      );
    });
  }

  /** The block of Python of a page that contains a text. */
  function block(page: string, containing: string): string {
    const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```python\n([^]*?)^```$/gm)];
    const found = blocks.map(([, code = '']) => code).find((code) => code.includes(containing));
    expect(found, `${page}: ${containing}`).to.be.a('string');
    return found ?? '';
  }

  it('passes its tests, with JWTs and with opaque tokens, and skips none', async () => {
    const { exitCode, output } = await pytest(example);
    expect(exitCode, output).to.equal(0);
    expect(Number(/(\d+) passed/.exec(output)?.[1]), output).to.be.greaterThan(60);
    expect(output).to.not.match(/\d+ (?:skipped|xfailed|deselected)/);
  });

  it('finds the user of its database, run by the commands of its README', async () => {
    const photos = 'https://photos.example/api';
    await using gatehouse = await startTestServer({ apis: [{ identifier: photos, scopes: ['photos:read'] }] });
    const port = await freePort();
    const options = {
      cwd: example,
      env: {
        PATH: process.env['PATH'],
        PYTHONDONTWRITEBYTECODE: '1',
        ISSUER: gatehouse.issuer,
        DATABASE: join(folder, 'data.sqlite3'),
      },
    };
    await promisify(execFile)(python, ['manage.py', 'migrate'], options);
    const api = spawn(python, ['manage.py', 'runserver', '--noreload', String(port)], { ...options, stdio: 'ignore' });
    try {
      const token = await gatehouse.token({ sub: 'usr_ada', scope: 'photos:read' });
      const call = (path: string): Promise<Response | undefined> =>
        fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } }).catch(
          () => undefined,
        );
      while (api.exitCode === null && (await call('/me')) === undefined) {
        await wait(100);
      }
      const answer = await call('/account');
      expect(answer?.status).to.equal(200);
      expect(await answer?.json()).to.deep.equal({ username: 'usr_ada' });
    } finally {
      api.kill();
      await once(api, 'exit');
    }
  });

  it('has a gatehouse_drf.py of under 150 lines, each of at most 120 characters', () => {
    const lines = readFileSync(join(example, 'gatehouse_drf.py'), 'utf8').trimEnd().split('\n');
    expect(lines.length).to.be.below(150);
    expect(lines.filter((line) => line.length > 120)).to.deep.equal([]);
  });

  it('has the class for Simple JWT that docs/django.md shows', () => {
    const [, shown = ''] = block('docs/django.md', 'class AccessTokenAuthentication').split(/^(?=class )/m);
    expect(readFileSync(join(example, 'photos/simple_jwt.py'), 'utf8')).to.include(shown);
  });

  it('has the class for users of the database that docs/django.md shows', () => {
    expect(readFileSync(join(example, 'photos/users.py'), 'utf8')).to.include(
      block('docs/django.md', 'class UserAuthentication'),
    );
  });

  it('uses the server as docs/testing.md describes it for pytest', async () => {
    writeFileSync(join(folder, 'conftest.py'), block('docs/testing.md', 'def gatehouse('));
    writeFileSync(join(folder, 'test_photos.py'), block('docs/testing.md', 'def test_knows_the_caller('));
    writeFileSync(join(folder, 'pytest.ini'), '[pytest]\naddopts = -p no:django\n');
    const { exitCode, output } = await pytest(folder);
    expect(exitCode, output).to.equal(0);
    expect(output).to.match(/^3 passed/m);
  });
});
