/** What a setting is: its type, its default in each profile, its description, and whether it is secret. */
import type { Raw, ValueType } from './value-types.ts';

/** The profiles. `NODE_ENV` selects one; if it is not set, the profile is `development`. */
export const profiles = ['production', 'development', 'test'] as const;
export type Profile = (typeof profiles)[number];

export interface Setting<T> {
  readonly type: ValueType<T>;
  /** The default as it is written in a YAML file; null if there is none (then see `none`). */
  readonly default: Raw;
  /** The default in production, if it is a different one. */
  readonly production?: Raw;
  /** The default in tests, if it is a different one. */
  readonly test?: Raw;
  /** For the settings table, if the default is null: what happens then. */
  readonly none?: string;
  /** The description: one sentence. */
  readonly sentence: string;
  /** `whole`: never shown. `address`: an address that may contain credentials, which are never shown. */
  readonly secret?: 'whole' | 'address';
  /** An example value for messages. */
  readonly example?: string;
}

type Fields<T> = Omit<Setting<T>, 'type' | 'default'>;

/** A setting that always has a value: one that was set, its default, or one that `derive.ts` adds. */
export function define<T>(type: ValueType<T>, defaultValue: Raw, fields: Fields<T>): Setting<T> {
  return { type, default: defaultValue, ...fields };
}

/** A setting that may have no value. */
export function optional<T>(type: ValueType<T>, fields: Fields<T>): Setting<T | undefined> {
  return {
    type: {
      schema: type.schema,
      expected: type.expected,
      format: (value) => (value === undefined ? '' : type.format(value)),
    },
    default: null,
    none: 'none',
    ...fields,
  };
}

/** The default of a setting in a profile, as it would be written in a YAML file. */
export function defaultOf(setting: Setting<unknown>, profile: Profile): Raw {
  const own = profile === 'development' ? undefined : setting[profile];
  return own === undefined ? setting.default : own;
}
