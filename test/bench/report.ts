/** The results in words, for docs/benchmarks.md: what was measured, on what, against which bar. */
import { cpus, totalmem } from 'node:os';
import type { DatabaseWork } from './database-work.ts';
import type { LoginsMeasured, StormMeasured } from './logins.ts';
import type { Measured } from './rounds.ts';
import type { StartMeasured } from './starts.ts';

export interface ScenarioResult {
  readonly name: string;
  readonly bar?: number;
  /** In the order of the targets; the bare engine first. */
  readonly measured: readonly Measured[];
  /** In the order of the targets without the bare engine. */
  readonly database: readonly DatabaseWork[];
}

export interface Results {
  readonly date: Date;
  readonly rounds: { readonly rounds: number; readonly seconds: number };
  /** The names of the targets; the bare engine first. */
  readonly targets: readonly string[];
  readonly scenarios: readonly ScenarioResult[];
  readonly logins: LoginsMeasured;
  readonly loginDatabase: readonly DatabaseWork[];
  readonly storm: StormMeasured;
  readonly starts: readonly (StartMeasured & { readonly what: string })[];
  /** MiB at the end, after all that load, and at the worst moment. */
  readonly loaded: readonly { readonly what: string; readonly residentMiB: number; readonly peakMiB: number }[];
}

/** Sign-ins a second by hashes a second. */
const loginBar = 0.7;
/** MiB. */
const idleMemoryBar = 150;
/** Milliseconds. */
const startBar = 3000;

function stormBar({ idleP99 }: StormMeasured): number {
  return Math.max(100, 3 * idleP99);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map((_head, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const two = (value: number): string => value.toFixed(2);
const verdict = (good: boolean): string => (good ? 'reached' : '**missed**');

function shortly({ reads, writes, waits }: DatabaseWork): string {
  const number = (value: number): string => String(Math.round(value * 10) / 10);
  return `${number(reads)} + ${number(writes)}, ${number(waits)}`;
}

function ratesTable({ scenarios, targets }: Results): string {
  const others = targets.slice(1);
  return table(
    [
      '',
      `${targets[0] ?? ''}, a second`,
      ...others.flatMap((name) => [`${name}, a second`, 'ratio']),
      'bar (SQLite)',
      '',
    ],
    scenarios.map(({ name, bar, measured }) => [
      name,
      whole(measured[0]?.rate ?? Number.NaN),
      ...measured.slice(1).flatMap(({ rate, ratio }) => [whole(rate), two(ratio)]),
      bar === undefined ? '' : `≥ ${bar}`,
      bar === undefined ? '' : verdict((measured[1]?.ratio ?? 0) >= bar),
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
      ({ name, database }) => [name, ...database.map(shortly)],
    ),
  );
}

function loginTable({ logins, storm, targets }: Results): string {
  return (
    table(
      ['', 'a second', 'ratio to hashing', 'bar', ''],
      [
        ['argon2id hashes alone, two at a time', whole(logins.hashes), '1.00', '', ''],
        ...logins.targets.map(({ rate, ratio }, index) => [
          `sign-ins, ${targets[index] ?? ''}`,
          whole(rate),
          two(ratio),
          index === 1 ? `≥ ${loginBar}` : '',
          index === 1 ? verdict(ratio >= loginBar) : '',
        ]),
      ],
    ) +
    `\n\nMachine clients that ask for a JWT meanwhile (50 a second) have it within ${whole(storm.stormP99)} ms at the 99th percentile, ` +
    `${whole(storm.idleP99)} ms when nobody signs in; the bar is ${whole(stormBar(storm))} ms: ${verdict(storm.stormP99 <= stormBar(storm))}.`
  );
}

function startTable({ starts, loaded }: Results): string {
  return (
    table(
      ['', 'ready after, ms', 'idle memory, MiB', `bar ${idleMemoryBar} MiB, ${whole(startBar)} ms`],
      starts.map(({ what, readyMs, idleMiB }) => [
        what,
        whole(readyMs),
        whole(idleMiB),
        verdict(idleMiB <= idleMemoryBar && readyMs <= startBar),
      ]),
    ) +
    '\n\n' +
    table(
      ['after all the load above', 'resident, MiB', 'at the worst moment, MiB'],
      loaded.map(({ what, residentMiB, peakMiB }) => [what, whole(residentMiB), whole(peakMiB)]),
    )
  );
}

/** Where the time goes; written by hand beside this file, since no program knows. */
export function report(results: Results, remarks: string): string {
  const {
    rounds: { rounds, seconds },
  } = results;
  const processor = cpus();
  return `# Benchmarks

Written by \`npm run bench\` on ${results.date.toISOString().slice(0, 10)}: Node.js ${process.versions.node}, ${process.platform} ${process.arch}, ${processor.length} × ${processor[0]?.model.trim() ?? 'an unknown processor'},
${whole(totalmem() / 2 ** 30)} GiB. The machine does other things as well, and makes the load itself: read the ratios, not the rates.

Gatehouse is the built package in production, one process, with its defaults; only the request limits are off, since all requests come from one
address and one client. The bare engine is \`oidc-provider\` as it comes, one process: its in-memory adapter (a cache of 1000 entries; nothing survives a
restart), clients in that adapter, no limits, no logs, no metrics, no audit, no security headers, bearer values stored as they are; it has the same
features, clients, APIs, token formats and lifetimes, and checks passwords by the same argon2id. Each line: ${rounds} rounds of ${seconds} s for each server in turn,
order reversed every other round, 16 connections (people, for flows) that are busy all the time; medians, and the median of each round's ratio.

## Requests

${ratesTable(results)}

${processorTable(results)}

## Signing in with a password

${loginTable(results)}

## The database

For each request or flow, one after the other so that none share a transaction.

${databaseTable(results)}

## Starting, and memory

${startTable(results)}

${remarks.trim()}
`;
}
