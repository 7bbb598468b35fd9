import { expect } from 'chai';
import { after as later } from '../../../src/clock.ts';
import { createSecrets } from '../../../src/crypto/secrets.ts';
import type { Database } from '../../../src/storage/database.ts';
import { createLoginSessionRepository } from '../../../src/storage/repositories/login-sessions.ts';
import { runInRequestScope, sendWrites } from '../../../src/storage/request-scope.ts';
import { describeOnEachDatabase, failureOf, secretKey, type TemporaryDatabase } from '../../support/user-services.ts';

const day = 86_400_000;

/** Runs one request; its staged writes are sent at its end. */
function request(run: () => Promise<void>): Promise<void> {
  return runInRequestScope({ deadlineMs: 15_000 }, async () => {
    await run();
    await sendWrites();
  });
}

describeOnEachDatabase('login sessions', (open) => {
  let temporary: TemporaryDatabase;
  beforeEach(async () => {
    temporary = await open();
  });
  afterEach(() => temporary.close());

  function sessionsOf(database: Database) {
    return createLoginSessionRepository({
      database,
      secrets: createSecrets([secretKey]),
      clock: temporary.clock,
      log: { warn: () => {} },
      absoluteEnd: ({ signedInAt }) => new Date(signedInAt.getTime() + day),
    });
  }

  type Sessions = ReturnType<typeof sessionsOf>;

  function signIn(sessions: Sessions, uid: string): Promise<void> {
    const loginTs = Math.floor(temporary.clock.now().getTime() / 1000);
    return request(() =>
      sessions.saveWithRequest(
        `handle of ${uid}`,
        { uid, accountId: 'ada', loginTs, authorizations: { prints: { sid: 'p', grantId: 'gp' } } },
        { expiresAt: later(temporary.clock, 3600) },
      ),
    );
  }

  /** Joins an app as the engine does: reads the session, adds the app to the payload in place, and saves all of it. */
  function join(sessions: Sessions, uid: string, clientId: string, handle = `handle of ${uid}`): Promise<void> {
    return request(async () => {
      const payload = await sessions.findPayloadByHandle(handle);
      if (payload === null) {
        throw new Error('the session is over');
      }
      const apps = payload['authorizations'];
      if (typeof apps !== 'object' || apps === null) {
        throw new TypeError('the session has apps');
      }
      Object.assign(apps, { [clientId]: { sid: clientId, grantId: clientId } });
      await sessions.saveWithRequest(handle, { ...payload }, { expiresAt: later(temporary.clock, 3600) });
    });
  }

  it('store an app that the engine adds to the payload in place', async () => {
    const sessions = sessionsOf(temporary.database);
    await signIn(sessions, 'one');
    await join(sessions, 'one', 'calendar');
    const session = await sessions.findByUid('one');
    expect(session?.authorizations.map(({ clientId }) => clientId)).to.deep.equal(['prints', 'calendar']);
  });

  it('store every app that joins at the same time in two processes', async () => {
    const [here, there] = [sessionsOf(temporary.database), sessionsOf(await temporary.openAnother())];
    await signIn(here, 'one');
    const apps = Array.from({ length: 20 }, (_, n) => `app-${n}`);
    await Promise.all(apps.map((clientId, n) => join(n % 2 === 0 ? here : there, 'one', clientId)));
    const session = await here.findByUid('one');
    expect(session?.authorizations.map(({ clientId }) => clientId)).to.have.members(['prints', ...apps]);
  });

  it('end once: the caller that ends one gets every app that joined it, and later apps are rejected', async function endInARace() {
    this.timeout(40_000);
    const [here, there] = [sessionsOf(temporary.database), sessionsOf(await temporary.openAnother())];
    for (let round = 0; round < 20; round += 1) {
      const uid = `session-${round}`;
      await signIn(here, uid);
      const apps = Array.from({ length: 6 }, (_, n) => `app-${n}`);
      const joining = apps.map(async (clientId, n) => {
        try {
          await join(n % 2 === 0 ? there : here, uid, clientId);
          return [clientId];
        } catch {
          return [];
        }
      });
      const takes = await Promise.all([here.take(uid), there.take(uid)]);
      const joined = (await Promise.all(joining)).flat();
      const taken = takes.filter((session) => session !== null);
      expect(taken, `round ${round}`).to.have.length(1);
      expect(taken[0]?.authorizations.map(({ clientId }) => clientId)).to.have.members(['prints', ...joined]);
      expect(await there.findByUid(uid)).to.equal(null);
    }
  });

  it('stay when what must happen before the removal fails, and it happens again for an app that was added meanwhile', async () => {
    const sessions = sessionsOf(temporary.database);
    await signIn(sessions, 'one');
    const failure = await failureOf(sessions.take('one', () => Promise.reject(new Error('not now'))));
    expect(String(failure)).to.include('not now');
    const seen: (readonly string[])[] = [];
    await sessions.take('one', async ({ authorizations }) => {
      seen.push(authorizations.map(({ clientId }) => clientId));
      if (seen.length === 1) {
        await join(sessions, 'one', 'meanwhile');
      }
    });
    expect(seen.map((apps) => apps.toSorted())).to.deep.equal([['prints'], ['meanwhile', 'prints']]);
    expect(await sessions.findByUid('one')).to.equal(null);
  });

  /** Changes the session's apps as the engine does. Another request may come between the read and the write. */
  function changeApps(
    sessions: Sessions,
    uid: string,
    change: (apps: Record<string, unknown>) => void,
    meanwhile?: () => Promise<void>,
    beforeLeaving?: Parameters<Sessions['saveWithRequest']>[3],
  ): Promise<void> {
    const handle = `handle of ${uid}`;
    return request(async () => {
      const payload = await sessions.findPayloadByHandle(handle);
      const apps: Record<string, unknown> = { ...Object(payload?.['authorizations']) };
      change(apps);
      await meanwhile?.();
      const changed = { ...payload, authorizations: apps };
      await sessions.saveWithRequest(handle, changed, { expiresAt: later(temporary.clock, 3600) }, beforeLeaving);
    });
  }

  async function appsOf(sessions: Sessions, uid: string) {
    return (await sessions.findByUid(uid))?.authorizations.map(({ clientId, sid, grantId }) => [
      clientId,
      sid,
      grantId,
    ]);
  }

  const leavePrints = (apps: Record<string, unknown>): void => {
    Reflect.deleteProperty(apps, 'prints');
  };

  it('tell which apps leave before anything is written, also one that returns at once, and stay when that fails', async () => {
    const sessions = sessionsOf(temporary.database);
    await signIn(sessions, 'one');
    await join(sessions, 'one', 'calendar');
    const seen: unknown[] = [];
    const see = async ({ clientId, sid }: { clientId: string; sid?: string }): Promise<void> => {
      seen.push([clientId, sid, await appsOf(sessions, 'one')]);
    };
    const before = await appsOf(sessions, 'one');
    expect(before).to.have.length(2);
    const failure = await failureOf(
      changeApps(sessions, 'one', leavePrints, undefined, () => Promise.reject(new Error('not now'))),
    );
    expect(String(failure)).to.include('not now');
    expect(await appsOf(sessions, 'one')).to.deep.equal(before);
    await changeApps(sessions, 'one', () => {}, undefined, see);
    expect(seen, 'nobody leaves').to.deep.equal([]);
    await changeApps(
      sessions,
      'one',
      (apps) => Object.assign(apps, { prints: { sid: 'p2', grantId: 'gp2' } }),
      undefined,
      see,
    );
    expect(seen, 'leaves and returns').to.deep.equal([['prints', 'p', before]]);
    await changeApps(sessions, 'one', leavePrints, undefined, see);
    expect(seen.slice(1).flat(1).slice(0, 2)).to.deep.equal(['prints', 'p2']);
    expect(await appsOf(sessions, 'one')).to.deep.equal([['calendar', 'calendar', 'calendar']]);
  });

  it('keep an app out that leaves while another request changes it, and keep it in if it has returned meanwhile', async () => {
    const [here, there] = [sessionsOf(temporary.database), sessionsOf(await temporary.openAnother())];
    const newGrant = (apps: Record<string, unknown>): void => {
      Object.assign(apps, { prints: { sid: 'p', grantId: 'another' } });
    };
    const returnToPrints = (apps: Record<string, unknown>): void => {
      Object.assign(apps, { prints: { sid: 'p2', grantId: 'gp2' } });
    };
    const races = [
      ['it leaves during a change', newGrant, leavePrints, []],
      ['it is changed while it leaves', leavePrints, newGrant, []],
      ['it leaves and returns during a change', newGrant, returnToPrints, [['prints', 'p2', 'gp2']]],
      ['it leaves twice, and has returned', leavePrints, returnToPrints, [['prints', 'p2', 'gp2']]],
      ['it returns while another request lets it leave', returnToPrints, leavePrints, [['prints', 'p2', 'gp2']]],
    ] as const;
    for (const [what, slow, fast, expected] of races) {
      await signIn(here, what);
      await changeApps(here, what, slow, () => changeApps(there, what, fast));
      expect(await appsOf(there, what), what).to.deep.equal(expected);
    }
  });

  it('are not found after their absolute limit, by handle, by uid and in lists, and no write extends that limit', async () => {
    const sessions = sessionsOf(temporary.database);
    await signIn(sessions, 'one');
    await request(async () => {
      const payload = await sessions.findPayloadByHandle('handle of one');
      await sessions.saveWithRequest(
        'handle of one',
        { ...payload, state: { at: 1 } },
        { expiresAt: later(temporary.clock, 90_000) },
      );
    });
    await sessions.extendWithRequest('one', () => later(temporary.clock, 100_000));
    expect((await sessions.findByUid('one'))?.expiresAt).to.deep.equal(later(temporary.clock, 86_400));
    temporary.clock.advance(86_400);
    expect(await sessions.findPayloadByHandle('handle of one')).to.equal(null);
    expect(await sessions.findPayloadByUid('one')).to.equal(null);
    expect(await sessions.findByUid('one')).to.equal(null);
    expect(await sessions.listByUser('ada')).to.deep.equal([]);
    expect(await sessions.take('one')).to.equal(null);
  });
});
