/**
 * `npm run bench`: Gatehouse against the bare engine. See docs/benchmarks.md for what it measures and how.
 *
 *     npm run bench -- [--quick] [--database mongodb://HOST/] [--only WORD] [--output FILE]
 *
 * `--only` measures the scenarios whose name contains the word, and writes no report. With `--database` a new database
 * (`gatehouse_bench_…`) is created on that server and not removed.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withDatabase } from '../support/mongodb.ts';
import { installPackage } from '../support/package.ts';
import { freePort } from '../support/server.ts';
import { countDatabaseWork, type DatabaseWork } from './database-work.ts';
import { measureLoginStorm, stormConcurrency, type LoginStormMeasured } from './login-storm.ts';
import { hashRate, measureLogins, measureStorm } from './logins.ts';
import { residentMiB } from './process-usage.ts';
import { report, type ScenarioResult } from './report.ts';
import { measure } from './rounds.ts';
import { login, scenarios } from './scenarios.ts';
import { measureSecondFactor } from './second-factor-logins.ts';
import { measureNpmStart, measurePackageStart } from './starts.ts';
import { productionEnvironment, startBareEngine, startGatehouse, type Target } from './targets.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    database: { type: 'string' },
    only: { type: 'string' },
    output: { type: 'string', default: fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url)) },
  },
});
const rounds = options.quick
  ? { rounds: 3, seconds: 1, warmUpSeconds: 2 }
  : // A server compiles its code while it runs: until then, what takes longer is measured as slower than it is.
    { rounds: 5, seconds: 2, warmUpSeconds: 10 };
const starts = options.quick ? 2 : 5;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function databaseWork(
  scenario: (typeof scenarios)[number],
  gatehouses: readonly Target[],
): Promise<readonly DatabaseWork[]> {
  const work: DatabaseWork[] = [];
  for (const target of gatehouses) {
    work.push(await countDatabaseWork(scenario, target));
  }
  return work;
}

/** A server of its own, which hashes one password at a time, so that the client that makes the load has a core. */
async function measureOverload(folder: string, launcher: string): Promise<LoginStormMeasured> {
  const target = await startGatehouse({
    name: 'Gatehouse, SQLite, one hash at a time',
    launcher,
    folder,
    databaseUrl: `sqlite:${join(folder, 'storm.db')}`,
    port: await freePort(),
    settings: { PASSWORD_HASH_CONCURRENCY: String(stormConcurrency) },
  });
  try {
    const hashes = await hashRate(rounds.seconds, { concurrency: stormConcurrency });
    return await measureLoginStorm(target, hashes, options.quick ? 5 : 60);
  } finally {
    await target.stop();
  }
}

async function run(folder: string): Promise<void> {
  const { installed } = await installPackage(folder);
  const launcher = join(installed, 'src', 'cli', 'gatehouse.js');
  const sqlite = `sqlite:${join(folder, 'gatehouse.db')}`;
  const targets: Target[] = [await startBareEngine()];
  try {
    targets.push(
      await startGatehouse({
        name: 'Gatehouse, SQLite',
        launcher,
        folder,
        databaseUrl: sqlite,
        port: await freePort(),
      }),
    );
    if (options.database !== undefined) {
      targets.push(
        await startGatehouse({
          name: 'Gatehouse, MongoDB',
          launcher,
          folder,
          databaseUrl: withDatabase(options.database, `gatehouse_bench_${Date.now()}`),
          port: await freePort(),
        }),
      );
    }
    const [, ...gatehouses] = targets;
    const measured: ScenarioResult[] = [];
    for (const scenario of scenarios.filter(({ name }) => options.only === undefined || name.includes(options.only))) {
      const results = await measure(scenario, targets, rounds);
      measured.push({
        name: scenario.name,
        measured: results,
        database: await databaseWork(scenario, gatehouses),
        ...(scenario.minRatio === undefined ? {} : { minRatio: scenario.minRatio }),
      });
      print(
        `${scenario.name}: ${results.map(({ rate, processorMs, ratio }) => `${rate.toFixed(0)}/s, ${processorMs.toFixed(2)} ms, ${ratio.toFixed(2)}`).join(' | ')}`,
      );
    }
    if (options.only !== undefined) {
      return;
    }
    const logins = await measureLogins(targets, rounds);
    print(
      `sign-ins: ${logins.hashes.toFixed(0)} hashes/s; ${logins.targets.map(({ rate, ratio }) => `${rate.toFixed(0)}/s, ${ratio.toFixed(2)}`).join(' | ')}`,
    );
    const secondFactor = await measureSecondFactor(gatehouses[0] as Target, rounds);
    print(`sign-ins with a second factor: ${secondFactor.rate.toFixed(0)}/s, ${secondFactor.ratio.toFixed(2)}`);
    const storm = await measureStorm(gatehouses[0] as Target, { rounds: options.quick ? 1 : 3, seconds: 4 });
    print(`JWT p99: ${storm.idleP99} ms idle, ${storm.stormP99} ms while users sign in`);
    const loginStorm = await measureOverload(folder, launcher);
    print(
      `login storm: ${loginStorm.sent.toFixed(0)}/s sent, ${loginStorm.succeeded.toFixed(0)}/s succeeded, rejected within ${loginStorm.rejectedP99.toFixed(0)} ms`,
    );
    const loginDatabase = await databaseWork(login, gatehouses);
    const loaded = await Promise.all(
      targets.map(async ({ name, pid }) => ({
        what: name,
        residentMiB: await residentMiB(pid),
        peakMiB: await residentMiB(pid, 'VmHWM'),
      })),
    );
    await Promise.all(targets.splice(0).map((target) => target.stop()));

    const environment = productionEnvironment(`sqlite:${join(folder, 'start.db')}`, 0);
    const started = [
      {
        what: 'the built package, production, SQLite',
        ...(await measurePackageStart(folder, launcher, environment, starts)),
      },
      { what: '`npm start` in a clone, warm compile cache', ...(await measureNpmStart(folder, starts)) },
    ];
    for (const { what, readyMs, idleMiB } of started) {
      print(`${what}: ready after ${readyMs.toFixed(0)} ms, ${idleMiB.toFixed(0)} MiB`);
    }
    const remarks = await readFile(new URL('remarks.md', import.meta.url), 'utf8');
    const text = report(
      {
        date: new Date(),
        rounds,
        targets: ['the bare engine', ...gatehouses.map(({ name }) => name)],
        scenarios: measured,
        logins,
        secondFactor,
        loginDatabase,
        storm,
        loginStorm,
        starts: started,
        loaded,
      },
      remarks,
    );
    await writeFile(options.output, text);
    print(`written to ${options.output}`);
  } finally {
    await Promise.all(targets.map((target) => target.stop()));
  }
}

const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
try {
  await run(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
