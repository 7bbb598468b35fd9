/** Reads the settings in one YAML file, by path (`lifetime.id_token`). */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { didYouMean } from './did-you-mean.ts';
import { isMissing, reasonOf } from './read-errors.ts';
import { settingList } from './setting-list.ts';
import type { Raw } from './value-types.ts';

const paths: ReadonlySet<string> = new Set(settingList.map((named) => named.path));

function isRaw(value: unknown): value is Raw {
  return (
    value === null ||
    ['string', 'number', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every((entry) => typeof entry === 'string'))
  );
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a path is a group of settings: `lifetime`. */
function isGroup(path: string): boolean {
  return settingList.some((named) => named.path.startsWith(`${path}.`));
}

function unknownKey(path: string, name: string): string {
  const groups = [...paths].map((known) => known.split('.')[0] ?? known);
  const sameLetters = (known: string): boolean =>
    known.replaceAll(/[._]/g, '') === path.replaceAll(/[._-]/g, '').toLowerCase();
  const meant = [...paths].find(sameLetters) ?? didYouMean(path, [...paths, ...groups]);
  return meant === undefined
    ? `${path} in ${name}: no setting has this name. Remove it; the file default.yaml that comes with Gatehouse lists all settings.`
    : `${path} in ${name}: no setting has this name; did you mean ${meant}? Rename or remove it.`;
}

/**
 * Reads a file. A key that is neither a setting nor a group of settings is a problem; a file that does not exist is
 * treated as empty.
 */
export function readYamlFile(
  directory: string,
  name: string,
): { readonly values: ReadonlyMap<string, Raw>; readonly problems: readonly string[] } {
  const values = new Map<string, Raw>();
  const problems: string[] = [];
  const visit = (node: Readonly<Record<string, unknown>>, parents: readonly string[]): void => {
    for (const [key, value] of Object.entries(node)) {
      const path = [...parents, key].join('.');
      if (paths.has(path) && isRaw(value)) {
        values.set(path, value);
      } else if (isGroup(path) && isMapping(value)) {
        visit(value, [...parents, key]);
      } else if (paths.has(path)) {
        problems.push(
          `${path} in ${name}: received a ${Array.isArray(value) ? 'list with entries that are not text' : 'group of settings'}; expected one value. Correct ${name}.`,
        );
      } else if (!isGroup(path)) {
        problems.push(unknownKey(path, name));
      } else if (value !== null) {
        problems.push(`${path} in ${name}: received one value; expected a group of settings. Correct ${name}.`);
      }
    }
  };
  try {
    const document: unknown = parse(readFileSync(resolve(directory, name), 'utf8'), { prettyErrors: true });
    if (isMapping(document)) {
      visit(document, []);
    } else if (document !== null && document !== undefined) {
      problems.push(
        `${name}: received something other than settings with names; expected lines such as "port: 3000". Correct ${name}.`,
      );
    }
  } catch (error) {
    if (!isMissing(error)) {
      problems.push(`${name}: cannot be read (${reasonOf(error)}). Correct ${name}.`);
    }
  }
  return { values, problems };
}
