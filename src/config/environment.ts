/** Reads settings from environment variables: `NAME`, or the file whose path is in `NAME_FILE`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Origin } from './config.ts';
import { didYouMean } from './did-you-mean.ts';
import { reasonOf } from './read-errors.ts';
import { settingList } from './setting-list.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads one setting; an empty variable is treated as not set.
 * @returns the value and its origin, or a problem; neither if the setting is not in the environment
 */
export function readVariable(
  environment: Environment,
  name: string,
  workingDirectory: string,
): { readonly raw?: string; readonly origin?: Origin; readonly problem?: string } {
  const value = environment[name];
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') {
    return value === undefined || value === '' ? {} : { raw: value, origin: 'environment' };
  }
  if (value !== undefined && value !== '') {
    return { problem: `${name}: received both ${name} and ${name}_FILE; expected one of them. Unset one.` };
  }
  try {
    const content = readFileSync(resolve(workingDirectory, file), 'utf8').replace(/\r?\n$/, '');
    return content.trim() === ''
      ? {
          problem: `${name}: the file that ${name}_FILE names (${file}) is empty. Write the value into it, or unset ${name}_FILE.`,
        }
      : { raw: content, origin: `file ${file}` };
  } catch (error) {
    return {
      problem: `${name}: the file that ${name}_FILE names cannot be read (${reasonOf(error)}). Correct ${name}_FILE or the file's permissions.`,
    };
  }
}

const environmentNames = settingList.map((named) => named.environmentName);

/** A warning for each variable that looks like a misspelt setting. Names that other programs use are ignored. */
export function misspeltVariables(environment: Environment): string[] {
  const known = [...environmentNames, ...environmentNames.map((name) => `${name}_FILE`), 'NODE_ENV', 'CONFIG_DIR'];
  const foreign = /^(npm_|NODE_|LC_)|^(HOME|HOSTNAME|POST|REPORT|SHOST|SORT)$/;
  return Object.keys(environment)
    .sort()
    .flatMap((name) => {
      // If a Kubernetes service is named gatehouse, every container has GATEHOUSE_PORT=tcp://….
      const isServiceLink = environment[name]?.startsWith('tcp://') ?? false;
      if (known.includes(name) || foreign.test(name) || isServiceLink) {
        return [];
      }
      const bare = name.replace(/^GATEHOUSE_/i, '');
      const meant = known.includes(bare) ? bare : didYouMean(bare, known);
      return meant === undefined
        ? []
        : [`The environment variable ${name} is not a setting and has no effect; did you mean ${meant}?`];
    });
}
