/**
 * Secrets that are made on the first run and kept in `DATA_DIR`, readable by their owner alone: `SECRET`, and those of the
 * demo clients. Never in production, which requires `SECRET` and seeds nothing.
 */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { makeFolder } from '../folders.ts';
import type { Config } from '../config/schema.ts';
import { parseSecrets } from '../config/secret-list.ts';

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/** Writes a complete file beside `path`, on the disk and readable by its owner alone. @returns its path. */
async function writeBeside(path: string, content: string): Promise<string> {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  makeFolder(dirname(path));
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

/**
 * Creates a file with all of its content at once, unless it exists. Of several processes that start together one creates
 * it, and all read the same content: a hard link to a complete file either is made or finds the name taken.
 *
 * @returns the content that is there in the end.
 */
async function createOnce(path: string, content: string): Promise<string> {
  const temporary = await writeBeside(path, content).catch((error: unknown) => {
    throw new ConfigurationError([
      `DATA_DIR: ${dirname(path)} cannot be written: ${error instanceof Error ? error.message : 'unknown error'}.`,
    ]);
  });
  try {
    await link(temporary, path);
    return content;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) {
      throw error;
    }
    return await readFile(path, 'utf8');
  } finally {
    await rm(temporary, { force: true });
  }
}

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
  await rename(await writeBeside(path, write(secrets)), path);
  return secrets;
}
