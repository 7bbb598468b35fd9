/**
 * Reads the configuration, and says everything that is wrong with it at once. The only file that reads `process.env`.
 *
 * Precedence, the later wins: a setting's default, `default.yaml`, the profile's default, `<profile>.yaml`, the
 * environment (`NAME`, or the file that `NAME_FILE` names), arguments. (A profile's default gives way to a
 * `default.yaml` that was changed.) What stays without a value is derived where it can be: `ISSUER` from `PORT`,
 * `DATABASE_URL` from `DATA_DIR`.
 *
 * What is *not* done: nothing is opened, made or contacted. Whether the database answers, and whether `SECRET` is the
 * one that the stored data was sealed with, is found out by those who open them.
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { ConfigurationError } from '../errors.ts';
import { didYouMean } from './did-you-mean.ts';
import { productionRules, rules, warningsOf } from './rules.ts';
import type { Config, NamedSetting, Origin, Profile, SettingValues } from './schema.ts';
import { defaultOf, profiles, settingList } from './schema.ts';
import type { Raw } from './value-types.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadOptions {
  /** The process's own unless given. */
  readonly environment?: Environment;
  /**
   * The folder of the YAML files; the one that comes with Gatehouse unless given (or named by `CONFIG_DIR`). A missing
   * file is an empty one.
   */
  readonly directory?: string;
  /** What relative paths start from. */
  readonly workingDirectory?: string;
  /** Values by environment name that win over everything. */
  readonly overrides?: Readonly<Record<string, Raw>>;
}

/** A raw value, and where it came from. */
interface Found {
  readonly raw: Raw;
  readonly origin: Origin;
}

interface Reading {
  readonly found: ReadonlyMap<NamedSetting, Found>;
  readonly problems: readonly string[];
}

const ownDirectory = fileURLToPath(new URL('../../config/', import.meta.url));

const environmentNames = settingList.map((named) => named.environmentName);

/**
 * The profile that `NODE_ENV` names; development where it is unset or empty. Any other word is a problem, not
 * development: somebody who writes `Production`, `prod` or `staging` does not mean a server that shows mails and
 * details.
 */
function profileOf(environment: Environment): { readonly profile: Profile; readonly problems: readonly string[] } {
  const name = environment['NODE_ENV'] ?? '';
  const profile = name === '' ? 'development' : profiles.find((known) => known === name);
  if (profile !== undefined) {
    return { profile, problems: [] };
  }
  const meant = profiles.find((known) => known.startsWith(name.trim().toLowerCase().slice(0, 4)));
  const advice =
    meant === undefined
      ? 'Set NODE_ENV to one of these; a server that others reach, also to try things out (staging), is production'
      : `Set NODE_ENV=${meant}`;
  return {
    profile: 'development',
    problems: [
      `NODE_ENV: received ${JSON.stringify(name)}; expected ${profiles.join(', ')}, or nothing, which is development. ${advice}.`,
    ],
  };
}

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

function equal(left: Raw, right: Raw): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** What a YAML file says, by path; a key that is neither a setting nor a topic is a problem. */
function readYaml(directory: string, name: string): { values: ReadonlyMap<string, Raw>; problems: readonly string[] } {
  const values = new Map<string, Raw>();
  const problems: string[] = [];
  const paths = new Set(settingList.map((named) => named.path));
  const visit = (node: Readonly<Record<string, unknown>>, parents: readonly string[]): void => {
    for (const [key, value] of Object.entries(node)) {
      const path = [...parents, key].join('.');
      const isTopic = settingList.some((named) => named.path.startsWith(`${path}.`));
      if (paths.has(path) && isRaw(value)) {
        values.set(path, value);
      } else if (isTopic && isMapping(value)) {
        visit(value, [...parents, key]);
      } else if (paths.has(path)) {
        problems.push(
          `${path} in ${name}: received a ${Array.isArray(value) ? 'list of other things than text' : 'group of settings'}; expected one value. Correct ${name}.`,
        );
      } else if (!isTopic) {
        problems.push(unknownKey(path, name, paths));
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
        `${name}: received something else than settings by name; expected lines such as "port: 3000". Correct ${name}.`,
      );
    }
  } catch (error) {
    if (!isMissing(error)) {
      problems.push(`${name}: cannot be read (${reasonOf(error)}). Correct ${name}.`);
    }
  }
  return { values, problems };
}

function unknownKey(path: string, name: string, paths: ReadonlySet<string>): string {
  const topics = [...paths].map((known) => known.split('.')[0] ?? known);
  const sameWords = (known: string): boolean =>
    known.replaceAll(/[._]/g, '') === path.replaceAll(/[._-]/g, '').toLowerCase();
  const meant = [...paths].find(sameWords) ?? didYouMean(path, [...paths, ...topics]);
  return meant === undefined
    ? `${path} in ${name}: no setting has this name. Remove it; the file default.yaml that comes with Gatehouse lists them all.`
    : `${path} in ${name}: no setting has this name; did you mean ${meant}? Rename or remove it.`;
}

