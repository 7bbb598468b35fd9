/**
 * Completes the values: derives settings that are not set from others (`ISSUER` from `PORT`, `DATABASE_URL` from
 * `DATA_DIR`, `MAIL_FROM` and `PASSKEY_RP_ID` from `ISSUER`), makes paths absolute, and nests the values.
 */
import { resolve } from 'node:path';
import type { Origin, SettingValues } from './config.ts';
import { settingList } from './setting-list.ts';
import type { ValidatedValues } from './validate.ts';
import { isDomainName } from './value-types.ts';

/** Makes the path of a `sqlite:` address absolute. Other addresses are returned unchanged. */
function absoluteDatabase(url: string, workingDirectory: string): string {
  const path = /^sqlite:(?!\/)(.+)$/.exec(url)?.[1];
  return path === undefined ? url : `sqlite:${resolve(workingDirectory, path)}`;
}

/** Nests the values like {@link SettingValues}. */
function nest(values: ReadonlyMap<string, unknown>): SettingValues {
  const root: Record<string, unknown> = {};
  for (const { keys, environmentName } of settingList) {
    let node = root;
    for (const key of keys.slice(0, -1)) {
      node[key] ??= {};
      node = node[key] as Record<string, unknown>;
    }
    node[keys.at(-1) ?? ''] = values.get(environmentName);
  }
  // Each value was made by the schema of the setting in the same place, so it has the type that SettingValues declares.
  return root as unknown as SettingValues;
}

/**
 * Completes the validated values. `SECRET` is an empty list if it is not set.
 * @param workingDirectory relative paths start here
 */
export function deriveValues(
  { values: validated, origins: knownOrigins }: ValidatedValues,
  workingDirectory: string,
): {
  readonly values: SettingValues;
  readonly origins: Readonly<Record<string, Origin>>;
  readonly problems: readonly string[];
} {
  const values = new Map(validated);
  const origins: Record<string, Origin> = { ...knownOrigins };
  const problems: string[] = [];
  const derive = (name: string, value: unknown): void => {
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
      'ISSUER: received nothing while PORT is 0; expected an address, since a free port is not known beforehand. Set ISSUER, or set PORT to a fixed port.',
    );
  }
  derive('ISSUER', `http://localhost:${String(port)}`);
  derive('DATABASE_URL', `sqlite:${resolve(String(values.get('DATA_DIR')), 'gatehouse.db')}`);
  values.set('DATABASE_URL', absoluteDatabase(String(values.get('DATABASE_URL')), workingDirectory));
  derive('MAIL_FROM', `no-reply@${URL.parse(String(values.get('ISSUER')))?.hostname ?? 'localhost'}`);
  const host = URL.parse(String(values.get('ISSUER')))?.hostname ?? '';
  // There are no passkeys for an IP address.
  if (isDomainName(host)) {
    derive('PASSKEY_RP_ID', host);
  }
  if (!values.has('SECRET')) {
    values.set('SECRET', []);
  }
  return { values: nest(values), origins, problems };
}
