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

const variableOf = (name: string, what: 'ID' | 'SECRET') => `${name.toUpperCase().replaceAll('-', '_')}_CLIENT_${what}`;

/** `PRINTS_CLIENT_ID` from the environment, else the demo client's own id: `prints`. */
export function clientIdOf(name: string): string {
  return env[variableOf(name, 'ID')] ?? name;
}

/** `PRINTS_CLIENT_SECRET` from the environment, else what the development server keeps in `data/demo-clients.json`. */
export async function credentialsOf(
  name: string,
): Promise<{ readonly clientId: string; readonly clientSecret: string }> {
  const clientId = clientIdOf(name);
  const fromEnvironment = env[variableOf(name, 'SECRET')];
  if (fromEnvironment !== undefined) {
    return { clientId, clientSecret: fromEnvironment };
  }
  const file = join(env['DATA_DIR'] ?? 'data', 'demo-clients.json');
  const secrets: unknown = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));
  const secret: unknown = Object.entries(secrets ?? {}).find(([id]) => id === clientId)?.[1];
  if (typeof secret !== 'string') {
    throw new Error(
      `No secret for the client "${clientId}": set ${variableOf(name, 'SECRET')}, or start the development server once, which writes ${file}.`,
    );
  }
  return { clientId, clientSecret: secret };
}
