import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createServeCommand } from '../../src/cli/commands/serve.ts';
import type { Servable } from '../../src/cli/commands/serve.ts';
import {
  ConfigurationError,
  ConflictError,
  InvalidInputError,
  NotFoundError,
  StorageUnavailableError,
} from '../../src/errors.ts';
import { createLogger } from '../../src/logging.ts';
import { run } from './terminal.ts';
import type { Outcome } from './terminal.ts';

const card = { issuer: 'http://localhost:3000', demo: [], database: 'sqlite:x', elapsedMs: 1 };

/** The command with a server that records its calls, and with signals that the test sends. */
function setUp(overrides: Partial<Servable> = {}) {
  const calls: string[] = [];
  const exits: number[] = [];
  const events = new EventEmitter();
  const lines: string[] = [];
  const started = Promise.withResolvers<void>();
  let milliseconds = 0;
  const server: Servable = {
    start: async () => {
      calls.push('start');
      started.resolve();
      return { card };
    },
    stop: async () => {
      calls.push('stop');
    },
    close: async () => {
      calls.push('close');
    },
    currentStep: () => 'preparing the database',
    ...overrides,
  };
  const command = createServeCommand({
    open: async () => server,
    createLogger: async () => createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } }),
    events,
    exit: (code) => exits.push(code),
    now: () => milliseconds,
  });
  const nouns = [{ noun: 'serve', summary: 'Serve', load: async () => ({ commands: [command] }) }];
  const advance = (by: number): void => {
    milliseconds += by;
  };
  return { calls, exits, events, lines, started: started.promise, nouns, advance };
}

