/**
 * Prints the result of all test runs and the reason for each skipped test, and decides the exit code of `.ci/run`. The
 * arguments are the number of checks that failed before, and then for each run the file of its results (see reporter.js)
 * and its exit code.
 *
 * A test may be skipped for one reason only: there is no MongoDB, or it is not a replica set. If a MongoDB was named, or
 * one test on it passed, no other test on it may be skipped. The same holds for tests that need a replica set.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const [checks = '0', ...given] = process.argv.slice(2);

/** One run of mocha. If its file does not exist, it ran no test. */
function readRun(file, exitCode) {
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: [], failed: 0, skipped: [] };
  return { name: basename(file, '.json'), exitCode: Number(exitCode), ...results };
}
const runs = [];
for (let at = 0; at < given.length; at += 2) {
  runs.push(readRun(given[at], given[at + 1]));
}
const passed = runs.flatMap((run) => run.passed);
const skipped = runs.flatMap((run) => run.skipped);

const wasNamed = !['', 'none'].includes(process.env['MONGODB_URL_TEST'] ?? '');
const hasPassed = (pattern) => passed.some((title) => pattern.test(title));

/** The parts that a machine may lack: which titles belong to tests that need the part, and whether it exists. */
const parts = [
  { name: 'MongoDB replica set', needed: /replica set/i, exists: hasPassed(/^storage on a MongoDB replica set/) },
  { name: 'MongoDB', needed: /MongoDB/, exists: wasNamed || hasPassed(/\bon MongoDB/) },
];

/** The part that is missing for a test; undefined if this machine could have run it. */
function missingPart(title) {
  const part = parts.find(({ needed }) => needed.test(title));
  return part === undefined || part.exists ? undefined : part.name;
}

const print = (line) => process.stdout.write(`${line}\n`);

let failed = Number(checks);
for (const title of skipped) {
  const part = missingPart(title);
  failed += part === undefined ? 1 : 0;
  print(
    part === undefined
      ? `FAILED: skipped although this machine could have run it: ${title}`
      : `skipped, because there is no ${part}: ${title}`,
  );
}
for (const run of runs) {
  // A run failed without a failed test if its exit code is not 0, or if it ran no test.
  const failedAsWhole = run.failed === 0 && (run.exitCode !== 0 || run.passed.length === 0);
  failed += run.failed + (failedAsWhole ? 1 : 0);
  if (failedAsWhole) {
    print(
      `FAILED: the run "${run.name}" ended with exit code ${run.exitCode}, after ${run.passed.length} passed tests`,
    );
  }
}
print(`${passed.length} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 ? 0 : 1);
