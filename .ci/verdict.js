/**
 * What a whole run came to: says why each test was skipped, counts, and decides the exit code of `.ci/run`.
 *
 * A skip is right for one reason only: there is no MongoDB, or none that is a replica set. Where a MongoDB was named,
 * or one test on it passed, no other may be skipped; the same for the tests that need a replica set.
 */
import { existsSync, readFileSync } from 'node:fs';

const [checks = 0, exitCode = 0] = process.argv.slice(2).map(Number);
const results = process.env['CI_RESULTS'] ?? '';
const { passed, failed, skipped } = existsSync(results)
  ? JSON.parse(readFileSync(results, 'utf8'))
  : { passed: [], failed: 0, skipped: [] };

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

let wrongly = 0;
for (const title of skipped) {
  const part = lacking(title);
  wrongly += part === undefined ? 1 : 0;
  say(
    part === undefined
      ? `FAILED: skipped although this machine could have run it: ${title}`
      : `skipped, for want of ${part}: ${title}`,
  );
}
// A run that ends badly, or runs nothing, has failed although no test did.
const endedBadly = failed === 0 && (exitCode !== 0 || passed.length === 0);
if (endedBadly) {
  say(`FAILED: npm test ended with ${exitCode}, after ${passed.length} tests that passed`);
}
const total = failed + checks + wrongly + (endedBadly ? 1 : 0);
say(`${passed.length} passed, ${total} failed, ${skipped.length} skipped`);
process.exit(total === 0 ? 0 : 1);
