/** Formats the results as docs/benchmarks.md: what was measured, on which machine, and against which target. */
import type { DatabaseWork } from './database-work.ts';
import type { LoginStormMeasured } from './login-storm.ts';
import type { LoginsMeasured, StormMeasured } from './logins.ts';
import type { Measured, RoundOptions } from './rounds.ts';
import { machine, result, table, two, whole } from './report-format.ts';
import type { SecondFactorMeasured } from './second-factor-logins.ts';
import type { StartMeasured } from './starts.ts';

export interface ScenarioResult {
  readonly name: string;
  readonly minRatio?: number;
  /** In the order of the targets; the bare engine first. */
  readonly measured: readonly Measured[];
  /** In the order of the targets without the bare engine. */
  readonly database: readonly DatabaseWork[];
}

export interface Results {
  readonly date: Date;
  readonly rounds: Required<RoundOptions>;
  /** The names of the targets; the bare engine first. */
  readonly targets: readonly string[];
  readonly scenarios: readonly ScenarioResult[];
  readonly logins: LoginsMeasured;
  readonly secondFactor: SecondFactorMeasured;
  readonly loginDatabase: readonly DatabaseWork[];
  readonly storm: StormMeasured;
  readonly loginStorm: LoginStormMeasured;
  readonly starts: readonly (StartMeasured & { readonly what: string })[];
  /** Memory in MiB after all measurements, and the peak. */
  readonly loaded: readonly { readonly what: string; readonly residentMiB: number; readonly peakMiB: number }[];
}

/** The minimum ratio of sign-ins per second to hashes per second. */
const minLoginRatio = 0.7;
/** Of a login storm: successful sign-ins per hash that could be computed, and milliseconds. */
const minGoodput = 0.8;
const maxRejectionMs = 200;
const maxRecoveryMs = 5000;
/** The maximum, in MiB. */
const maxIdleMiB = 150;
/** The maximum, in milliseconds. */
const maxStartMs = 3000;

function maxStormP99({ idleP99 }: Pick<StormMeasured, 'idleP99'>): number {
  return Math.max(100, 3 * idleP99);
}

function formatWork({ reads, writes, waits }: DatabaseWork): string {
  const number = (value: number): string => String(Math.round(value * 10) / 10);
  return `${number(reads)} + ${number(writes)}, ${number(waits)}`;
}

function ratesTable({ scenarios, targets }: Results): string {
  const others = targets.slice(1);
  return table(
    [
      '',
      `${targets[0] ?? ''}, per second`,
      ...others.flatMap((name) => [`${name}, per second`, 'ratio']),
      'required (SQLite)',
      '',
    ],
    scenarios.map(({ name, minRatio, measured }) => [
      name,
      whole(measured[0]?.rate ?? Number.NaN),
      ...measured.slice(1).flatMap(({ rate, ratio }) => [whole(rate), two(ratio)]),
      minRatio === undefined ? '' : `≥ ${minRatio}`,
      minRatio === undefined ? '' : result((measured[1]?.ratio ?? 0) >= minRatio),
    ]),
  );
}

function processorTable({ scenarios, targets }: Results): string {
  return table(
    ['processor time of the server for each, ms', ...targets],
    scenarios.map(({ name, measured }) => [name, ...measured.map(({ processorMs }) => two(processorMs))]),
  );
}

function databaseTable({ scenarios, targets, loginDatabase }: Results): string {
  return table(
    ['reads + writes, waits for the disk', ...targets.slice(1)],
    [...scenarios, { name: 'sign-in with a password, to the code', database: loginDatabase }].map(
      ({ name, database }) => [name, ...database.map(formatWork)],
    ),
  );
}

function loginTable({ logins, secondFactor, storm, targets }: Results): string {
  return (
    table(
      ['', 'per second', 'ratio to hashing', 'required', ''],
      [
        ['argon2id hashes alone, two at a time', whole(logins.hashes), '1.00', '', ''],
        ...logins.targets.map(({ rate, ratio }, index) => [
          `sign-ins, ${targets[index] ?? ''}`,
          whole(rate),
          two(ratio),
          index === 1 ? `≥ ${minLoginRatio}` : '',
          index === 1 ? result(ratio >= minLoginRatio) : '',
        ]),
      ],
    ) +
    `\n\nWith a second factor (a code of an authenticator app after the password), ${targets[1] ?? ''} completes ${whole(secondFactor.rate)} sign-ins per second: ` +
    `${two(secondFactor.ratio)} of the ${whole(secondFactor.passwordRate)} with the password alone.` +
    `\n\nMachine clients that request a JWT meanwhile (50 per second) get it within ${whole(storm.stormP99)} ms at the 99th percentile, ` +
    `${whole(storm.idleP99)} ms when no user signs in; at most ${whole(maxStormP99(storm))} ms are required: ${result(storm.stormP99 <= maxStormP99(storm))}.`
  );
}

