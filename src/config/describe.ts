/** The configuration as `gatehouse config show` prints it: every setting, its value (secrets masked) and its origin. */
import { maskAddress } from '../connection-strings.ts';
import type { Config, Origin } from './config.ts';
import { settingList, type NamedSetting } from './setting-list.ts';

interface DescribedSetting {
  /** The name in the environment. */
  readonly name: string;
  /** The path in the YAML files. */
  readonly path: string;
  /** The value as it could be set; null if there is none. A secret is masked. */
  readonly value: string | null;
  readonly origin: Origin;
  readonly secret: boolean;
}

function valueAt(config: Config, keys: readonly string[]): unknown {
  let value: unknown = config;
  for (const key of keys) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  return value;
}

function masked({ setting }: NamedSetting, value: unknown): string | null {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) {
    return null;
  }
  if (setting.secret === 'whole') {
    return Array.isArray(value) && value.length > 1 ? `*** (${value.length} keys)` : '***';
  }
  const text = setting.type.format(value);
  return setting.secret === 'address' ? maskAddress(text) : text;
}

/** Describes every setting, in the order of the schema. The result contains no secret. */
export function describeConfig(config: Config): DescribedSetting[] {
  return settingList.map((named) => ({
    name: named.environmentName,
    path: named.path,
    value: masked(named, valueAt(config, named.keys)),
    origin: config.origins[named.environmentName] ?? 'default',
    secret: named.setting.secret !== undefined,
  }));
}
