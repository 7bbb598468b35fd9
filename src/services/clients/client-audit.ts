/** What the audit log records of a client beside the names of changed fields: what it may do by exception. */
import type { ClientDocument } from '../../storage/collections.ts';
import { lenienciesOf } from './client-leniencies.ts';

/** The leniencies and the exchanges of a client, the claims of its own tokens, and the groups that may use it. */
export function exceptionsOf(client: ClientDocument): Readonly<Record<string, string>> {
  const leniencies = lenienciesOf(client).map(({ name }) => name);
  const exchanges = (client.mayExchange ?? []).map(({ from, to, scopes }) => `${from} for ${to}: ${scopes.join(' ')}`);
  const claims = (client.claims ?? []).map(({ name, value }) => `${name}=${value}`);
  return {
    ...(leniencies.length === 0 ? {} : { leniencies: leniencies.join(' ') }),
    ...(exchanges.length === 0 ? {} : { mayExchange: exchanges.join('; ') }),
    ...(claims.length === 0 ? {} : { claims: claims.join('; ') }),
    ...(client.groups === undefined ? {} : { groups: client.groups.join(', ') }),
  };
}