function loginStormTable({ loginStorm: storm }: Results): string {
  const goodput = storm.succeeded / storm.hashes;
  const limit = maxStormP99(storm);
  return table(
    ['', 'measured', 'required', ''],
    [
      ['hashes per second, one at a time', two(storm.hashes), '', ''],
      ['sign-ins sent per second', two(storm.sent), '', ''],
      [
        'sign-ins that succeeded, for each hash that could be computed',
        two(goodput),
        `≥ ${minGoodput}`,
        result(goodput >= minGoodput),
      ],
      [
        'rejected with 429 or 503 within, ms (99th percentile)',
        whole(storm.rejectedP99),
        `≤ ${maxRejectionMs}`,
        result(storm.rejectedP99 <= maxRejectionMs),
      ],
      [
        'rejected in another way, or without `Retry-After`',
        whole(storm.wrongRejections),
        '0',
        result(storm.wrongRejections === 0),
      ],
      [
        'JWT of machine clients within, ms (99th percentile)',
        whole(storm.stormP99),
        `≤ ${whole(limit)}`,
        result(storm.stormP99 <= limit),
      ],
      [
        'the next sign-in after the storm, ms',
        whole(storm.recovery),
        `≤ ${whole(maxRecoveryMs)}`,
        result(storm.recovery <= maxRecoveryMs),
      ],
      ['memory that it added, MiB', whole(storm.addedMiB), '', ''],
    ],
  );
}

function startTable({ starts, loaded }: Results): string {
  return (
    table(
      ['', 'ready after, ms', 'idle memory, MiB', `required: at most ${maxIdleMiB} MiB, ${whole(maxStartMs)} ms`],
      starts.map(({ what, readyMs, idleMiB }) => [
        what,
        whole(readyMs),
        whole(idleMiB),
        result(idleMiB <= maxIdleMiB && readyMs <= maxStartMs),
      ]),
    ) +
    '\n\n' +
    table(
      ['after all measurements above', 'resident, MiB', 'peak, MiB'],
      loaded.map(({ what, residentMiB, peakMiB }) => [what, whole(residentMiB), whole(peakMiB)]),
    )
  );
}

/** @param remarks the section that explains the results, written by hand (remarks.md) */
export function report(results: Results, remarks: string): string {
  const {
    rounds: { rounds, seconds, warmUpSeconds },
  } = results;
  return `# Benchmarks

Written by \`npm run bench\` on ${results.date.toISOString().slice(0, 10)}: ${machine()}. Other programs run on the same machine, and so does the client that makes the load: compare the ratios, not the rates.

Gatehouse is the built package in production, one process, with its defaults; only the request limits are off, because all requests come from one
address and one client. The bare engine is \`oidc-provider\` without additions, one process: its in-memory adapter (a cache of 1000 entries; nothing survives a
restart), clients in that adapter, no limits, no logs, no metrics, no audit, no security headers, bearer tokens stored in clear text; it has the same
features, clients, APIs, token formats and lifetimes, and verifies passwords with the same argon2id. Each line: ${warmUpSeconds} s of load
for each server, in which it compiles its code, then ${rounds} rounds of ${seconds} s for each in turn, in reverse order every second round, 16 connections (users, for
flows) without pauses; medians, and the median of the ratios of the rounds.
[benchmarks-keycloak.md](benchmarks-keycloak.md) compares Gatehouse with Keycloak.

## Requests

${ratesTable(results)}

${processorTable(results)}

## Signing in with a password

${loginTable(results)}

## A login storm

Five times as many sign-ins as the server can hash, from many addresses, at a constant rate that does not wait for answers.

${loginStormTable(results)}

## The database

Operations for each request or flow, which run one after the other, so that no two share a transaction.

${databaseTable(results)}

## Start and memory

${startTable(results)}

${remarks.trim()}
`;
}