describe('gatehouse serve', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-serve-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const serve = (
    nouns: ReturnType<typeof setUp>['nouns'],
    argv: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> => run(['serve', ...argv], { nouns, environment, workingDirectory: folder });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    it(`stops gracefully at the first ${signal} and exits with 0`, async () => {
      const { calls, events, exits, nouns, started } = setUp();
      const outcome = serve(nouns);
      await started;
      events.emit(signal, signal);
      expect((await outcome).exitCode).to.equal(0);
      expect(calls).to.deep.equal(['start', 'stop']);
      expect(exits).to.deep.equal([]);
      expect(events.eventNames()).to.deep.equal([]);
    });
  }

  it('treats a signal that is repeated within a moment as one, because npm forwards a signal that the terminal sends to both', async () => {
    const stopping = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const { events, exits, nouns, started, advance } = setUp({
      stop: async () => {
        stopping.resolve();
        await stopped.promise;
      },
    });
    const outcome = serve(nouns);
    await started;
    events.emit('SIGINT', 'SIGINT');
    advance(100);
    events.emit('SIGINT', 'SIGINT');
    await stopping.promise;
    expect(exits).to.deep.equal([]);
    advance(500);
    events.emit('SIGINT', 'SIGINT');
    expect(exits).to.deep.equal([1]);
    stopped.resolve();
    await outcome;
  });

  it('exits immediately at the second signal while it is still stopping', async () => {
    const stopping = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const { events, exits, nouns, started } = setUp({
      stop: async () => {
        stopping.resolve();
        await stopped.promise;
      },
    });
    const outcome = serve(nouns);
    await started;
    events.emit('SIGTERM', 'SIGTERM');
    await stopping.promise;
    expect(exits).to.deep.equal([]);
    events.emit('SIGINT', 'SIGINT');
    expect(exits).to.deep.equal([1]);
    stopped.resolve();
    await outcome;
  });

  it('stops after a start during which a signal arrived', async () => {
    const { calls, events, nouns } = setUp({
      start: async () => {
        events.emit('SIGTERM', 'SIGTERM');
        return {};
      },
    });
    expect((await serve(nouns)).exitCode).to.equal(0);
    expect(calls).to.deep.equal(['stop']);
  });

  it('stops a waiting start at a signal, and exits with 0', async () => {
    const waiting = Promise.withResolvers<Awaited<ReturnType<Servable['start']>>>();
    const { calls, events, nouns } = setUp({
      start: () => {
        calls.push('start');
        return waiting.promise;
      },
      stop: async () => {
        calls.push('stop');
        waiting.reject(new Error('stopped'));
      },
    });
    const outcome = serve(nouns);
    while (!calls.includes('start')) {
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    }
    events.emit('SIGTERM', 'SIGTERM');
    expect((await outcome).exitCode).to.equal(0);
    expect(calls).to.deep.equal(['start', 'stop']);
  });

  it('prints the card when it is ready; with --json one document', async () => {
    for (const argv of [[], ['--json']]) {
      const { events, nouns, started } = setUp();
      const outcome = serve(nouns, argv);
      await started;
      events.emit('SIGTERM', 'SIGTERM');
      const { stdout } = await outcome;
      if (argv.length === 0) {
        expect(stdout).to.include('Gatehouse is ready');
      } else {
        expect(JSON.parse(stdout)).to.include({ ready: true, issuer: 'http://localhost:3000' });
      }
    }
  });

  it('prints nothing when the server returns no card', async () => {
    const { events, nouns } = setUp({
      start: async () => {
        queueMicrotask(() => events.emit('SIGTERM', 'SIGTERM'));
        return {};
      },
    });
    expect((await serve(nouns)).stdout).to.equal('');
  });

  it('closes the server when the start fails, and exits with the exit code of the error', async () => {
    const { calls, events, nouns } = setUp({
      start: () => Promise.reject(new ConfigurationError(['SECRET: not the one that data was sealed with'])),
    });
    const outcome = await serve(nouns);
    expect(outcome.exitCode).to.equal(78);
    expect(calls).to.deep.equal(['close']);
    expect(events.eventNames()).to.deep.equal([]);
  });

  it('reports the step at which the start failed, not as an input error of the command', async () => {
    const refused = new InvalidInputError('redirect-uri: "http://127.0.0.1/" must use https.', 'redirect-uri');
    for (const [cause, exitCode] of [
      [refused, 1],
      [new NotFoundError('nothing there'), 1],
      [new ConflictError('taken'), 1],
      [new StorageUnavailableError('the database does not answer'), 69],
      [new Error('anything else'), 1],
    ] as const) {
      const outcome = await serve(setUp({ start: () => Promise.reject(cause) }).nouns);
      expect(outcome.exitCode, cause.message).to.equal(exitCode);
      expect(outcome.stderr)
        .to.match(/^The server did not start\. It failed while preparing the database\.\n/)
        .and.include(cause.message);
    }
    const { exitCode, stdout, stderr } = await serve(setUp({ start: () => Promise.reject(refused) }).nouns, ['--json']);
    expect([exitCode, stderr]).to.deep.equal([1, '']);
    expect(JSON.parse(stdout).error).to.deep.equal({
      code: 'invalid_input',
      message: refused.message,
      during: 'preparing the database',
    });
  });

  it('opens nothing when the configuration is invalid', async () => {
    const { calls, nouns } = setUp();
    expect((await serve(nouns, [], { PORT: 'x' })).exitCode).to.equal(78);
    expect(calls).to.deep.equal([]);
  });

  it('logs the warnings of the configuration', async () => {
    const { events, lines, nouns, started } = setUp();
    const outcome = serve(nouns, [], { ISUER: 'x' });
    await started;
    events.emit('SIGTERM', 'SIGTERM');
    await outcome;
    expect(lines.join('')).to.include('did you mean ISSUER?');
  });

  it('logs an uncaught error and exits with 1', async () => {
    const { events, exits, lines, nouns, started } = setUp();
    const outcome = serve(nouns);
    await started;
    events.emit('uncaughtException', new Error('nobody caught this'));
    expect(exits).to.deep.equal([1]);
    expect(lines.join('')).to.include('nobody caught this');
    events.emit('SIGTERM', 'SIGTERM');
    await outcome;
  });
});
