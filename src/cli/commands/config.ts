/** `gatehouse config …`: looks at the configuration; opens and changes nothing. */
import { randomBytes } from 'node:crypto';
import type { Command } from '../command.ts';
import { table } from '../output.ts';

const check: Command = {
  verb: 'check',
  summary: 'Say everything that is wrong with the configuration',
  run: async ({ loadConfig }) => {
    const { profile, warnings } = await loadConfig();
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
  summary: 'Make a secret for SECRET: 32 random bytes',
  help: 'To replace a secret, list the new one first: SECRET=<new>,<old>',
  run: async () => {
    const made = randomBytes(32).toString('base64url');
    return { text: made, json: { secret: made } };
  },
};

export const commands: readonly Command[] = [check, show, secret];
