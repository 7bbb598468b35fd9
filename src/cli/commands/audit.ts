/** `gatehouse audit …`: lists audit events. No command changes or deletes one. */
import { systemClock } from '../../clock.ts';
import { InvalidInputError } from '../../errors.ts';
import { presentAuditEvent } from '../../presenters/audit-event.ts';
import type { Command, Services } from '../command.ts';
import { readCount, readDuration } from '../option-values.ts';
import { table } from '../output.ts';
import { findUser, userReference } from '../user-reference.ts';

const maxListed = 10_000;
const outcomes = ['success', 'failure'] as const;

/**
 * Parses the time of an option: a date, a date and time in UTC, or a duration before now.
 * @throws InvalidInputError
 */
async function readMoment(text: string | undefined, option: string): Promise<Date | undefined> {
  if (text === undefined) {
    return undefined;
  }
  if (/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z?)?$/.test(text)) {
    const day = text.slice(0, 10);
    const time = text.length === 10 ? '00:00' : text.slice(11).replace('Z', '');
    const moment = new Date(`${day}T${time}Z`);
    if (!Number.isNaN(moment.getTime())) {
      return moment;
    }
  } else if (/^\d+[smhd]$/.test(text)) {
    return new Date(systemClock.now().getTime() - (await readDuration(text, option)) * 1000);
  }
  throw new InvalidInputError(
    `Expected a date such as 2030-01-31, a date and time in UTC such as 2030-01-31T12:00Z, or a duration before now such as 24h, not "${text}".`,
    option,
  );
}

/** A user that is given by email must exist; a user id may belong to a deleted user. */
async function accountIdOf({ users }: Services, reference: string): Promise<string> {
  return reference.includes('@') ? (await findUser(users, reference))._id : reference;
}

const listAll: Command = {
  verb: 'list',
  summary: 'List audit events, the newest first',
  options: [
    { flags: '--user <user>', description: `Events of this user. ${userReference}, also of a deleted user` },
    { flags: '--client <client-id>', description: 'Events of this client' },
    { flags: '--type <type>', description: 'Only this type, such as login.failure' },
    { flags: '--outcome <outcome>', description: 'Only events with this outcome', choices: outcomes },
    {
      flags: '--since <moment>',
      description: 'From this time on: 2030-01-31, 2030-01-31T12:00Z (UTC), or 24h for 24 hours ago',
    },
    { flags: '--until <moment>', description: 'Before this time' },
    { flags: '--limit <number>', description: 'Maximum number of events: 100 by default' },
    { flags: '--after <id>', description: 'Only events after this one in the list: the end of the previous page' },
  ],
  help: 'The types are listed in docs/security.md.',
  run: async ({ options, withServices }) => {
    const limit = readCount(options.text('limit') ?? '100', 'limit', maxListed);
    const [since, until] = [
      await readMoment(options.text('since'), 'since'),
      await readMoment(options.text('until'), 'until'),
    ];
    const [user, clientId, type, after] = ['user', 'client', 'type', 'after'].map(options.text);
    const outcome = outcomes.find((candidate) => candidate === options.text('outcome'));
    const events = await withServices(async (services) =>
      services.audit.list({
        limit: limit + 1,
        ...(user === undefined ? {} : { accountId: await accountIdOf(services, user) }),
        ...(clientId === undefined ? {} : { clientId }),
        ...(type === undefined ? {} : { type }),
        ...(outcome === undefined ? {} : { outcome }),
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        ...(after === undefined ? {} : { after }),
      }),
    );
    const page = events.slice(0, limit);
    const next = events.length > limit ? page.at(-1)?._id : undefined;
    const rows = page.map((event) => [
      `${event.at.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
      event.type,
      event.outcome,
      event.accountId ?? '-',
      event.clientId ?? '-',
      event.actor,
      event.address ?? '-',
      Object.entries(event.detail ?? {})
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' '),
    ]);
    const text =
      rows.length === 0
        ? 'There is no such event.'
        : table(['AT', 'TYPE', 'OUTCOME', 'USER', 'CLIENT', 'BY', 'FROM', 'DETAIL'], rows);
    return {
      text: next === undefined ? text : `${text}\n\nThere are more: --after ${next}`,
      json: { events: page.map(presentAuditEvent), ...(next === undefined ? {} : { next }) },
    };
  },
};

export const commands: readonly Command[] = [listAll];
