/**
 * What all test runs came to: says why each test was skipped, counts, and decides the exit code of `.ci/run`.
 * Its arguments are the number of checks that failed before, and then for each run the file of its results (see
 * reporter.js) and its exit code.
 *
 * A skip is right for one reason only: there is no MongoDB, or none that is a replica set. Where a MongoDB was named,
 * or one test on it passed, no other may be skipped; the same for the tests that need a replica set.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const [checks = '0', ...given] = process.argv.slice(2);

/** One run of mocha; one that wrote no results ran nothing. */
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

/** What may be missing, by the titles of the tests that need it, and whether it is there after all. */
const parts = [
  { name: 'a MongoDB replica set', needed: /replica set/i, isThere: hasPassed(/^storage on a MongoDB replica set/) },
  { name: 'a MongoDB', needed: /MongoDB/, isThere: wasNamed || hasPassed(/\bon MongoDB/) },
];

/** What a test was skipped for want of; undefined where this machine could have run it. */
function lacking(title) {
  const part = parts.find(({ needed }) => needed.test(title));
  return part === undefined || part.isThere ? undefined : part.name;
}

const say = (line) => process.stdout.write(`${line}\n`);

let failed = Number(checks);
for (const title of skipped) {
  const part = lacking(title);
  failed += part === undefined ? 1 : 0;
  say(
    part === undefined
      ? `FAILED: skipped although this machine could have run it: ${title}`
      : `skipped, for want of ${part}: ${title}`,
  );
}
for (const run of runs) {
  // A run that ends badly, or runs nothing, has failed although no test did.
  const endedBadly = run.failed === 0 && (run.exitCode !== 0 || run.passed.length === 0);
  failed += run.failed + (endedBadly ? 1 : 0);
  if (endedBadly) {
    say(`FAILED: the run "${run.name}" ended with ${run.exitCode}, after ${run.passed.length} tests that passed`);
  }
}
say(`${passed.length} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 ? 0 : 1);