/** What the environment says of a setting; an empty variable says nothing. */
function readVariable(
  environment: Environment,
  name: string,
  workingDirectory: string,
): { raw?: string; origin?: Origin; problem?: string } {
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

/** Collects the raw value of every setting by precedence. */
function read(profile: Profile, options: Required<LoadOptions>): Reading {
  const problems: string[] = [];
  const files = ['default.yaml', `${profile}.yaml`].map((name) => ({ name, ...readYaml(options.directory, name) }));
  problems.push(...files.flatMap((file) => file.problems));
  const found = new Map<NamedSetting, Found>();
  for (const named of settingList) {
    const ownDefault = defaultOf(named.setting, profile);
    let winner: Found = { raw: ownDefault, origin: 'default' };
    for (const file of files) {
      const raw = file.values.get(named.path) ?? null;
      const shipped = file.name === 'default.yaml' ? named.setting.default : ownDefault;
      if (raw !== null && !equal(raw, shipped)) {
        winner = { raw, origin: `file ${file.name}` };
      } else if (raw !== null && file.name !== 'default.yaml') {
        winner = { raw, origin: 'default' };
      }
    }
    const variable = readVariable(options.environment, named.environmentName, options.workingDirectory);
    if (variable.problem !== undefined) {
      problems.push(variable.problem);
    } else if (variable.raw !== undefined && variable.origin !== undefined) {
      winner = { raw: variable.raw, origin: variable.origin };
    }
    const override = options.overrides[named.environmentName];
    if (override !== undefined && override !== null) {
      winner = { raw: override, origin: 'argument' };
    }
    found.set(named, winner);
  }
  return { found, problems };
}

/** A raw value as a problem may show it: never a secret's. */
function shown({ setting }: NamedSetting, { raw }: Found): string {
  if (setting.secret !== undefined) {
    return 'a value that is not shown';
  }
  const text = JSON.stringify(raw);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function source(origin: Origin): string {
  return origin === 'environment' || origin === 'default' ? '' : ` (${origin})`;
}

function typeProblem(named: NamedSetting, found: Found, message: string): string {
  const example =
    named.setting.example === undefined ? '' : `, for example ${named.environmentName}=${named.setting.example}`;
  return `${named.environmentName}: received ${shown(named, found)}${source(found.origin)}; expected ${message}. Set ${named.environmentName} (${named.path} in YAML)${example}.`;
}

interface Checked {
  readonly values: Map<string, unknown>;
  readonly origins: Record<string, Origin>;
  readonly problems: readonly string[];
}

/**
 * Turns raw values into typed ones. The default stands in for a wrong one, so that the rules can still look at the
 * rest.
 */
function check(found: ReadonlyMap<NamedSetting, Found>, profile: Profile): Checked {
  const values = new Map<string, unknown>();
  const origins: Record<string, Origin> = {};
  const problems: string[] = [];
  for (const [named, value] of found) {
    origins[named.environmentName] = value.origin;
    if (value.raw !== null) {
      const result = named.setting.type.schema.safeParse(value.raw);
      if (result.success) {
        values.set(named.environmentName, result.data);
      } else {
        const message =
          result.error.issues[0]?.code === 'custom' || result.error.issues[0]?.code === 'invalid_format'
            ? result.error.issues[0].message
            : named.setting.type.expected;
        problems.push(typeProblem(named, value, message.replaceAll('`', '')));
        const standIn = named.setting.type.schema.safeParse(defaultOf(named.setting, profile));
        if (standIn.success) {
          values.set(named.environmentName, standIn.data);
        }
      }
    }
  }
  return { values, origins, problems };
}

const requiredInProduction: Readonly<Record<string, string>> = {
  ISSUER: 'the https address that browsers reach this server at, for example ISSUER=https://login.example.com',
  DATABASE_URL:
    'where data is kept, for example DATABASE_URL=mongodb://db1,db2,db3/gatehouse?replicaSet=rs0 (or sqlite:/var/lib/gatehouse/gatehouse.db on one machine)',
  SECRET: 'at least 32 random bytes; `gatehouse config secret` prints some',
};

function missingInProduction(found: ReadonlyMap<NamedSetting, Found>): string[] {
  return [...found].flatMap(([{ environmentName }, { raw }]) => {
    const expected = requiredInProduction[environmentName];
    return raw === null && expected !== undefined
      ? [
          `${environmentName}: received nothing; expected ${expected}. Set ${environmentName} or ${environmentName}_FILE.`,
        ]
      : [];
  });
}

/** Makes `sqlite:` and a relative path absolute; anything else stays as it is. */
function absoluteDatabase(url: string, workingDirectory: string): string {
  const path = /^sqlite:(?!\/)(.+)$/.exec(url)?.[1];
  return path === undefined ? url : `sqlite:${resolve(workingDirectory, path)}`;
}

/** Fills in what follows from other settings, and makes paths absolute. */
function derive({ values, origins }: Checked, workingDirectory: string): string[] {
  const problems: string[] = [];
  const derived = (name: string, value: unknown): void => {
    if (!values.has(name)) {
      values.set(name, value);
      origins[name] = 'derived';
    }
  };
  for (const name of ['DATA_DIR', 'VIEWS_DIR']) {
    const path = values.get(name);
    if (typeof path === 'string') {
      values.set(name, resolve(workingDirectory, path));
    }
  }
  const port = values.get('PORT');
  if (!values.has('ISSUER') && port === 0) {
    problems.push(
      'ISSUER: received nothing while PORT is 0; expected an address, since a free port is not known beforehand. Set ISSUER, or PORT to a fixed one.',
    );
  }
  derived('ISSUER', `http://localhost:${String(port)}`);
  derived('DATABASE_URL', `sqlite:${resolve(String(values.get('DATA_DIR')), 'gatehouse.db')}`);
  values.set('DATABASE_URL', absoluteDatabase(String(values.get('DATABASE_URL')), workingDirectory));
  derived('MAIL_FROM', `no-reply@${URL.parse(String(values.get('ISSUER')))?.hostname ?? 'localhost'}`);
  if (!values.has('SECRET')) {
    values.set('SECRET', []);
  }
  return problems;
}

/** Nests the values as {@link SettingValues} does. */
function nest(values: ReadonlyMap<string, unknown>): SettingValues {
  const root: Record<string, unknown> = {};
  for (const { keys, environmentName } of settingList) {
    let node = root;
    for (const key of keys.slice(0, -1)) {
      const child = isMapping(node[key]) ? { ...node[key] } : {};
      node[key] = child;
      node = child;
    }
    node[keys.at(-1) ?? ''] = values.get(environmentName);
  }
  // Each value was made by the schema of the setting at this very place, which is what the type says.
  return root as unknown as SettingValues;
}

/** Variables that look like a misspelt setting. Names that other programs use are nobody's mistake. */
function misspelt(environment: Environment): string[] {
  const known = [...environmentNames, ...environmentNames.map((name) => `${name}_FILE`), 'NODE_ENV', 'CONFIG_DIR'];
  const foreign = /^(npm_|NODE_|LC_)|^(HOME|HOSTNAME|POST|REPORT|SHOST|SORT)$/;
  return Object.keys(environment)
    .sort()
    .flatMap((name) => {
      // A Kubernetes service of our name sets GATEHOUSE_PORT=tcp://… in every container.
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

/** Files may be missing, but a folder that is named and is not there was meant to hold some. */
function missingDirectory(named: string | undefined, directory: string): string[] {
  return named === undefined || named === '' || statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true
    ? []
    : [`CONFIG_DIR: ${directory} is no folder; expected the one that holds default.yaml and the others.`];
}

/**
 * Loads and validates the configuration; opens nothing.
 *
 * @throws ConfigurationError with every problem at once, each with the setting that fixes it; never with a secret's
 * value.
 */
export function loadConfig(options: LoadOptions = {}): Config {
  const environment = options.environment ?? process.env;
  const workingDirectory = options.workingDirectory ?? process.cwd();
  const named = environment['CONFIG_DIR'];
  const directory =
    options.directory ?? (named === undefined || named === '' ? ownDirectory : resolve(workingDirectory, named));
  const { profile, problems: profileProblems } = profileOf(environment);

  const reading = read(profile, { environment, directory, workingDirectory, overrides: options.overrides ?? {} });
  const checked = check(reading.found, profile);
  const problems = [
    ...profileProblems,
    ...missingDirectory(named, directory),
    ...reading.problems,
    ...checked.problems,
  ];
  /** One message for one setting: what is missing because its file is empty is said by the file's own problem. */
  const addNews = (more: readonly string[]): void => {
    const settingOf = (problem: string | undefined): string | undefined => problem?.split(':')[0];
    problems.push(...more.filter((problem) => !problems.some((known) => settingOf(known) === settingOf(problem))));
  };
  if (profile === 'production') {
    addNews(missingInProduction(reading.found));
  }
  problems.push(...derive(checked, workingDirectory));

  const values = nest(checked.values);
  const applied = profile === 'production' ? [...rules, ...productionRules] : rules;
  for (const problem of applied.flatMap((rule) => rule(values) ?? [])) {
    addNews([problem]);
  }
  if (problems.length > 0) {
    throw new ConfigurationError(problems);
  }
  return {
    ...values,
    profile,
    warnings: [...misspelt(environment), ...warningsOf(values, profile)],
    origins: checked.origins,
  };
}
