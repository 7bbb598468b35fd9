import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after as later, manualClock } from '../../../src/clock.ts';
import { createSecrets } from '../../../src/crypto/secrets.ts';
import { allCollections } from '../../../src/storage/collections.ts';
import type { Database } from '../../../src/storage/database.ts';
import { openDatabase } from '../../../src/storage/open.ts';
import { createLoginSessionRepository } from '../../../src/storage/repositories/login-sessions.ts';
import { currentRequestScope, runInRequestScope } from '../../../src/storage/request-scope.ts';

describe('login sessions', () => {
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  let directory: string;
  let database: Database;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-sessions-'));
    database = await openDatabase({ url: `sqlite:${join(directory, 'test.db')}`, clock });
    await database.prepare(allCollections);
  });
  after(async () => {
    await database.close();
    await rm(directory, { recursive: true });
  });

  /** One request: its writes are sent at the end. */
  const request = (run: () => Promise<void>) =>
    runInRequestScope({ deadlineMs: 5000 }, async () => {
      await run();
      await currentRequestScope()?.unitOfWork.flush();
    });

  it('keeps an app that the engine adds to the payload in place', async () => {
    const sessions = createLoginSessionRepository({
      database,
      secrets: createSecrets([randomBytes(32)]),
      clock,
      absoluteEnd: ({ signedInAt }) => new Date(signedInAt.getTime() + 86_400_000),
    });
    const expiresAt = later(clock, 3600);
    await request(async () => {
      await sessions.save(
        'handle',
        { uid: 'one', accountId: 'ada', authorizations: { prints: { sid: 'p', grantId: 'gp' } } },
        { expiresAt },
      );
    });
    await request(async () => {
      const payload = await sessions.findPayloadByHandle('handle');
      const apps = payload?.['authorizations'];
      if (typeof apps !== 'object' || apps === null) {
        throw new TypeError('the session has apps');
      }
      Object.assign(apps, { calendar: { sid: 'c', grantId: 'gc' } });
      await sessions.save('handle', { ...payload }, { expiresAt });
    });
    const session = await sessions.findByUid('one');
    expect(session?.authorizations.map(({ clientId }) => clientId)).to.deep.equal(['prints', 'calendar']);
  });
});
