import { expect } from 'chai';
import {
  createOutboxService,
  UndeliverableError,
  type Deliverer,
  type OutboxOptions,
  type OutboxService,
} from '../../src/services/mails/outbox.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { createOutboxRepository } from '../../src/storage/repositories/outbox.ts';
import {
  describeOnEachDatabase,
  failureOf,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

describeOnEachDatabase('services/outbox', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let warnings: object[];

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
    warnings = [];
  });
  afterEach(() => temporary.close());

  function outboxWith(deliverers: OutboxOptions['deliverers'], database = temporary.database): OutboxService {
    return createOutboxService({
      messages: createOutboxRepository(database),
      secrets: services.secrets,
      audit: services.audit,
      clock: temporary.clock,
      log: { warn: (fields) => warnings.push(fields) },
      deliverers,
      interval: 10,
    });
  }

  it('delivers a message once, and erases its content', async () => {
    const delivered: unknown[] = [];
    const outbox = outboxWith({ mail: async ({ id, content }) => void delivered.push([id, content]) });
    const id = await outbox.enqueue('mail', { text: 'a secret link', list: ['ü'] });
    expect((await outbox.show(id))?.content).to.deep.equal({ text: 'a secret link', list: ['ü'] });
    expect(await outbox.deliverDue()).to.equal(1);
    expect(await outbox.deliverDue()).to.equal(0);
    expect(delivered).to.deep.equal([[id, { text: 'a secret link', list: ['ü'] }]]);
    expect((await outbox.list({ limit: 10 }))[0]).to.include({ id, kind: 'mail', status: 'sent', attempts: 1 });
    expect(await outbox.show(id)).to.equal(null);
  });

  it('stores a message with a key once, immediately, whatever becomes of the request', async () => {
    const outbox = outboxWith({});
    await runInRequestScope({ deadlineMs: 5000 }, () => outbox.enqueueOnce('mail', 'the event', { text: 'first' }));
    await outbox.enqueueOnce('mail', 'the event', { text: 'again' });
    await outbox.enqueueOnce('mail', 'another event', { text: 'other' });
    const stored = await Promise.all((await outbox.list({ limit: 10 })).map(({ id }) => outbox.show(id)));
    expect(stored.map((message) => message?.content)).to.have.deep.members([{ text: 'first' }, { text: 'other' }]);
  });

  it('seals each content to its own message, so that it opens under no other', async () => {
    const outbox = outboxWith({});
    const [first, second] = [
      await outbox.enqueue('mail', { text: 'a secret link' }),
      await outbox.enqueue('mail', { text: 'another' }),
    ];
    const repository = createOutboxRepository(temporary.database);
    const source = await repository.find(first);
    const target = await repository.find(second);
    expect(JSON.stringify(source)).to.not.include('a secret link');
    if (source && target) {
      await repository.settle(target, { $set: { sealedMessage: source.sealedMessage } });
    }
    expect(await failureOf(outbox.show(second))).to.have.property('code', 'unsealable');
  });

  it('stores a message only when the writes of the request are sent', async () => {
    const outbox = outboxWith({});
    await runInRequestScope({ deadlineMs: 5000 }, () => outbox.enqueue('mail', { text: 'never sent' }));
    expect(await outbox.list({ limit: 10 })).to.deep.equal([]);
  });

  it('keeps mails waiting when no deliverer for mails is configured', async () => {
    const outbox = outboxWith({ backchannel_logout: async () => {} });
    await outbox.enqueue('mail', {});
    await outbox.enqueue('backchannel_logout', {});
    expect(await outbox.deliverDue()).to.equal(1);
    expect(await outbox.list({ limit: 10, kind: 'mail' })).to.have.length(1);
    expect((await outbox.list({ limit: 10, kind: 'mail' }))[0]?.status).to.equal('waiting');
  });

  it('delivers each message once with several workers in two processes', async () => {
    const delivered: string[] = [];
    const deliverers: Record<string, Deliverer> = {
      mail: async ({ id }) => {
        delivered.push(id);
        await new Promise(setImmediate);
      },
    };
    const first = outboxWith(deliverers);
    const workers = [first, outboxWith(deliverers), outboxWith(deliverers, await temporary.openAnother())];
    const ids = await Promise.all(Array.from({ length: 40 }, () => first.enqueue('mail', {})));
    let attempted = 0;
    while (attempted < ids.length) {
      attempted += (await Promise.all(workers.map((worker) => worker.deliverDue()))).reduce(
        (sum, count) => sum + count,
        0,
      );
    }
    expect(delivered.toSorted()).to.deep.equal(ids.toSorted());
  });

  it('retries after growing pauses, and after two days fails with an audit event', async () => {
    const outbox = outboxWith({ mail: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    const id = await outbox.enqueue('mail', {});
    const pauses: number[] = [];
    for (let attempt = 1; ; attempt += 1) {
      expect(await outbox.deliverDue()).to.equal(1);
      expect(await outbox.deliverDue()).to.equal(0);
      const [entry] = await outbox.list({ limit: 1 });
      expect(entry).to.include({ id, attempts: attempt, lastError: 'connect ECONNREFUSED' });
      if (entry?.status !== 'waiting') {
        expect(entry?.status).to.equal('failed');
        break;
      }
      const pause = (entry.nextAttemptAt.getTime() - temporary.clock.now().getTime()) / 1000;
      pauses.push(pause);
      temporary.clock.advance(pause);
    }
    pauses.forEach((pause, index) => {
      expect(pause).to.be.within(Math.min(21_600, 60 * 2 ** index) * 0.8, Math.min(21_600, 60 * 2 ** index) * 1.2);
    });
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).to.be.within(40 * 3600, 48 * 3600);
    expect((await services.audit.list({ limit: 1 }))[0]).to.deep.include({ type: 'outbox.failed', outcome: 'failure' });
    expect(warnings).to.have.length(pauses.length + 1);
  });

  it('does not retry a message that cannot be delivered', async () => {
    const outbox = outboxWith({ mail: () => Promise.reject(new UndeliverableError('no such user')) });
    await outbox.enqueue('mail', {});
    await outbox.deliverDue();
    expect((await outbox.list({ limit: 1 }))[0]).to.include({ status: 'failed', attempts: 1 });
    temporary.clock.advance(3600);
    expect(await outbox.deliverDue()).to.equal(0);
  });

  it('delivers the message of a worker that died when its claim expires, and ignores the late result of that worker', async () => {
    const repository = createOutboxRepository(temporary.database);
    let delivered = 0;
    const outbox = outboxWith({
      mail: async () => {
        delivered += 1;
      },
    });
    const id = await outbox.enqueue('mail', {});
    const message = await repository.find(id);
    const now = temporary.clock.now();
    const until = new Date(now.getTime() + 90_000);
    const claimed = message && (await repository.claim(message, now, until));
    expect(claimed).to.not.equal(null);
    expect(message && (await repository.claim(message, now, until))).to.equal(null);
    expect(claimed && (await repository.claim(claimed, now, until)), 'the claimed message').to.equal(null);
    expect(await outbox.deliverDue()).to.equal(0);
    temporary.clock.advance(90);
    expect(await outbox.deliverDue()).to.equal(1);
    expect(delivered).to.equal(1);
    expect(claimed && (await repository.settle(claimed, { $set: { status: 'waiting' } }))).to.equal(false);
    expect((await outbox.list({ limit: 1 }))[0]).to.include({ status: 'sent', attempts: 2 });
  });

  it('delivers by itself after start, until stop', async () => {
    let arrived: (value: unknown) => void = () => {};
    const arrival = new Promise((resolve) => {
      arrived = resolve;
    });
    const outbox = outboxWith({ mail: async ({ content }) => arrived(content) });
    outbox.start();
    await outbox.enqueue('mail', { text: 'hello' });
    expect(await arrival).to.deep.equal({ text: 'hello' });
    await outbox.stop();
    expect((await outbox.list({ limit: 1 }))[0]?.status).to.equal('sent');
  });
});
