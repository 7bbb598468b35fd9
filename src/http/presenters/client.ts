/** What pages show of a client. */
import type { ClientDocument } from '../../storage/collections.ts';
import type { ViewContext } from '../../views.ts';

export function clientBranding(client: ClientDocument): NonNullable<ViewContext['client']> {
  return {
    name: client.name,
    ...(client.logo === undefined ? {} : { logo: client.logo }),
    ...(client.color === undefined ? {} : { color: client.color }),
  };
}
