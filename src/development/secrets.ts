/**
 * Secrets that are made on the first run and kept in `DATA_DIR`, readable by their owner alone: `SECRET`, those of the demo
 * clients, the password of the demo user. Never in production, which requires `SECRET` and seeds nothing.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { Config } from '../config/schema.ts';
import { parseSecrets } from '../config/secret-list.ts';
import { createOnce, readIfThere, replaceFile } from './private-files.ts';

function secretPath(config: Config): string {
  return join(config.data.dir, 'secret');
}

function needsSecret({ secret, profile }: Config): boolean {
  return secret.length === 0 && profile !== 'production';
}

function withSecret(config: Config, content: string): Config {
  const path = secretPath(config);
  const parsed = parseSecrets(content);
  if ('fault' in parsed) {
    throw new ConfigurationError([
      `SECRET: the file ${path} holds something else; expected ${parsed.fault}. Restore the file, or remove it together with the database, or set SECRET.`,
    ]);
  }
  return { ...config, secret: parsed.secrets, origins: { ...config.origins, SECRET: 'first run' } };
}

/**
 * In development and test, fills in a missing `SECRET` from `DATA_DIR/secret`, which the first run makes.
 *
 * @returns the configuration with a secret; the very same one when it had one already.
 * @throws ConfigurationError when the file holds no usable secret (it is not replaced: stored data is sealed with it).
 */
export async function ensureDevelopmentSecrets(config: Config): Promise<Config> {
  if (!needsSecret(config)) {
    return config;
  }
  const path = secretPath(config);
  return withSecret(
    config,
    (await readIfThere(path)) ?? (await createOnce(path, `${randomBytes(32).toString('base64url')}\n`)),
  );
}

/** The same for who only looks: where no first run has made a secret, there is none. @throws ConfigurationError as above */
export async function readDevelopmentSecrets(config: Config): Promise<Config> {
  const content = needsSecret(config) ? await readIfThere(secretPath(config)) : undefined;
  return content === undefined ? config : withSecret(config, content);
}

function demoPath(dataDir: string): string {
  return join(dataDir, 'demo-clients.json');
}

function parseDemoSecrets(content: string): Readonly<Record<string, string>> {
  const document: unknown = JSON.parse(content);
  if (typeof document !== 'object' || document === null) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(document).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The demo clients' secrets by client id; empty before the first run. */
export async function readDemoSecrets(dataDir: string): Promise<Readonly<Record<string, string>>> {
  const content = await readIfThere(demoPath(dataDir));
  return content === undefined ? {} : parseDemoSecrets(content);
}

/**
 * Makes a random secret for each demo client that has none yet, and keeps them in `DATA_DIR/demo-clients.json`. Only for
 * development: the caller does not seed demo clients elsewhere. A name that is added later, by two processes at once, is
 * decided by the last writer; the first run is decided by the first.
 *
 * @param names client ids.
 * @returns the secrets of all of them.
 */
export async function ensureDemoSecrets(
  dataDir: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const path = demoPath(dataDir);
  const complete = (known: Readonly<Record<string, string>>): Record<string, string> => ({
    ...known,
    ...Object.fromEntries(
      names.filter((name) => !Object.hasOwn(known, name)).map((name) => [name, randomBytes(32).toString('base64url')]),
    ),
  });
  const write = (secrets: Record<string, string>): string => `${JSON.stringify(secrets, null, 2)}\n`;

  const there = await readIfThere(path);
  const known = parseDemoSecrets(there ?? (await createOnce(path, write(complete({})))));
  if (names.every((name) => Object.hasOwn(known, name))) {
    return known;
  }
  const secrets = complete(known);
  await replaceFile(path, write(secrets));
  return secrets;
}

export interface DemoUser {
  readonly email: string;
  readonly password: string;
}

const demoEmail = 'demo@example.com';
/** Without letters and digits that look alike. A power of two: each byte picks one without preference. */
const passwordAlphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Random, in groups of four that can be read and typed: five bits for each character, 80 bits or more. */
function randomPassword(minimumLength: number): string {
  const groups = Math.max(4, Math.ceil((minimumLength + 1) / 5));
  const characters = [...randomBytes(groups * 4)].map((byte) => passwordAlphabet[byte % passwordAlphabet.length]);
  return (characters.join('').match(/.{4}/g) ?? []).join('-');
}

/**
 * The demo user: an address that reaches nobody (RFC 2606 §3) and a password that is random, because a development server
 * may be exposed by a tunnel or a `HOST` of its own. Made once, and kept in `DATA_DIR/demo-user.json`.
 *
 * @param minimumLength characters that the server asks of a password.
 */
export async function ensureDemoUser(dataDir: string, minimumLength: number): Promise<DemoUser> {
  const path = join(dataDir, 'demo-user.json');
  const made: DemoUser = { email: demoEmail, password: randomPassword(minimumLength) };
  const document: unknown = JSON.parse(
    (await readIfThere(path)) ?? (await createOnce(path, `${JSON.stringify(made, null, 2)}\n`)),
  );
  const known =
    typeof document === 'object' && document !== null && 'password' in document ? document.password : undefined;
  return typeof known === 'string' ? { email: demoEmail, password: known } : made;
}
