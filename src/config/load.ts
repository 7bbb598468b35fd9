/**
 * Loads the configuration: reads the values (`raw-values.ts`), validates them (`validate.ts`), derives those that are
 * not set (`derive.ts`), and checks the rules between settings (`rules.ts`). All problems are reported together. In
 * this folder, only this file reads `process.env`.
 *
 * What is *not* done: nothing is opened, created or contacted. Whether the database answers, and whether the stored
 * data was sealed with this `SECRET`, is checked when they are opened.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../errors.ts';
import type { Config } from './config.ts';
import { deriveValues } from './derive.ts';
import { misspeltVariables, type Environment } from './environment.ts';
import { readRawValues } from './raw-values.ts';
import { productionRules, rules, warningsOf } from './rules.ts';
import { profiles, type Profile } from './setting.ts';
import { missingInProduction, validate } from './validate.ts';
import type { Raw } from './value-types.ts';

export interface LoadOptions {
  /** The process's own environment by default. */
  readonly environment?: Environment;
  /**
   * The folder of the YAML files; by default the one that `CONFIG_DIR` names, else the one that comes with Gatehouse. A
   * file that does not exist is treated as empty.
   */
  readonly directory?: string;
  /** Relative paths start here; the process's working directory by default. */
  readonly workingDirectory?: string;
  /** Values by environment name, which override everything. */
  readonly overrides?: Readonly<Record<string, Raw>>;
}

const ownDirectory = fileURLToPath(new URL('../../config/', import.meta.url));

/**
 * The profile that `NODE_ENV` names; development if it is not set or empty. Any other word is a problem and does not
 * mean development: a server that was started with `Production`, `prod` or `staging` must not show mails and error
 * details.
 * @param environment the process's own by default
 */
export function profileOf(environment: Environment = process.env): {
  readonly profile: Profile;
  readonly problems: readonly string[];
} {
  const name = environment['NODE_ENV'] ?? '';
  const profile = name === '' ? 'development' : profiles.find((known) => known === name);
  if (profile !== undefined) {
    return { profile, problems: [] };
  }
  const meant = profiles.find((known) => known.startsWith(name.trim().toLowerCase().slice(0, 4)));
  const advice =
    meant === undefined
      ? 'Set NODE_ENV to one of these; for a server that others can reach, also for staging, set NODE_ENV=production'
      : `Set NODE_ENV=${meant}`;
  return {
    profile: 'development',
    problems: [
      `NODE_ENV: received ${JSON.stringify(name)}; expected ${profiles.join(', ')}, or nothing, which means development. ${advice}.`,
    ],
  };
}

/** A problem if `CONFIG_DIR` names a folder that does not exist. Only the files in it may be missing. */
function missingDirectory(named: string | undefined, directory: string): string[] {
  return named === undefined || named === '' || statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true
    ? []
    : [`CONFIG_DIR: ${directory} is not a folder; expected the folder of default.yaml and the other YAML files.`];
}

/** The problems, without later ones about a setting that an earlier one is about: one cause is reported once. */
function oneForEachSetting(earlier: readonly string[], later: readonly string[]): readonly string[] {
  const settingOf = (problem: string): string | undefined => problem.split(':')[0];
  return later.reduce<readonly string[]>(
    (problems, problem) =>
      problems.some((known) => settingOf(known) === settingOf(problem)) ? problems : [...problems, problem],
    earlier,
  );
}

/**
 * Loads and validates the configuration.
 *
 * @throws ConfigurationError with all problems. Each names the setting that fixes it; none contains a secret's value.
 */
export function loadConfig(options: LoadOptions = {}): Config {
  const environment = options.environment ?? process.env;
  const workingDirectory = options.workingDirectory ?? process.cwd();
  const named = environment['CONFIG_DIR'];
  const directory =
    options.directory ?? (named === undefined || named === '' ? ownDirectory : resolve(workingDirectory, named));
  const { profile, problems: profileProblems } = profileOf(environment);
  const isProduction = profile === 'production';

  const { rawValues, problems: readProblems } = readRawValues(profile, {
    environment,
    directory,
    workingDirectory,
    overrides: options.overrides ?? {},
  });
  const validated = validate(rawValues, profile);
  const { values, origins, problems: deriveProblems } = deriveValues(validated, workingDirectory);
  const appliedRules = isProduction ? [...rules, ...productionRules] : rules;
  const problems = oneForEachSetting(
    [...profileProblems, ...missingDirectory(named, directory), ...readProblems, ...validated.problems],
    [
      ...(isProduction ? missingInProduction(rawValues) : []),
      ...deriveProblems,
      ...appliedRules.flatMap((rule) => rule(values) ?? []),
    ],
  );
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  return {
    ...values,
    profile,
    warnings: [...misspeltVariables(environment), ...warningsOf(values, profile)],
    origins,
  };
}
