/** `gatehouse config …`: checks and shows the configuration, and in production whether the database is ready for it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { StorageUnavailableError } from '../../errors.ts';
import type { Command, Invocation } from '../command.ts';
import { table } from '../output.ts';

const notSetUp =
  'The set-up link was not used yet: there is no administrator, and anyone who has the link can become one. `gatehouse setup-link` prints it.';

const databaseUnknown =
  'The database does not answer, so it is unknown whether the set-up link was used, and whether the demo user was deleted. See `gatehouse storage check`.';

/**
 * Reads from the database whether there is an administrator, and whether the demo user still exists. Does not create a
 * database or wait for one.
 */
async function databaseWarnings({ withServices }: Invocation, { database }: Config): Promise<readonly string[]> {
  if (database.url.startsWith('sqlite:') && !existsSync(database.url.slice('sqlite:'.length))) {
    return [notSetUp];
  }
  try {
    const { demoEmail } = await import('../../development/secrets.ts');
    const demoUserExists = `The demo user of the development profile is in the database. Delete it: \`gatehouse user delete ${demoEmail}\`.`;
    return await withServices(
      async ({ setup, users }) => [
        ...((await setup.isOpen()) ? [notSetUp] : []),
        ...((await users.findByEmail(demoEmail)) === null ? [] : [demoUserExists]),
      ],
      { prepare: false },
    );
  } catch (error) {
    if (error instanceof StorageUnavailableError) {
      return [databaseUnknown];
    }
    throw error;
  }
}

const check: Command = {
  verb: 'check',
  summary: 'Report everything that is wrong with the configuration',
  help: `In production it also checks in the database whether the link for the first administrator was used, and whether
the demo user of the development profile was deleted. Exit code 0 also when there are only warnings.`,
  run: async (invocation) => {
    const config = await invocation.loadConfig();
    const { profile } = config;
    const warnings = [
      ...config.warnings,
      ...(profile === 'production' ? await databaseWarnings(invocation, config) : []),
    ];
    const lines = [`The ${profile} configuration is valid.`, ...warnings.map((warning) => `  - ${warning}`)];
    return { text: lines.join('\n'), json: { valid: true, profile, warnings } };
  },
};

const show: Command = {
  verb: 'show',
  summary: 'Show every setting, its value (secrets masked) and where it came from',
  run: async ({ loadConfig }) => {
    const [{ describeConfig }, { readDevelopmentSecrets }] = await Promise.all([
      import('../../config/describe.ts'),
      import('../../development/secrets.ts'),
    ]);
    const config = await readDevelopmentSecrets(await loadConfig());
    const settings = describeConfig(config);
    return {
      text: table(
        ['SETTING', 'VALUE', 'FROM'],
        settings.map(({ name, value, origin }) => [name, value ?? '-', origin]),
      ),
      json: { profile: config.profile, settings },
    };
  },
};

const secret: Command = {
  verb: 'secret',
  summary: 'Generate a secret for SECRET: 32 random bytes',
  help: 'To replace a secret, list the new one first: SECRET=<new>,<old>',
  run: async () => {
    const made = randomBytes(32).toString('base64url');
    return { text: made, json: { secret: made } };
  },
};

export const commands: readonly Command[] = [check, show, secret];
