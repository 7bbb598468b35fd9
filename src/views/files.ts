/** Lists the files of a folder of views. Files of the operator's folder replace those with the same name. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locale } from './models.ts';
import type { Template } from './templates.ts';

/** Names are paths below the folder, with `/`. */
interface ViewFiles {
  /** The path of each file; the operator's if both folders have it. */
  readonly merged: ReadonlyMap<string, string>;
  /** Every file, the operator's last. */
  readonly all: readonly { readonly name: string; readonly file: string }[];
}

/**
 * Lists both folders.
 * @param problems receives what is wrong, one sentence each
 */
export function readViewFiles(
  { directory, overrides }: { readonly directory: string; readonly overrides?: string },
  problems: string[],
): ViewFiles {
  const all = [directory, ...(overrides === undefined ? [] : [overrides])].flatMap((folder) => {
    if (!existsSync(folder)) {
      problems.push(`the folder of views ${folder} does not exist`);
      return [];
    }
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ name: file.slice(join(folder, '/').length).replaceAll('\\', '/'), file }));
  });
  return { all, merged: new Map(all.map(({ name, file }) => [name, file])) };
}

export function filesBelow({ merged }: ViewFiles, prefix: string): ReadonlyMap<string, string> {
  return new Map(
    [...merged].filter(([name]) => name.startsWith(prefix)).map(([name, file]) => [name.slice(prefix.length), file]),
  );
}

export function templatesAmong({ merged }: ViewFiles): readonly Template[] {
  return [...merged]
    .filter(([name]) => name.endsWith('.eta'))
    .map(([name, file]) => ({ name: name.slice(0, -'.eta'.length), file }));
}

/** The files of each language, the operator's last. */
export function cataloguesAmong({ all }: ViewFiles): ReadonlyMap<Locale, readonly string[]> {
  const found = new Map<Locale, string[]>();
  for (const { name, file } of all) {
    const locale = /^locales\/([^/]+)\.yaml$/.exec(name)?.[1];
    if (locale !== undefined) {
      found.set(locale, [...(found.get(locale) ?? []), file]);
    }
  }
  return found;
}
