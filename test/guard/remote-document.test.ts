import { expect } from 'chai';
import { createRemoteDocument } from '../../src/guard/remote-document.ts';
import { movableTime } from './handler.ts';

/** A document whose requests the test answers. */
function open() {
  const time = movableTime();
  const waiting: PromiseWithResolvers<string>[] = [];
  const document = createRemoteDocument<string>({
    load: () => {
      const request = Promise.withResolvers<string>();
      waiting.push(request);
      return request.promise;
    },
    freshFor: 300_000,
    keepFor: 86_400_000,
    cooldown: 30_000,
    retryAfter: 1000,
    now: time.now,
    onFailure: () => undefined,
    onSuccess: () => undefined,
  });
  return { document, time, waiting };
}

async function openLoaded() {
  const opened = open();
  const first = opened.document.current();
  opened.waiting[0]?.resolve('first');
  expect(await first).to.equal('first');
  return opened;
}

describe('a document of the authorization server', () => {
  it('is requested once, however many need it', async () => {
    const { document, waiting } = open();
    const answers = [document.current(), document.current(), document.latest()];
    waiting[0]?.resolve('first');
    expect(await Promise.all(answers)).to.deep.equal(['first', 'first', 'first']);
    expect(waiting).to.have.length(1);
  });

  it('is requested again when it is no longer fresh, and its readers get the new one', async () => {
    const { document, time, waiting } = await openLoaded();
    time.advance(299);
    expect(await document.current()).to.equal('first');
    time.advance(1);
    const next = document.current();
    waiting[1]?.resolve('second');
    expect(await next).to.equal('second');
  });

  it('is requested again when the clock was set back by more than it is fresh (F14)', async () => {
    const { document, time, waiting } = await openLoaded();
    time.advance(-3600);
    const next = document.current();
    waiting[1]?.resolve('second');
    expect(await next).to.equal('second');
    time.advance(-30);
    const latest = document.latest();
    waiting[2]?.resolve('third');
    expect(await latest).to.equal('third');
  });

  it('is the last known one in an outage, and nobody waits for another request to fail', async () => {
    const { document, time, waiting } = await openLoaded();
    time.advance(300);
    const next = document.current();
    waiting[1]?.reject(new Error('no answer'));
    expect(await next).to.equal('first');
    time.advance(1);
    // The third request is never answered.
    expect(await document.current()).to.equal('first');
    expect(await document.current()).to.equal('first');
    expect(waiting).to.have.length(3);
    waiting[2]?.resolve('second');
    await Promise.resolve();
    expect(await document.latest()).to.equal('second');
  });

  it('is not used when it is too old: the failure is thrown', async () => {
    const { document, time, waiting } = await openLoaded();
    time.advance(86_400);
    const next = document.current();
    waiting[1]?.reject(new Error('no answer'));
    expect(await next.catch((error: unknown) => error)).to.have.property('message', 'no answer');
  });

  it('is requested for the latest version at most once in the cooldown', async () => {
    const { document, time, waiting } = await openLoaded();
    expect(await document.latest()).to.equal('first');
    time.advance(30);
    const latest = [document.latest(), document.latest()];
    waiting[1]?.resolve('second');
    expect(await Promise.all(latest)).to.deep.equal(['second', 'second']);
    expect(await document.latest()).to.equal('second');
    expect(waiting).to.have.length(2);
  });

  it('has no latest version while the last request failed', async () => {
    const { document, time, waiting } = await openLoaded();
    time.advance(30);
    const latest = document.latest();
    waiting[1]?.reject(new Error('no answer'));
    expect(await latest.catch((error: unknown) => error)).to.have.property('message', 'no answer');
    expect(await document.latest().catch((error: unknown) => error)).to.have.property('message', 'no answer');
    expect(await document.current()).to.equal('first');
    expect(waiting).to.have.length(2);
  });
});
