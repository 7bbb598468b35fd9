/**
 * A real Chromium for tests: the one that `CHROMIUM_PATH` names or that is on the PATH; else Debian's package, where
 * this is root and apt-get is there; else Playwright's own download; else none, which is reported (skipped.ts).
 */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { reportSkipped } from './skipped.ts';

const run = promisify(execFile);

/** Milliseconds for an installation. */
const installTimeoutMs = 240_000;
const names = ['chromium', 'chromium-browser', 'google-chrome'];

let launched: Promise<Browser | null> | undefined;

/**
 * The browser that all suites share, or null where none can be had (then the suite skips itself). The first call may
 * take as long as an installation: give the hook ten minutes.
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

async function launch(): Promise<Browser | null> {
  const { chromium } = await import('playwright-core');
  const executablePath = found() ?? (await fromDebian()) ?? (await fromPlaywright(() => chromium.executablePath()));
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
      // Hosts of tests that need a registrable domain and a certificate (reverse-proxy.ts).
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

function found(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (!isExecutable(named)) {
      throw new Error(`CHROMIUM_PATH names ${named}, which is not there or cannot be run.`);
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
