/** `npm run examples`: all of them, beside the server that runs here; one is started if none does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { start as startCalendar } from './calendar/server.ts';
import {
  archiveResource,
  clientIdOf,
  credentialsOf,
  demoUser,
  issuer,
  photosResource,
  ports,
} from './demo-settings.ts';
import { run as runNightly } from './nightly/job.ts';
import { start as startPhotosApi } from './photos-api/server.ts';
import { start as startPrints } from './prints/server.ts';

/** Seconds that a server may take to answer for the first time. */
const patience = 30;

async function answers(): Promise<boolean> {
  try {
    return (await fetch(new URL('/healthz', issuer), { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

async function startServer(): Promise<ChildProcess> {
  const command = fileURLToPath(new URL('../src/cli/gatehouse.js', import.meta.url));
  const { port } = new URL(issuer);
  const server = spawn(process.execPath, [command, 'serve'], {
    env: { ...(port === '' ? {} : { PORT: port }), ...process.env, ISSUER: issuer },
    stdio: 'inherit',
  });
  for (let waited = 0; waited < patience * 10; waited += 1) {
    if (server.exitCode !== null) {
      throw new Error(`The server ended with exit code ${server.exitCode}.`);
    }
    if (await answers()) {
      return server;
    }
    await wait(100);
  }
  server.kill();
  throw new Error(`The server did not answer at ${issuer} within ${patience} seconds.`);
}

let server: ChildProcess | undefined;
const running: { readonly url: string; close(): Promise<void> }[] = [];

let stopping = false;

async function stop(exitCode: number): Promise<void> {
  if (stopping) {
    return; // The terminal sends SIGINT to npm and to us, and npm passes it on.
  }
  stopping = true;
  await Promise.all(running.splice(0).map((example) => example.close()));
  if (server !== undefined && server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  process.exit(exitCode);
}

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

try {
  server = (await answers()) ? undefined : await startServer();
  server?.once('exit', (code) => void stop(code ?? 1));

  const archive = { identifier: archiveResource, ...(await credentialsOf('photos-api')) };
  const photosApi = await startPhotosApi({ issuer, port: ports.photosApi, identifier: photosResource, archive });
  running.push(photosApi);
  const toPhotos = { photosResource, photosUrl: photosApi.url };
  const prints = await startPrints({ issuer, port: ports.prints, ...toPhotos, ...(await credentialsOf('prints')) });
  running.push(prints);
  const calendar = await startCalendar({ issuer, port: ports.calendar, clientId: clientIdOf('calendar') });
  running.push(calendar);
  const nightly = await runNightly({ issuer, archiveResource, ...toPhotos, ...(await credentialsOf('nightly')) });

  const user = await demoUser();
  console.log(`
Examples, beside ${issuer}
  Prints       ${prints.url}   asks for access to your photos
  Calendar     ${calendar.url}   single sign-on, in the browser alone
  Photos API   ${photosApi.url}   checks access tokens
  Nightly job  ${nightly.join('; ')}

${user === undefined ? '' : `Sign in as ${user.email} with the password ${user.password}\n`}Ctrl-C stops them.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
