/**
 * Collects the raw value of each setting and where it came from. Later sources override earlier ones: the setting's
 * default, `default.yaml`, the profile's default, `<profile>.yaml`, the environment, arguments. A profile's default
 * does not override a `default.yaml` that was changed.
 */
import type { Origin } from './config.ts';
import { readVariable, type Environment } from './environment.ts';
import { defaultOf, type Profile } from './setting.ts';
import { settingList, type NamedSetting } from './setting-list.ts';
import type { Raw } from './value-types.ts';
import { readYamlFile } from './yaml-file.ts';

/** Where values are read from. */
export interface Sources {
  readonly environment: Environment;
  /** The folder of the YAML files. */
  readonly directory: string;
  /** Relative paths of `NAME_FILE` variables start here. */
  readonly workingDirectory: string;
  /** Arguments: values by environment name, which override everything. */
  readonly overrides: Readonly<Record<string, Raw>>;
}

/** A value before validation; `raw` is null if the setting has no value. */
export interface RawValue {
  readonly raw: Raw;
  readonly origin: Origin;
}

export type RawValues = ReadonlyMap<NamedSetting, RawValue>;

function equal(left: Raw, right: Raw): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Reads every source. The problems are one sentence each. */
export function readRawValues(
  profile: Profile,
  { environment, directory, workingDirectory, overrides }: Sources,
): { readonly rawValues: RawValues; readonly problems: readonly string[] } {
  const files = ['default.yaml', `${profile}.yaml`].map((name) => ({ name, ...readYamlFile(directory, name) }));
  const problems = files.flatMap((file) => file.problems);
  const rawValues = new Map<NamedSetting, RawValue>();
  for (const named of settingList) {
    const ownDefault = defaultOf(named.setting, profile);
    let winner: RawValue = { raw: ownDefault, origin: 'default' };
    for (const file of files) {
      const raw = file.values.get(named.path) ?? null;
      const shipped = file.name === 'default.yaml' ? named.setting.default : ownDefault;
      if (raw !== null && !equal(raw, shipped)) {
        winner = { raw, origin: `file ${file.name}` };
      } else if (raw !== null && file.name !== 'default.yaml') {
        winner = { raw, origin: 'default' };
      }
    }
    const variable = readVariable(environment, named.environmentName, workingDirectory);
    if (variable.problem !== undefined) {
      problems.push(variable.problem);
    } else if (variable.raw !== undefined && variable.origin !== undefined) {
      winner = { raw: variable.raw, origin: variable.origin };
    }
    const override = overrides[named.environmentName];
    if (override !== undefined && override !== null) {
      winner = { raw: override, origin: 'argument' };
    }
    rawValues.set(named, winner);
  }
  return { rawValues, problems };
}
