/** Validates each value by its setting's type, and checks that what production requires is set. */
import type { Origin } from './config.ts';
import type { RawValue, RawValues } from './raw-values.ts';
import { defaultOf, type Profile } from './setting.ts';
import type { NamedSetting } from './setting-list.ts';

/** Values by environment name; a setting without a value is absent. */
export interface ValidatedValues {
  readonly values: ReadonlyMap<string, unknown>;
  readonly origins: Readonly<Record<string, Origin>>;
}

/** A raw value for a message. The value of a secret is not shown. */
function shown({ setting }: NamedSetting, { raw }: RawValue): string {
  if (setting.secret !== undefined) {
    return 'a value that is not shown';
  }
  const text = JSON.stringify(raw);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function source(origin: Origin): string {
  return origin === 'environment' || origin === 'default' ? '' : ` (${origin})`;
}

function typeProblem(named: NamedSetting, value: RawValue, expected: string): string {
  const example =
    named.setting.example === undefined ? '' : `, for example ${named.environmentName}=${named.setting.example}`;
  return `${named.environmentName}: received ${shown(named, value)}${source(value.origin)}; expected ${expected}. Set ${named.environmentName} (${named.path} in YAML)${example}.`;
}

/**
 * Turns raw values into typed ones. An invalid value is replaced by the default, so that the rules can still check the
 * other settings.
 */
export function validate(
  rawValues: RawValues,
  profile: Profile,
): ValidatedValues & { readonly problems: readonly string[] } {
  const values = new Map<string, unknown>();
  const origins: Record<string, Origin> = {};
  const problems: string[] = [];
  for (const [named, value] of rawValues) {
    origins[named.environmentName] = value.origin;
    if (value.raw !== null) {
      const { schema, expected } = named.setting.type;
      const result = schema.safeParse(value.raw);
      if (result.success) {
        values.set(named.environmentName, result.data);
      } else {
        const issue = result.error.issues[0];
        const message = issue?.code === 'custom' || issue?.code === 'invalid_format' ? issue.message : expected;
        problems.push(typeProblem(named, value, message.replaceAll('`', '')));
        const fallback = schema.safeParse(defaultOf(named.setting, profile));
        if (fallback.success) {
          values.set(named.environmentName, fallback.data);
        }
      }
    }
  }
  return { values, origins, problems };
}

const requiredInProduction: Readonly<Record<string, string>> = {
  ISSUER: 'the https address at which browsers reach this server, for example ISSUER=https://login.example.com',
  DATABASE_URL:
    'the address of the database, for example DATABASE_URL=mongodb://db1,db2,db3/gatehouse?replicaSet=rs0 (or sqlite:/var/lib/gatehouse/gatehouse.db on one machine)',
  SECRET: 'at least 32 random bytes; `gatehouse config secret` prints some',
};

/** A problem for each setting that has no value and needs one in production. */
export function missingInProduction(rawValues: RawValues): string[] {
  return [...rawValues].flatMap(([{ environmentName }, { raw }]) => {
    const expected = requiredInProduction[environmentName];
    return raw === null && expected !== undefined
      ? [
          `${environmentName}: received nothing; expected ${expected}. Set ${environmentName} or ${environmentName}_FILE.`,
        ]
      : [];
  });
}
