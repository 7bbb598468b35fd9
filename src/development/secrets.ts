/**
 * Secrets that are generated on the first run and kept in `DATA_DIR`, readable only by their owner: `SECRET`, those of
 * the demo clients, and the password of the demo user. Never in production, which requires `SECRET` and has no demo
 * data.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { Config } from '../config/config.ts';
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
 * In development and test, reads a missing `SECRET` from `DATA_DIR/secret`, which the first run creates.
 *
 * @returns the configuration with a secret; unchanged if it had one already.
 * @throws ConfigurationError when the file has no usable secret. It is not replaced, since stored data is encrypted
 *   with the original secret.
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

/** The same, but creates nothing: without a first run there is no secret. @throws ConfigurationError as above */
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
 * Generates a secret for each demo client that has none yet, and keeps them in `DATA_DIR/demo-clients.json`. Only for
 * development. On the first run, the first of several parallel processes wins; when clients are added later, the last.
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

/** A reserved address (RFC 2606 §3). */
export const demoEmail = 'demo@example.com';

/**
 * Without letters and digits that look alike. 32 characters, so that a random byte chooses each with the same
 * probability.
 */
const passwordAlphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A random password in groups of four characters, easy to type. Each character has five bits; at least 80 bits. */
function randomPassword(minimumLength: number): string {
  const groups = Math.max(4, Math.ceil((minimumLength + 1) / 5));
  const characters = [...randomBytes(groups * 4)].map((byte) => passwordAlphabet[byte % passwordAlphabet.length]);
  return (characters.join('').match(/.{4}/g) ?? []).join('-');
}

/**
 * The demo user, with a random password, because a tunnel or `HOST` may expose a development server. Generated once,
 * and kept in `DATA_DIR/demo-user.json`.
 *
 * @param minimumLength the minimum number of characters of a password.
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
