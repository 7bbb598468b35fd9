/** Where the examples find the server, one another, and the secrets that a development server made for them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const { env } = process;

export const issuer = env['ISSUER'] ?? 'http://localhost:3000';

export const ports = {
  prints: Number(env['PRINTS_PORT'] ?? 4001),
  calendar: Number(env['CALENDAR_PORT'] ?? 4002),
  photosApi: Number(env['PHOTOS_API_PORT'] ?? 4003),
};

/** Identifiers of the APIs: names that happen to be addresses. They stay when the ports change. */
export const photosResource = 'http://127.0.0.1:4003';
export const archiveResource = 'http://127.0.0.1:4003/archive';

/** Where the Photos API listens. */
export const photosUrl = `http://127.0.0.1:${ports.photosApi}`;

/**
 * The secret of a client: `<CLIENT_ID>_CLIENT_SECRET` from the environment (`PHOTOS_API_CLIENT_SECRET`), else what the
 * development server keeps in `data/demo-clients.json`.
 */
export async function secretOf(clientId: string): Promise<string> {
  const variable = `${clientId.toUpperCase().replaceAll('-', '_')}_CLIENT_SECRET`;
  const fromEnvironment = env[variable];
  if (fromEnvironment !== undefined) {
    return fromEnvironment;
  }
  const file = join(env['DATA_DIR'] ?? 'data', 'demo-clients.json');
  const secrets: unknown = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  const secret = typeof secrets === 'object' && secrets !== null ? Object.entries(secrets).find(([id]) => id === clientId)?.[1] : undefined;
  if (typeof secret !== 'string') {
    throw new Error(`No secret for the client "${clientId}": set ${variable}, or start the server once, which writes ${file}.`);
  }
  return secret;
}
