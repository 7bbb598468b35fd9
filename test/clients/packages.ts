/**
 * The client libraries, installed when they are needed: npm packages in `javascript/node_modules`, Python packages in
 * the virtual environment `python/.venv`, and those of `examples/django` in its own. All are exactly the versions that
 * are pinned there, and are installed again when a pinned version changes.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reportSkipped } from '../support/skipped.ts';

const run = promisify(execFile);

/** Milliseconds for an installation. */
const installTimeoutMs = 300_000;

export type Language = 'javascript' | 'python';
/** The app has packages of its own, as a project that copies it would. */
type Pinned = Language | 'django example';

interface Packages {
  readonly folder: string;
  /** The file that pins the versions. */
  readonly pins: string;
  /** Where the packages are installed. */
  readonly installed: string;
  /** The program that runs an app. */
  readonly interpreter: string;
  /** Commands that install the packages, each run in `folder`. */
  readonly install: readonly (readonly [command: string, ...parameters: string[]])[];
  /** The exact version of a package. */
  version(name: string): string | undefined;
  readonly howToRun: string;
}

const javascript = join(import.meta.dirname, 'javascript');

/** The packages of a `requirements.txt`, in a virtual environment beside it. */
function pythonPackages(folder: string): Packages {
  const environment = join(folder, '.venv');
  const pip = join(environment, 'bin/pip');
  const pins = join(folder, 'requirements.txt');
  return {
    folder,
    pins,
    installed: environment,
    interpreter: join(environment, 'bin/python'),
    install: [
      ['python3', '-m', 'venv', environment],
      [pip, 'install', '--quiet', '--disable-pip-version-check', '--requirement', 'requirements.txt'],
    ],
    version: (name) =>
      readFileSync(pins, 'utf8')
        .split('\n')
        .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}==`))
        ?.slice(name.length + 2),
    howToRun:
      'They need Python 3 with venv (apt-get install python3-venv) and the Python package index: pip install -r requirements.txt must succeed.',
  };
}

const packages: Readonly<Record<Pinned, Packages>> = {
  javascript: {
    folder: javascript,
    pins: join(javascript, 'package-lock.json'),
    installed: join(javascript, 'node_modules'),
    interpreter: process.execPath,
    install: [['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund']],
    version: (name) => {
      const { dependencies } = JSON.parse(readFileSync(join(javascript, 'package.json'), 'utf8')) as {
        readonly dependencies: Readonly<Record<string, string>>;
      };
      return dependencies[name];
    },
    howToRun: 'They need npm and the npm registry: npm ci in test/clients/javascript must succeed.',
  },
  python: pythonPackages(join(import.meta.dirname, 'python')),
  'django example': pythonPackages(join(import.meta.dirname, '../../examples/django')),
};

/** The exact version of a client library. @throws when it is not pinned as a direct dependency */
export function versionOf(language: Language, name: string): string {
  const version = packages[language].version(name);
  if (version === undefined) {
    throw new Error(`${name} is not pinned in ${packages[language].folder}`);
  }
  return version;
}

const installations = new Map<Pinned, Promise<string | null>>();

/**
 * Installs the packages of a language unless they are there. The first call may take as long as a download: give the
 * hook ten minutes.
 * @returns the program that runs an app; null where the packages cannot be had (then the suite skips itself)
 */
export function install(language: Pinned): Promise<string | null> {
  const running = installations.get(language) ?? installOnce(language);
  installations.set(language, running);
  return running;
}

async function installOnce(language: Pinned): Promise<string | null> {
  const { folder, pins, installed, interpreter, install: commands, howToRun } = packages[language];
  const stamp = join(installed, '.installed-from');
  const digest = createHash('sha256').update(readFileSync(pins)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && existsSync(interpreter)) {
    return interpreter;
  }
  try {
    await rm(installed, { recursive: true, force: true });
    for (const [command, ...parameters] of commands) {
      await run(command, parameters, { cwd: folder, timeout: installTimeoutMs, maxBuffer: 64 * 1024 * 1024 });
    }
    await writeFile(stamp, digest);
    return interpreter;
  } catch (error) {
    reportSkipped(
      language === 'django example' ? 'the tests of examples/django' : `the clients in test/clients/${language}`,
      `${howToRun}\n    ${String(error).split('\n').slice(0, 3).join('\n    ')}`,
    );
    return null;
  }
}
