/** All settings as a list, with their names in the environment and in the YAML files. */
import { settings } from './schema.ts';
import type { Setting } from './setting.ts';

/** A setting with the names that follow from its place in {@link settings}. */
export interface NamedSetting {
  readonly setting: Setting<unknown>;
  /** The path in {@link settings}: `lifetime`, `accessTokenJwt`. */
  readonly keys: readonly string[];
  /** In the YAML files: `lifetime.access_token_jwt`. */
  readonly path: string;
  /** In the environment: `LIFETIME_ACCESS_TOKEN_JWT`. */
  readonly environmentName: string;
}

interface SettingTree {
  readonly [key: string]: Setting<unknown> | SettingTree;
}

function isSetting(node: Setting<unknown> | SettingTree): node is Setting<unknown> {
  return 'sentence' in node && typeof node.sentence === 'string';
}

function snakeCase(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function flatten(tree: SettingTree, parents: readonly string[] = []): NamedSetting[] {
  return Object.entries(tree).flatMap(([key, node]) => {
    const keys = [...parents, key];
    if (!isSetting(node)) {
      return flatten(node, keys);
    }
    const path = keys.map(snakeCase).join('.');
    return [{ setting: node, keys, path, environmentName: path.replaceAll('.', '_').toUpperCase() }];
  });
}

/** Every setting, in the order of {@link settings}. */
export const settingList: readonly NamedSetting[] = flatten(settings as SettingTree);
