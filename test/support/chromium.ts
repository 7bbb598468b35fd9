/**
 * A real Chromium for tests: the one that `CHROMIUM_PATH` names or that is on the PATH; else the Debian package, if
 * this process is root and apt-get exists; else the download of Playwright; else the tests are skipped, which is
 * reported (skipped.ts).
 */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { reportSkipped } from './skipped.ts';

const run = promisify(execFile);

/** The maximum time for an installation, in milliseconds. */
const installTimeoutMs = 240_000;
const names = ['chromium', 'chromium-browser', 'google-chrome'];

let launched: Promise<Browser | null> | undefined;

/**
 * Starts the browser that all suites share. The first call may have to install it: give the hook a timeout of ten
 * minutes.
 * @returns null where no browser is available; the suite should then skip itself
 */
export function launchChromium(): Promise<Browser | null> {
  launched ??= launch();
  return launched;
}

/** Closes what {@link launchChromium} started. */
export async function closeChromium(): Promise<void> {
  const browser = await launched;
  await browser?.close();
  launched = undefined;
}

/** The path of Chromium, which is installed if it has to be; undefined where that fails. */
export async function installChromium(): Promise<string | undefined> {
  return installedPath() ?? (await fromDebian()) ?? (await fromPlaywright(() => chromium.executablePath()));
}

async function launch(): Promise<Browser | null> {
  const executablePath = await installChromium();
  if (executablePath === undefined) {
    reportSkipped(
      'the browser tests',
      'Install Chromium (apt-get install chromium), or name one: CHROMIUM_PATH=/path/to/chromium npm test',
    );
    return null;
  }
  return chromium.launch({
    executablePath,
    args: [
      // Chromium's sandbox does not run as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // Host names for tests that need a registrable domain and a certificate (reverse-proxy.ts).
      '--host-resolver-rules=MAP *.example.test 127.0.0.1',
    ],
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function installedPath(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) {
      throw new Error(`CHROMIUM_PATH names ${named}, which does not exist or cannot be executed.`);
    }
    return named;
  }
  return names.map(onPath).find((path) => path !== undefined);
}

async function succeeds(
  command: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<boolean> {
  try {
    await run(command, [...parameters], {
      timeout: installTimeoutMs,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...environment },
    });
    return true;
  } catch {
    return false;
  }
}

async function fromDebian(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) {
    return undefined;
  }
  process.stdout.write('No Chromium was found: installing the package of this system (apt-get install chromium).\n');
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const installed =
    (await succeeds('apt-get', ['update', '-q'], environment)) &&
    (await succeeds(
      'apt-get',
      ['install', '-qy', '--no-install-recommends', 'chromium', 'fonts-liberation'],
      environment,
    ));
  return installed ? onPath('chromium') : undefined;
}

async function fromPlaywright(pathOf: () => string): Promise<string | undefined> {
  if (isExecutable(pathOf())) {
    return pathOf();
  }
  process.stdout.write("No Chromium was found: downloading Playwright's (playwright-core install chromium).\n");
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  return (await succeeds(process.execPath, [cli, 'install', 'chromium'])) && isExecutable(pathOf())
    ? pathOf()
    : undefined;
}
