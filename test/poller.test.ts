import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createPoller } from '../src/poller.ts';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await sleep(5);
  }
}

describe('poller', () => {
  it('repeats rounds, one at a time, with the pause that each result asks for, until it is stopped', async () => {
    let rounds = 0;
    let running = 0;
    let maxRunning = 0;
    const pauses: number[] = [];
    const poller = createPoller({
      round: async () => {
        running += 1;
        maxRunning = Math.max(maxRunning, running);
        await sleep(3);
        running -= 1;
        return (rounds += 1);
      },
      pauseMs: (result) => {
        pauses.push(result);
        return 1;
      },
      onFailure: () => {},
    });
    poller.start(1);
    await Promise.all([until(() => rounds >= 3), poller.runNow(), poller.runNow()]);
    await poller.stop();
    const roundsAtStop = rounds;
    await sleep(20);
    expect([maxRunning, running, rounds]).to.deep.equal([1, 0, roundsAtStop]);
    expect(pauses).to.deep.equal(pauses.map((_, index) => index + 1));
  });

  it('runs the round of a caller after the current one, and reports its failure only to the caller', async () => {
    const began: string[] = [];
    let stored = 'before';
    let fails = false;
    const reported: unknown[] = [];
    const poller = createPoller({
      round: async () => {
        began.push(stored);
        await sleep(10);
        if (fails) {
          throw new Error('no answer');
        }
      },
      pauseMs: () => 1000,
      onFailure: (error) => reported.push(error),
    });
    const first = poller.runNow();
    await sleep(2);
    stored = 'after';
    await Promise.all([first, poller.runNow()]);
    expect(began).to.deep.equal(['before', 'after']);
    fails = true;
    const failure = await poller.runNow().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    fails = false;
    await poller.runNow();
    expect(reported).to.deep.equal([]);
  });

  it('continues after failures, and reports the first of each series', async () => {
    const outcomes = [false, true, false, false, true];
    let rounds = 0;
    const reported: unknown[] = [];
    const poller = createPoller({
      round: async () => {
        const good = outcomes[rounds] ?? true;
        rounds += 1;
        if (!good) {
          throw new Error(`round ${rounds}`);
        }
      },
      pauseMs: () => 1,
      onFailure: (error) => reported.push(error),
    });
    poller.start(1);
    await until(() => rounds >= outcomes.length);
    await poller.stop();
    expect(reported.map(String)).to.deep.equal(['Error: round 1', 'Error: round 3']);
  });

  it('runs outside of every request, also outside of the one that asks for a round', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const poller = createPoller({
      round: async () => void seen.push(request.getStore()),
      pauseMs: () => 1,
      onFailure: () => {},
    });
    await request.run('a request', async () => {
      await poller.runNow();
      poller.start(1);
    });
    await until(() => seen.length >= 3);
    await poller.stop();
    expect(new Set(seen)).to.deep.equal(new Set([undefined]));
  });
});
