/**
 * `gatehouse test-server`: the server as a test double, for tests in any language. It prints one line of JSON, and ends
 * with the program that started it.
 */
import type { EventEmitter } from 'node:events';
import { fstatSync } from 'node:fs';
import { InvalidInputError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { awaitParentExit } from '../parent.ts';

export interface TestServerDependencies {
  /** Emits signals: the process. */
  readonly events: Pick<EventEmitter, 'once'>;
  /** Resolves when the program that started this process has ended. */
  readonly starterEnded: () => Promise<void>;
}

const maxPort = 65_535;

/** @throws InvalidInputError */
function readPort(value: string | undefined, option: string): number {
  const port = Number(value ?? '0');
  if (!Number.isSafeInteger(port) || port < 0 || port > maxPort) {
    throw new InvalidInputError(`Expected a port from 0 to ${maxPort}, not "${value}".`, option);
  }
  return port;
}

/** Reads `NAME=value`. @throws InvalidInputError */
function readSetting(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidInputError(`Expected NAME=value, such as LIFETIME_CODE=30s, not "${text}".`, 'setting');
  }
  return [name, value];
}

export function createTestServerCommand({ events, starterEnded }: TestServerDependencies): Command {
  return {
    verb: '',
    summary: 'Serve for tests: in memory, controlled by HTTP',
    options: [
      { flags: '--port <port>', description: 'The port of the server; a free one by default' },
      { flags: '--control-port <port>', description: 'The port of the control interface; a free one by default' },
      {
        flags: '--setting <name=value>',
        description: 'A setting, such as LIFETIME_CODE=30s. The environment and files are not read',
        repeatable: true,
      },
    ],
    help: 'It prints one line of JSON with the addresses, and ends at SIGTERM, when its standard input (a pipe) is closed,\nor when the program that started it has ended. docs/testing.md describes the control interface.',
    run: async ({ options, print }) => {
      const port = readPort(options.text('port'), 'port');
      const controlPort = readPort(options.text('control-port'), 'control-port');
      const settings = Object.fromEntries(options.list('setting').map(readSetting));
      const signal = new Promise<void>((resolve) => {
        for (const name of ['SIGTERM', 'SIGINT']) {
          events.once(name, () => resolve());
        }
      });
      const { startControl, startTestServer } = await import('../../testing/index.ts');
      await using server = await startTestServer({ port, settings });
      const control = await startControl(server, controlPort);
      try {
        print(`${JSON.stringify({ issuer: server.issuer, control: control.url })}\n`);
        await Promise.race([signal, starterEnded()]);
      } finally {
        await control.close();
      }
      return undefined;
    },
  };
}

/** Resolves when a pipe or socket at standard input is closed; never for a terminal or a file. */
function standardInputClosed(): Promise<void> {
  const input = fstatSync(0);
  return new Promise((resolve) => {
    if (input.isFIFO() || input.isSocket()) {
      process.stdin.resume();
      process.stdin.once('end', resolve);
      process.stdin.once('error', () => resolve());
    }
  });
}

export const commands: readonly Command[] = [
  createTestServerCommand({
    events: process,
    starterEnded: () => Promise.race([standardInputClosed(), awaitParentExit()]),
  }),
];
