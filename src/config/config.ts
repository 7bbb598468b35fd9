/** The type of the configuration, which follows from the settings in `schema.ts`. */
import type { settings } from './schema.ts';
import type { Profile, Setting } from './setting.ts';

type ValuesOf<S> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : ValuesOf<S[K]> };

/**
 * The value of every setting, nested like {@link settings}. Durations are in seconds; paths of files and folders are
 * absolute.
 */
export type SettingValues = ValuesOf<typeof settings>;

/** Where a value came from. */
export type Origin = 'default' | 'derived' | 'environment' | 'argument' | 'first run' | `file ${string}`;

/**
 * The configuration, complete and valid. In development `secret` is empty until `ensureDevelopmentSecrets` was called.
 */
export interface Config extends SettingValues {
  readonly profile: Profile;
  /** Sentences about what is allowed but may be a mistake. */
  readonly warnings: readonly string[];
  /** Where each setting's value came from, by its name in the environment. */
  readonly origins: Readonly<Record<string, Origin>>;
}
