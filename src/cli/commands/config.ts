/** `gatehouse config …`: checks and shows the configuration, and in production whether the set-up is complete. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { StorageUnavailableError } from '../../errors.ts';
import type { Command, Invocation } from '../command.ts';
import { table } from '../output.ts';

const notSetUp =
  'The set-up link was not used yet: there is no administrator, and anyone who has the link can become one. `gatehouse setup-link` prints it.';

/** Reads from the database whether there is an administrator. Does not create a database or wait for one. */
async function setUpWarnings({ withServices }: Invocation, { database }: Config): Promise<readonly string[]> {
  if (database.url.startsWith('sqlite:') && !existsSync(database.url.slice('sqlite:'.length))) {
    return [notSetUp];
  }
  try {
    return await withServices(async ({ setup }) => ((await setup.isOpen()) ? [notSetUp] : []), { prepare: false });
  } catch (error) {
    if (error instanceof StorageUnavailableError) {
      return [
        'The database does not answer, so it is unknown whether the set-up link was used. See `gatehouse storage check`.',
      ];
    }
    throw error;
  }
}

const check: Command = {
  verb: 'check',
  summary: 'Report everything that is wrong with the configuration',
  help: `In production it also checks in the database whether the link for the first administrator was used.
Exit code 0 also when something is worth a look.`,
  run: async (invocation) => {
    const config = await invocation.loadConfig();
    const { profile } = config;
    const warnings = [...config.warnings, ...(profile === 'production' ? await setUpWarnings(invocation, config) : [])];
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
