import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const launcher = fileURLToPath(new URL('../../src/cli/gatehouse.js', import.meta.url));

/** The path of a Node.js on this machine that is older than version 24, if there is one. */
function findOldNode(): string | undefined {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  return folders
    .map((folder) => join(folder, 'node'))
    .find((path) => {
      if (!existsSync(path)) {
        return false;
      }
      const major = Number(
        execFileSync(path, ['--print', 'process.versions.node'], { encoding: 'utf8' }).split('.')[0],
      );
      return major < 24;
    });
}

describe('the launcher', () => {
  it('rejects an old Node.js with one sentence and exit code 78, before it loads anything', () => {
    const oldNode = findOldNode();
    const olderVersion = [
      '--import',
      'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.9.0"}})',
    ];
    for (const [node, flags] of [
      [process.execPath, olderVersion] as const,
      ...(oldNode === undefined ? [] : [[oldNode, []] as const]),
    ]) {
      const { status, stdout, stderr } = spawnSync(node, [...flags, launcher, 'serve'], { encoding: 'utf8' });
      expect(status).to.equal(78);
      expect(stdout).to.equal('');
      expect(stderr).to.match(/^Gatehouse needs Node\.js 24 or later; this is Node\.js (?!24)\d+\.\d+\.\d+\..*\n$/);
    }
  });

  it('asks to run npm ci, in one line, when the packages are not installed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-launcher-'));
    try {
      cpSync(join(launcher, '../..'), join(folder, 'src'), { recursive: true });
      copyFileSync(join(launcher, '../../../package.json'), join(folder, 'package.json'));
      for (const argv of [['config', 'secret'], ['serve'], ['--help']]) {
        const { status, stdout, stderr } = spawnSync(
          process.execPath,
          [join(folder, 'src/cli/gatehouse.js'), ...argv],
          {
            encoding: 'utf8',
          },
        );
        expect(stderr, argv.join(' ')).to.equal(
          'The packages that Gatehouse needs are not installed. Run `npm ci` first.\n',
        );
        expect([status, stdout]).to.deep.equal([78, '']);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('runs a command and exits with its exit code', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'config', 'secret'], {
      encoding: 'utf8',
    });
    expect(stderr).to.equal('');
    expect(stdout).to.match(/^[\w-]{43}\n$/);
    expect(status).to.equal(0);
  });

  it('exits with 78 and prints every problem when the configuration is invalid', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'serve'], {
      encoding: 'utf8',
      env: { NODE_ENV: 'production', PORT: 'x' },
    });
    expect(status).to.equal(78);
    expect(stdout).to.equal('');
    for (const name of ['PORT', 'ISSUER', 'DATABASE_URL', 'SECRET']) {
      expect(stderr).to.include(`  - ${name}: `);
    }
    expect(stderr).not.to.include('    at ');
  });

  it('runs the build when it is installed as a package, because Node.js strips no types in node_modules', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-launcher-'));
    try {
      const installed = join(folder, 'node_modules', 'gatehouse');
      mkdirSync(join(installed, 'src', 'cli'), { recursive: true });
      mkdirSync(join(installed, 'dist', 'cli'), { recursive: true });
      writeFileSync(join(installed, 'package.json'), '{"type":"module"}');
      writeFileSync(
        join(installed, 'dist', 'cli', 'main.js'),
        'export async function main() { console.log("built"); }',
      );
      copyFileSync(launcher, join(installed, 'src', 'cli', 'gatehouse.js'));
      const { stdout } = spawnSync(process.execPath, [join(installed, 'src', 'cli', 'gatehouse.js')], {
        encoding: 'utf8',
      });
      expect(stdout).to.equal('built\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('runs from any folder and through a symbolic link, as with npx', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-launcher-'));
    try {
      symlinkSync(launcher, join(folder, 'gatehouse'));
      const { status, stdout } = spawnSync(process.execPath, [join(folder, 'gatehouse'), 'config', 'check', '--json'], {
        encoding: 'utf8',
        cwd: folder,
        env: {},
      });
      expect(status).to.equal(0);
      expect(JSON.parse(stdout)).to.deep.equal({ valid: true, profile: 'development', warnings: [] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
