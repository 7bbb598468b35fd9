/** `gatehouse storage …`: reports the state of the database. */
import type { Command } from '../command.ts';
import { list } from '../output.ts';

const kinds = { sqlite: 'SQLite', mongodb: 'MongoDB' } as const;

const check: Command = {
  verb: 'check',
  summary: 'Report whether the database answers, its migrations and warnings',
  help: 'Does not migrate. Pending migrations run when the server, or another command, of this version starts.',
  run: ({ withServices }) =>
    withServices(
      async ({ storage }) => {
        const { kind, database, migrations, warnings } = await storage.check();
        const pending = migrations.filter(({ state }) => state !== 'done');
        const facts = list({
          Database: `${kinds[kind]}, answers`,
          Address: database,
          Migrations:
            pending.length === 0
              ? 'none pending'
              : pending.map(({ number, title, state }) => `${number} ${state}: ${title}`).join('\n'),
          Warnings: warnings.length === 0 ? 'none' : warnings.join('\n'),
        });
        return { text: facts, json: { reachable: true, kind, database, migrations, warnings } };
      },
      { prepare: false },
    ),
};

export const commands: readonly Command[] = [check];
