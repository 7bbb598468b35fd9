/** Lists the source files that are written by hand, for tests that check all of them. */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = ['node_modules', '.venv'];

/**
 * @param folders names of folders at the top
 * @param extensions such as `ts`
 * @returns paths from the top, sorted, without installed packages
 */
export function sourceFiles(folders: readonly string[], extensions: readonly string[]): readonly string[] {
  return globSync(
    folders.flatMap((folder) => extensions.map((extension) => `${folder}/**/*.${extension}`)),
    { cwd: root, exclude: (name) => installed.some((folder) => name === folder || name.endsWith(`/${folder}`)) },
  ).sort();
}
