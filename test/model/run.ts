/**
 * The random model of the life of tokens. It starts two instances of the server on one database, does random operations
 * (users sign in and out, apps refresh and exchange tokens, operators delete things, time passes), and keeps a model of
 * which token must be valid and which must not. After each operation it asks everybody who can be asked, which is
 * introspection and userinfo at both instances, and the guards of three APIs, and compares. It finds what nobody has
 * thought of when writing a test.
 *
 *     npm run test:model -- [--seed 1] [--runs 20] [--operations 300] [--database sqlite|mongodb]
 *
 * Each run has a database of its own and the next seed. For MongoDB, `MONGODB_URL_TEST` names the server; without it,
 * one is started. `npm test` runs a few seeds (model.test.ts).
 *
 * A failure prints the last operations, and the command that repeats it. Values of the servers and the order of
 * parallel requests are not seeded (random.ts), so repeat a failed race several times. To find the cause, write the
 * operations that matter as a test in `test/flows`. If the model is wrong and not the server, change its rule, with the
 * decision that says so.
 *
 * - What happens: `operations/` and races.ts. Another operation is one more entry in one of their lists.
 * - What must be valid: expectations.ts; what ends together: ends.ts.
 * - Who is asked: checks.ts.
 *
 * What it leaves out: groups, the end of a consent that the user chose, settings of clients and APIs, rotated keys,
 * sign-in without a browser, second factors. Where the model cannot know the answer, it does not ask: near the expiry
 * of something, and what a code or refresh token gives after a part of its scopes was removed.
 */
import { parseArgs } from 'node:util';
import { findMongodb, freshMongodb, stopMongodb } from '../support/mongodb.ts';
import { startTestServer, type TestServerOptions } from '../support/server.ts';
import { reportFailure, simulate } from './simulate.ts';
import type { DatabaseName } from './world.ts';

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly operations: number;
  readonly database: DatabaseName;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readNumber(name: string, text: string, minimum: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum) {
    throw new TypeError(`--${name} must be an integer of at least ${minimum}, not "${text}".`);
  }
  return value;
}

/** @throws TypeError with the mistake */
async function readOptions(): Promise<Options> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '20' },
      operations: { type: 'string', default: '300' },
      database: { type: 'string', default: 'sqlite' },
    },
  });
  const { database } = values;
  if (database !== 'sqlite' && database !== 'mongodb') {
    throw new TypeError(`--database must be sqlite or mongodb, not "${database}".`);
  }
  const options = {
    seed: readNumber('seed', values.seed, 0),
    runs: readNumber('runs', values.runs, 1),
    operations: readNumber('operations', values.operations, 1),
    database,
  } as const;
  if (database === 'mongodb') {
    await findMongodb();
    if ((await freshMongodb()) === null) {
      throw new TypeError('There is no MongoDB. Name one: MONGODB_URL_TEST=mongodb://localhost:27017');
    }
  }
  return options;
}

/** @returns whether the model and the servers agree */
async function runOnce(seed: number, { operations, database }: Options): Promise<boolean> {
  const mongodb = database === 'mongodb' ? await freshMongodb() : null;
  const start = (options: TestServerOptions) =>
    startTestServer(mongodb === null ? options : { databaseUrl: mongodb.url, ...options });
  const startedAt = performance.now();
  const run = await simulate({ seed, operations, start });
  await mongodb?.drop();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const verdict = run.failure === undefined ? 'ok' : 'FAILED';
  print(`seed ${seed}: ${verdict}, ${run.log.length} operations, ${run.tokens} tokens, ${seconds} s`);
  if (run.failure !== undefined) {
    print(reportFailure(run));
  }
  return run.failure === undefined;
}

/** @returns how many runs failed */
async function runAll(options: Options): Promise<number> {
  let failed = 0;
  for (let seed = options.seed; seed < options.seed + options.runs; seed += 1) {
    failed += (await runOnce(seed, options)) ? 0 : 1;
  }
  print(`${failed} of ${options.runs} runs failed`);
  return failed;
}

/** @returns undefined after a mistake in the arguments, which is printed */
async function optionsOrMistake(): Promise<Options | undefined> {
  try {
    return await readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

const options = await optionsOrMistake();
process.exitCode = options === undefined ? 2 : (await runAll(options)) === 0 ? 0 : 1;
await stopMongodb();
