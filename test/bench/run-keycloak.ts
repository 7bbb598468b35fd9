/**
 * `npm run bench:keycloak`: Gatehouse on SQLite beside Keycloak on PostgreSQL, and beside the bare engine. See
 * docs/benchmarks-keycloak.md for what it measures and how.
 *
 *     KEYCLOAK_HOME=/path/to/keycloak npm run bench:keycloak -- [--quick] [--only WORD] [--output FILE]
 *
 * `--only` measures the scenarios whose name contains the word, and writes no report.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackage } from '../support/package.ts';
import { freePort } from '../support/server.ts';
import { keycloakReport, type ComparisonResult, type MemoryMeasured } from './keycloak-report.ts';
import { heap, startKeycloak } from './keycloak.ts';
import { startPostgres } from './postgres.ts';
import { residentMiB, sharedMiB } from './process-usage.ts';
import { measure } from './rounds.ts';
import { clientCredentialsJwt, codeFlows, introspection, refreshes, single } from './scenarios.ts';
import { appScope, photos } from './setup.ts';
import { startBareEngine, startGatehouse } from './targets.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    output: { type: 'string', default: fileURLToPath(new URL('../../docs/benchmarks-keycloak.md', import.meta.url)) },
  },
});
const rounds = options.quick
  ? { rounds: 3, seconds: 2, warmUpSeconds: 10 }
  : { rounds: 5, seconds: 5, warmUpSeconds: 20 };

/** Seconds until the memory that only the start needs is released. */
const settleSeconds = 10;
const jwtScope = `openid ${photos.scope}`;

/** In the order of the report. The minimum is that of the requests per second of processor time. */
const scenarios = [
  single('client credentials, JWT (ES256)', 4, clientCredentialsJwt),
  introspection("introspection of a user's token, opaque at Gatehouse", appScope, 4),
  introspection("introspection of a user's token, JWT", jwtScope, 4),
  refreshes('refresh, rotating, opaque at Gatehouse, and ID token', appScope, 3.5),
  refreshes('refresh, rotating, JWT, and ID token', jwtScope, 3.5),
  codeFlows('whole code flow on a session, opaque at Gatehouse', appScope, 3),
  codeFlows('whole code flow on a session, JWT', jwtScope, 3),
];
/** What the bare engine can do, too: it has no API with JWTs. */
const scenariosOfEngine = scenarios.filter(({ name }) => name.includes('opaque'));

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function run(home: string, folder: string): Promise<void> {
  const { installed } = await installPackage(folder);
  const postgres = await startPostgres();
  const stops = [() => postgres.stop()];
  try {
    const keycloak = await startKeycloak(home, folder, postgres);
    stops.unshift(() => keycloak.target.stop());
    const gatehouse = await startGatehouse({
      name: 'Gatehouse, SQLite',
      launcher: join(installed, 'src', 'cli', 'gatehouse.js'),
      folder,
      databaseUrl: `sqlite:${join(folder, 'gatehouse.db')}`,
      port: await freePort(),
    });
    stops.unshift(() => gatehouse.stop());
    const engine = await startBareEngine();
    stops.unshift(() => engine.stop());
    const memory = async (): Promise<MemoryMeasured> => ({
      gatehouse: await residentMiB(gatehouse.pid),
      keycloak: await residentMiB(keycloak.javaPid),
      postgres: await sharedMiB(postgres.pid),
    });
    await sleep(settleSeconds * 1000);
    const idle = await memory();
    const chosen = scenarios.filter(({ name }) => options.only === undefined || name.includes(options.only));
    // Java compiles what is used much, and the scenarios share code: without this, the first would be the slowest.
    for (const scenario of chosen) {
      const load = await scenario.prepare(keycloak.target);
      await load.run(rounds.warmUpSeconds);
      load.close();
    }
    const results: ComparisonResult[] = [];
    for (const scenario of chosen) {
      const targets = [keycloak.target, gatehouse, ...(scenariosOfEngine.includes(scenario) ? [engine] : [])];
      const [ofKeycloak, ofGatehouse, ofEngine] = await measure(scenario, targets, rounds);
      if (ofKeycloak === undefined || ofGatehouse === undefined || scenario.minRatio === undefined) {
        throw new TypeError(`no results for ${scenario.name}`);
      }
      results.push({
        name: scenario.name,
        minRatio: scenario.minRatio,
        keycloak: ofKeycloak,
        gatehouse: ofGatehouse,
        ...(ofEngine === undefined ? {} : { engine: ofEngine }),
      });
      print(
        `${scenario.name}: Keycloak ${ofKeycloak.rate.toFixed(0)}/s, ${ofKeycloak.processorMs.toFixed(2)} ms | ` +
          `Gatehouse ${ofGatehouse.rate.toFixed(0)}/s, ${ofGatehouse.processorMs.toFixed(2)} ms | ` +
          `${ofGatehouse.processorRatio.toFixed(2)}, at least ${scenario.minRatio} required` +
          (ofEngine === undefined ? '' : ` | the bare engine ${ofEngine.processorRatio.toFixed(2)}`),
      );
    }
    if (options.only !== undefined) {
      return;
    }
    const text = keycloakReport({
      date: new Date(),
      rounds,
      versions: { keycloak: keycloak.version, java: keycloak.javaVersion, postgres: postgres.version },
      heap,
      scenarios: results,
      idle,
      loaded: await memory(),
    });
    await writeFile(options.output, text);
    print(`written to ${options.output}`);
  } finally {
    for (const stop of stops) {
      await stop();
    }
  }
}

const home = process.env['KEYCLOAK_HOME'];
if (home === undefined) {
  process.stderr.write("not measured: set KEYCLOAK_HOME to the folder of Keycloak's unpacked distribution\n");
  process.exitCode = 1;
} else {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-keycloak-'));
  try {
    await run(home, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
