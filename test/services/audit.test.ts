import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { after as later } from '../../src/clock.ts';
import { GatehouseError, InvalidInputError, StorageUnavailableError } from '../../src/errors.ts';
import { requestScope } from '../../src/http/middleware/request-scope.ts';
import { actorFields, createAuditService } from '../../src/services/foundation/audit.ts';
import { createOutboxRepository } from '../../src/storage/repositories/outbox.ts';
import { noteStorageFailure, runInRequestScope, sendWrites } from '../../src/storage/request-scope.ts';
import {
  describeOnEachDatabase,
  failureOf,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

describeOnEachDatabase('services/audit', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
  });
  afterEach(() => temporary.close());

  it('stores who did what, when and from where, and writes it as one log line (D19)', async () => {
    const event = {
      type: 'client.created',
      outcome: 'success',
      actor: 'usr_1',
      address: '192.0.2.1',
      requestId: 'r-1',
      accountId: 'usr_2',
      clientId: 'prints',
      detail: { name: 'a\r\n{"audit":true}' },
    } as const;
    await services.audit.record(event);
    expect(services.lines).to.deep.equal([{ audit: true, ...event }]);
    const [stored] = await services.audit.list({ limit: 10 });
    expect(stored).to.deep.include({
      ...event,
      at: temporary.clock.now(),
      expiresAt: new Date(temporary.clock.now().getTime() + 86_400_000),
    });
  });

  it('stores only its own fields, and ignores other properties of the object', async () => {
    const withPassword = { actor: 'usr_1', password: 'x', type: 'login.success', outcome: 'success' } as const;
    await services.audit.record(withPassword);
    expect(JSON.stringify([services.lines, await services.audit.list({ limit: 1 })])).to.not.include('password');
    expect(actorFields(withPassword)).to.deep.equal({ actor: 'usr_1' });
  });

  it('lists the newest first, also within one millisecond, and by user or client', async () => {
    for (let index = 0; index < 40; index += 1) {
      await services.audit.record({
        type: `event.${index}`,
        outcome: 'success',
        actor: 'system',
        ...(index % 2 ? { accountId: 'usr_1' } : { clientId: 'prints' }),
      });
    }
    const types = (await services.audit.list({ limit: 3 })).map(({ type }) => type);
    expect(types).to.deep.equal(['event.39', 'event.38', 'event.37']);
    expect((await services.audit.list({ limit: 2, accountId: 'usr_1' })).map(({ type }) => type)).to.deep.equal([
      'event.39',
      'event.37',
    ]);
    expect((await services.audit.list({ limit: 2, clientId: 'prints' })).map(({ type }) => type)).to.deep.equal([
      'event.38',
      'event.36',
    ]);
  });

  it('does not list events that are older than the retention (E13)', async () => {
    await services.audit.record({ type: 'event', outcome: 'success', actor: 'system' });
    temporary.clock.advance(86_400);
    expect(await services.audit.list({ limit: 10 })).to.deep.equal([]);
  });

  it('is written with the other writes of a request', async () => {
    await runInRequestScope({ deadlineMs: 5000 }, async () => {
      await services.audit.record({ type: 'event', outcome: 'success', actor: 'system' });
      expect(await services.audit.list({ limit: 10 })).to.deep.equal([]);
      await sendWrites();
    });
    expect(await services.audit.list({ limit: 10 })).to.have.length(1);
  });

  it('is stored although the request fails and its other writes are discarded', async () => {
    const outbox = createOutboxRepository(temporary.database);
    const message = {
      _id: 'message',
      kind: 'mail',
      status: 'waiting',
      sealedMessage: '',
      attempts: 0,
      nextAttemptAt: temporary.clock.now(),
      createdAt: temporary.clock.now(),
      expiresAt: later(temporary.clock, 60),
    } as const;
    const logged: string[] = [];
    const inScope = requestScope({ deadline: 5, log: { error: (_fields: object, text: string) => logged.push(text) } });
    for (const [type, fail] of [
      ['refused', () => Promise.reject(new InvalidInputError('wrong'))],
      [
        'storage failed',
        async () => {
          noteStorageFailure(new StorageUnavailableError('away'));
        },
      ],
      ['unmatched', () => outbox.insertWithRequest(message).then(() => outbox.insertWithRequest(message))],
    ] as const) {
      const failed = await failureOf(
        inScope({} as never, async () => {
          await outbox.insertWithRequest({ ...message, _id: type });
          await services.audit.record({ type, outcome: 'failure', actor: 'system' });
          await fail();
        }) as Promise<unknown>,
      );
      expect(failed, type).to.be.instanceOf(GatehouseError);
    }
    // The answer 503 is sent before the events of its request are stored.
    while ((await services.audit.list({ limit: 10 })).length < 3) {
      await sleep(10);
    }
    expect((await services.audit.list({ limit: 10 })).map(({ type }) => type)).to.have.members([
      'refused',
      'storage failed',
      'unmatched',
    ]);
    expect(await outbox.find('refused')).to.equal(null);
    expect(await outbox.find('storage failed')).to.equal(null);
    expect(logged).to.deep.equal([]);
  });

  it('fails when an event cannot be stored, after it was logged', async () => {
    const lines: object[] = [];
    const failing = createAuditService({
      events: { insertWithRequest: () => Promise.reject(new StorageUnavailableError('away')), list: async () => [] },
      clock: temporary.clock,
      log: { info: (fields) => lines.push(fields) },
      retention: 1,
    });
    expect(await failureOf(failing.record({ type: 'event', outcome: 'success', actor: 'system' }))).to.be.instanceOf(
      StorageUnavailableError,
    );
    expect(lines).to.have.length(1);
  });
});
