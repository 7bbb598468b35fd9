/** `npm run examples`: starts all examples, and a server if none runs here. */
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
  runningIssuer,
} from './demo-settings.ts';
import { run as runNightly } from './nightly/job.ts';
import { start as startPhotosApi } from './photos-api/server.ts';
import { start as startPrints } from './prints/server.ts';

/** The maximum time, in seconds, that a server may take to start. */
const maxStartSeconds = 30;

async function isRunning(): Promise<boolean> {
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
  for (let waited = 0; waited < maxStartSeconds * 10; waited += 1) {
    if (server.exitCode !== null) {
      throw new Error(`The server ended with exit code ${server.exitCode}.`);
    }
    // The server answers before it has created the demo clients. It writes the file that this reads afterwards.
    if ((await runningIssuer()) !== undefined) {
      return server;
    }
    await wait(100);
  }
  server.kill();
  throw new Error(`The server did not answer at ${issuer} within ${maxStartSeconds} seconds.`);
}

/** An error as a line of text. If a port is in use, usually the examples already run. */
function describeError(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `Port ${String(error.port)} is in use, perhaps because the examples already run. Stop that program first.`;
  }
  return error instanceof Error ? error.message : error;
}

let server: ChildProcess | undefined;
const running: { readonly url: string; close(): Promise<void> }[] = [];

let stopping = false;

async function stop(exitCode: number): Promise<void> {
  if (stopping) {
    return; // The signal can arrive twice: from the terminal, and from npm, which forwards it.
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
  server = (await isRunning()) ? undefined : await startServer();
  server?.once('exit', (code) => void stop(code ?? 1));

  const archive = { identifier: archiveResource, ...(await credentialsOf('photos-api')) };
  const photosApi = await startPhotosApi({ issuer, port: ports.photosApi, identifier: photosResource, archive });
  running.push(photosApi);
  const photosOptions = { photosResource, photosUrl: photosApi.url };
  const prints = await startPrints({
    issuer,
    port: ports.prints,
    ...photosOptions,
    ...(await credentialsOf('prints')),
  });
  running.push(prints);
  const calendar = await startCalendar({ issuer, port: ports.calendar, clientId: clientIdOf('calendar') });
  running.push(calendar);
  const nightly = await runNightly({ issuer, archiveResource, ...photosOptions, ...(await credentialsOf('nightly')) });

  const user = await demoUser();
  console.log(`
Examples, with the server at ${issuer}
  Prints       ${prints.url}   asks for access to your photos
  Calendar     ${calendar.url}   single sign-on, in the browser only
  Photos API   ${photosApi.url}   checks access tokens; has no page
  Nightly job  ${nightly.join('; ')}

${user === undefined ? '' : `Sign in as ${user.email} with the password ${user.password}\n`}Press Ctrl-C to stop them.`);
} catch (error) {
  console.error(describeError(error));
  await stop(1);
}
