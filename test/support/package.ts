/** Builds and packs the package as for publication, and installs it as a user would. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Builds and packs the package and installs it in `folder`, without a network: its `dependencies` are links to the
 * packages of this clone, and no other package is there.
 * @returns the folder of the installed package, and the files in the tarball
 */
export async function installPackage(
  folder: string,
): Promise<{ readonly installed: string; readonly files: readonly string[] }> {
  await run('npm', ['run', '--silent', 'build'], { cwd: root });
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  const answer = JSON.parse(stdout) as unknown;
  const [packed] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as readonly {
    filename: string;
    files: readonly { path: string }[];
  }[];
  if (packed === undefined) {
    throw new Error(`npm pack reported no package: ${stdout}`);
  }
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'gatehouse');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', join(folder, packed.filename), '--strip-components=1', '-C', installed]);
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  return { installed, files: packed.files.map(({ path }) => path) };
}
