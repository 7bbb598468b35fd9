/** Where the examples find the server, one another, and the secrets that a development server made for them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const { env } = process;

const dataDir = env['DATA_DIR'] ?? 'data';

/** A JSON file of the development server's; an empty object where there is none. */
async function readData(name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const document: unknown = JSON.parse(await readFile(join(dataDir, name), 'utf8'));
    return typeof document === 'object' && document !== null ? { ...document } : {};
  } catch {
    return {};
  }
}

/** The development server that runs on `DATA_DIR`: it notes there where it is. One that was killed leaves its note. */
async function runningIssuer(): Promise<string | undefined> {
  const { issuer: noted, listensAt } = await readData('running-server.json');
  try {
    const answer = await fetch(new URL('/healthz', String(listensAt)), { signal: AbortSignal.timeout(2000) });
    return answer.ok && typeof noted === 'string' ? noted : undefined;
  } catch {
    return undefined;
  }
}

const named = env['ISSUER'] ?? (env['PORT'] === undefined ? undefined : `http://localhost:${env['PORT']}`);

export const issuer = named ?? (await runningIssuer()) ?? 'http://localhost:3000';

/** Somebody to sign in as: the development server makes a demo user where only this machine reaches it. */
export async function demoUser(): Promise<{ readonly email: string; readonly password: string } | undefined> {
  const { email, password } = await readData('demo-user.json');
  return typeof email === 'string' && typeof password === 'string' ? { email, password } : undefined;
}

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
  const secret = (await readData('demo-clients.json'))[clientId];
  if (typeof secret !== 'string') {
    throw new Error(
      `No secret for the client "${clientId}": set ${variableOf(name, 'SECRET')}, or start the development server once, which writes ${join(dataDir, 'demo-clients.json')}.`,
    );
  }
  return { clientId, clientSecret: secret };
}
