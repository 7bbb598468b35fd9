/** The addresses of the server and of the examples, and the secrets that a development server created for them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const { env } = process;

const dataDir = env['DATA_DIR'] ?? 'data';

/** Reads a JSON file of the development server; an empty object if the file does not exist. */
async function readData(name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const document: unknown = JSON.parse(await readFile(join(dataDir, name), 'utf8'));
    return typeof document === 'object' && document !== null ? { ...document } : {};
  } catch {
    return {};
  }
}

/**
 * The issuer of the development server that runs with this `DATA_DIR`. The server writes its address to a file there. A
 * killed server leaves that file behind, so this checks that the server answers.
 */
export async function runningIssuer(): Promise<string | undefined> {
  const { issuer: runningAs, listensAt } = await readData('running-server.json');
  try {
    const answer = await fetch(new URL('/healthz', String(listensAt)), { signal: AbortSignal.timeout(2000) });
    return answer.ok && typeof runningAs === 'string' ? runningAs : undefined;
  } catch {
    return undefined;
  }
}

const configuredIssuer = env['ISSUER'] ?? (env['PORT'] === undefined ? undefined : `http://localhost:${env['PORT']}`);

export const issuer = configuredIssuer ?? (await runningIssuer()) ?? 'http://localhost:3000';

/** The demo user, which a development server creates if only this machine can reach it. */
export async function demoUser(): Promise<{ readonly email: string; readonly password: string } | undefined> {
  const { email, password } = await readData('demo-user.json');
  return typeof email === 'string' && typeof password === 'string' ? { email, password } : undefined;
}

export const ports = {
  prints: Number(env['PRINTS_PORT'] ?? 4001),
  calendar: Number(env['CALENDAR_PORT'] ?? 4002),
  photosApi: Number(env['PHOTOS_API_PORT'] ?? 4003),
};

/** Identifiers of the APIs. They look like addresses, but stay the same when the ports change. */
export const photosResource = 'http://127.0.0.1:4003';
export const archiveResource = 'http://127.0.0.1:4003/archive';

/** The address of the Photos API. */
export const photosUrl = `http://127.0.0.1:${ports.photosApi}`;

const variableOf = (name: string, part: 'ID' | 'SECRET') => `${name.toUpperCase().replaceAll('-', '_')}_CLIENT_${part}`;

/** `PRINTS_CLIENT_ID` from the environment, else the id of the demo client: `prints`. */
export function clientIdOf(name: string): string {
  return env[variableOf(name, 'ID')] ?? name;
}

/**
 * `PRINTS_CLIENT_SECRET` from the environment, else the secret that the development server wrote to
 * `data/demo-clients.json`.
 * @throws if there is no secret
 */
export async function credentialsOf(
  name: string,
): Promise<{ readonly clientId: string; readonly clientSecret: string }> {
  const clientId = clientIdOf(name);
  const fromEnvironment = env[variableOf(name, 'SECRET')];
  if (fromEnvironment !== undefined) {
    return { clientId, clientSecret: fromEnvironment };
  }
  const secret = (await readData('demo-clients.json'))[clientId];
  if (typeof secret !== 'string') {
    throw new Error(
      `No secret for the client "${clientId}": set ${variableOf(name, 'SECRET')}, or start the development server once, which writes ${join(dataDir, 'demo-clients.json')}.`,
    );
  }
  return { clientId, clientSecret: secret };
}
