import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import type { Readable } from 'node:stream';
import { OverloadedError } from '../../src/errors.ts';
import { createEventStreams, type EventStreams } from '../../src/http/event-streams.ts';

const first = (): Promise<string> => Promise.resolve('first');

describe('streams of events', () => {
  let counts: number[];
  let streams: EventStreams;

  beforeEach(() => {
    counts = [];
    streams = createEventStreams({ total: 3, perAddress: 2 }, (readers) => counts.push(readers));
  });

  function collect(stream: Readable): { text: string } {
    const read = { text: '' };
    stream.on('data', (chunk: Buffer) => {
      read.text += chunk.toString();
    });
    return read;
  }

  async function refusal(opening: Promise<unknown>): Promise<unknown> {
    return opening.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it('give each reader its first event and then the same as all others', async () => {
    const one = collect(await streams.open('a', first));
    streams.send('second');
    const two = collect(await streams.open('b', first));
    streams.send('third');
    await turn();
    expect(one.text).to.equal('retry: 1000\ndata: first\n\ndata: second\n\ndata: third\n\n');
    expect(two.text).to.equal('retry: 1000\ndata: first\n\ndata: third\n\n');
  });

  it('send what happens while the first event is made after it', async () => {
    const made = Promise.withResolvers<string>();
    const opening = streams.open('a', () => made.promise);
    streams.send('meanwhile');
    made.resolve('first');
    const read = collect(await opening);
    await turn();
    expect(read.text).to.equal('retry: 1000\ndata: first\n\ndata: meanwhile\n\n');
  });

  it('are bounded in total and by address block, and give up their place when they are closed', async () => {
    const opened = [await streams.open('a', first), await streams.open('a', first)];
    expect(await refusal(streams.open('a', first))).to.be.instanceOf(OverloadedError);
    opened.push(await streams.open('b', first));
    expect(await refusal(streams.open('b', first)), 'in total').to.be.instanceOf(OverloadedError);
    opened[0]?.destroy();
    await turn();
    expect(streams.size).to.equal(2);
    await streams.open('c', first);
    expect(counts).to.deep.equal([1, 2, 3, 2, 3]);
  });

  it('give a new address block a place of the block that has most, when all are taken, so that few blocks cannot hold all', async () => {
    streams = createEventStreams({ total: 6, perAddress: 3 }, (readers) => counts.push(readers));
    const opened: Record<string, Readable[]> = {};
    const open = async (block: string): Promise<void> => {
      (opened[block] ??= []).push(await streams.open(block, first));
    };
    for (const block of ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'd']) {
      await open(block);
    }
    expect(await refusal(open('c')), 'a second place for c').to.be.instanceOf(OverloadedError);
    await turn();
    const left = Object.entries(opened).map(([block, list]) => [block, list.map(({ destroyed }) => !destroyed)]);
    expect(
      Object.fromEntries(left),
      'the newest of a and of b were dropped for c and d, and nobody for the rest',
    ).to.deep.equal({ a: [true, true, false], b: [true, true, false], c: [true], d: [true] });
  });

  it('drop nobody for a block that would then have as many as the largest one', async () => {
    const opened = [await streams.open('a', first), await streams.open('b', first), await streams.open('c', first)];
    for (const block of ['a', 'b', 'd']) {
      expect(await refusal(streams.open(block, first)), block).to.be.instanceOf(OverloadedError);
    }
    expect(opened.map(({ destroyed }) => destroyed)).to.deep.equal([false, false, false]);
    expect(counts).to.deep.equal([1, 2, 3]);
  });

  it('give up their place when the first event cannot be made', async () => {
    const error = await refusal(streams.open('a', () => Promise.reject(new Error('no key'))));
    expect(error).to.be.instanceOf(Error);
    await turn();
    expect(streams.size).to.equal(0);
  });

  it('drop a reader that does not take its events, and only this one', async () => {
    const slow = await streams.open('a', first);
    const quick = await streams.open('b', first);
    const read = collect(quick);
    const event = 'x'.repeat(64 * 1024);
    for (let count = 0; count < 8; count += 1) {
      streams.send(event);
      await turn();
    }
    expect(slow.destroyed).to.equal(true);
    expect(quick.destroyed).to.equal(false);
    expect(read.text.match(/data: x/g)).to.have.length(8);
    expect(streams.size).to.equal(1);
  });

  it('end all together, and none is opened any more', async () => {
    const stream = await streams.open('a', first);
    const read = collect(stream);
    const ended = new Promise((resolve) => {
      stream.once('end', resolve);
    });
    streams.close();
    streams.send('too late');
    await ended;
    expect(read.text).to.equal('retry: 1000\ndata: first\n\n');
    expect(await refusal(streams.open('a', first))).to.be.instanceOf(OverloadedError);
  });
});
