/** Reads all clients, page by page. */
import type { ClientService } from '../services/clients/clients.ts';

type Client = Awaited<ReturnType<ClientService['get']>>;

const pageSize = 500;

/** All clients in the order of their creation. */
export async function listEveryClient(clients: Pick<ClientService, 'list'>): Promise<readonly Client[]> {
  const found: Client[] = [];
  for (;;) {
    const page = await clients.list({ skip: found.length, limit: pageSize });
    found.push(...page);
    if (page.length < pageSize) {
      return found;
    }
  }
}
