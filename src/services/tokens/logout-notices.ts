/** Back-channel logout notices: kept in the outbox until they are delivered to the apps of a login that ended. */
import { InvalidInputError } from '../../errors.ts';
import type { ClientRepository } from '../../storage/repositories/clients.ts';
import type { OutboxService } from '../mails/outbox.ts';
import type { LogoutNotice } from './revocation.ts';

/**
 * Puts a notice into the outbox, if its client has registered a back-channel logout URI. It is stored immediately, and
 * once: a sign-out that fails after that is repeated, and must not lose it.
 */
export function createNotify(deps: {
  readonly clients: ClientRepository;
  readonly outbox: Pick<OutboxService, 'enqueueOnce'>;
}): (notice: LogoutNotice) => Promise<void> {
  return async (notice) => {
    const client = await deps.clients.find(notice.clientId);
    if (client?.backchannelLogoutUri !== undefined) {
      await deps.outbox.enqueueOnce('backchannel_logout', `logout ${notice.clientId} ${notice.sid}`, notice);
    }
  };
}

/** Reads a notice from the outbox. @throws InvalidInputError when the content is not a notice */
export function readLogoutNotice(content: unknown): LogoutNotice {
  const { clientId, accountId, sid } = Object(content) as Record<string, unknown>;
  if (typeof clientId !== 'string' || typeof accountId !== 'string' || typeof sid !== 'string') {
    throw new InvalidInputError('The message is not a logout notice.');
  }
  return { clientId, accountId, sid };
}
