/** `gatehouse config …`: checks and shows the configuration, and in production whether the database is ready for it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { StorageUnavailableError } from '../../errors.ts';
import type { Command, Invocation } from '../command.ts';
import type { ClientService } from '../../services/clients/clients.ts';
import { lenienciesOf } from '../../services/clients/client-leniencies.ts';
import { listEveryClient } from '../every-client.ts';
import { printable, table } from '../output.ts';

const notSetUp =
  'The set-up link was not used yet: there is no administrator, and anyone who has the link can become one. `gatehouse setup-link` prints it.';

const databaseUnknown =
  'The database does not answer, so it is unknown whether the set-up link was used, whether the demo user was deleted, and what clients are allowed. See `gatehouse storage check`.';

/** At most this many clients are named, so that the output stays readable. */
const maxClientWarnings = 20;

/** One line for each client that is allowed more than others. */
async function clientWarnings(clients: Pick<ClientService, 'list'>): Promise<readonly string[]> {
  const lenient = (await listEveryClient(clients)).flatMap((client) =>
    lenienciesOf(client).map(
      ({ name, meaning }) =>
        `The client ${printable(client.name)} (${client._id}) has the leniency ${name}. ${meaning}`,
    ),
  );
  const more = lenient.length - maxClientWarnings;
  return more > 0
    ? [...lenient.slice(0, maxClientWarnings), `${more} more leniencies of clients: see \`gatehouse client show\`.`]
    : lenient;
}

/**
 * Reads from the database whether there is an administrator, whether the demo user still exists, and which clients
 * have leniencies. Does not create a database or wait for one.
 */
async function databaseWarnings({ withServices }: Invocation, { database }: Config): Promise<readonly string[]> {
  if (database.url.startsWith('sqlite:') && !existsSync(database.url.slice('sqlite:'.length))) {
    return [notSetUp];
  }
  try {
    const { demoEmail } = await import('../../development/secrets.ts');
    const demoUserExists = `The demo user of the development profile is in the database. Delete it: \`gatehouse user delete ${demoEmail}\`.`;
    return await withServices(
      async ({ setup, users, clients }) => [
        ...((await setup.isOpen()) ? [notSetUp] : []),
        ...((await users.findByEmail(demoEmail)) === null ? [] : [demoUserExists]),
        ...(await clientWarnings(clients)),
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
the demo user of the development profile was deleted, and names the clients that are allowed more than others. Exit code 0 also when there are only warnings.`,
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
