import { expect } from 'chai';
import { epochSeconds } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import { createChangeFeed, type ChangeFeed } from '../../src/services/foundation/change-feed.ts';
import {
  createRevocations,
  type CheckedToken,
  type RevokedSubject,
  type Revocations,
} from '../../src/services/tokens/revocations.ts';
import { createChangeRepository, type ChangeRepository } from '../../src/storage/repositories/changes.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { describeOnEachDatabase, type TemporaryDatabase } from '../support/user-services.ts';

interface Instance {
  readonly feed: ChangeFeed;
  readonly revocations: Revocations;
}

const lifetime = 3600;
const clockTolerance = 5;

describeOnEachDatabase('services/revocations', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let reads: number;
  let available: boolean;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    reads = 0;
    available = true;
  });
  afterEach(() => temporary.close());

  /** As in one process. Reads of the log are counted, and fail while the database is not available. */
  async function instance({ maxEntries = 1000, clock = temporary.clock } = {}): Promise<Instance> {
    const stored = createChangeRepository(await temporary.openAnother());
    const read = <R>(run: () => Promise<R>): Promise<R> => {
      reads += 1;
      return available ? run() : Promise.reject(new StorageUnavailableError('away'));
    };
    const changes: ChangeRepository = {
      ...stored,
      listSince: (moment) => read(() => stored.listSince(moment)),
      listLatest: (kind, limit) => read(() => stored.listLatest(kind, limit)),
      listBySubjects: (kind, subjects) => read(() => stored.listBySubjects(kind, subjects)),
    };
    const feed = createChangeFeed({ changes, clock, log: { warn: () => {} } });
    return { feed, revocations: createRevocations({ changes, feed, clock, lifetime, clockTolerance, maxEntries }) };
  }

  function token(more: Partial<CheckedToken> = {}): CheckedToken {
    return {
      clientId: 'app',
      issuedAt: epochSeconds(temporary.clock),
      grantId: 'g1',
      sessionUid: 's1',
      jti: 't1',
      audience: ['https://photos.example'],
      scopes: ['photos:read', 'photos:write'],
      ...more,
    };
  }

  const concerned: readonly RevokedSubject[] = [
    'grant:g1',
    'session:s1',
    'token:t1',
    'client:app',
    'api:https://photos.example',
    'client-api:app https://photos.example',
    'scope:https://photos.example photos:write',
  ];
  const others: readonly RevokedSubject[] = [
    'grant:g2',
    'session:t1',
    'token:g1',
    'client:ap',
    'api:https://photos.example/',
    'client-api:other https://photos.example',
    'scope:https://photos.example photos',
    'scope:https://archive.example photos:read',
  ];

  for (const subject of concerned) {
    it(`${subject} ends the token at once, in this instance and in another`, async () => {
      const [one, two] = [await instance(), await instance()];
      await two.feed.poll();
      expect(await two.revocations.isRevoked(token())).to.equal(false);
      await one.revocations.announce([subject]);
      expect(await one.revocations.isRevoked(token())).to.equal(true);
      await two.feed.poll();
      expect(await two.revocations.isRevoked(token())).to.equal(true);
    });
  }

  it('ends no other token', async () => {
    const { revocations } = await instance();
    await revocations.announce(others);
    expect(await revocations.isRevoked(token())).to.equal(false);
    await revocations.announce(concerned);
    const other = { clientId: 'machine', issuedAt: epochSeconds(temporary.clock), audience: [], scopes: [] };
    expect(await revocations.isRevoked(other), 'a token without grant, session, API').to.equal(false);
  });

  it('ends what a token was exchanged for together with it', async () => {
    const { revocations } = await instance();
    await revocations.announce(['token:pat']);
    expect(await revocations.isRevoked(token({ exchangedFor: 'pat' }))).to.equal(true);
    expect(await revocations.isRevoked(token())).to.equal(false);
  });

  it('does not end a token for several APIs with one of them, which is taken from the stored token', async () => {
    const { revocations } = await instance();
    await revocations.announce(['api:https://photos.example', 'scope:https://photos.example photos:read']);
    const both = { audience: ['https://photos.example', 'https://archive.example'], clientId: undefined };
    expect(await revocations.isRevoked(token(both))).to.equal(false);
  });

  it('ends every token of a grant, a session or an id, whenever it was issued', async () => {
    const { revocations } = await instance();
    for (const subject of ['grant:g1', 'session:s1', 'token:t1'] as const) {
      await revocations.announce([subject]);
    }
    const later = epochSeconds(temporary.clock) + 60;
    for (const only of [
      { sessionUid: undefined, jti: undefined },
      { grantId: undefined, jti: undefined },
      { grantId: undefined, sessionUid: undefined },
    ]) {
      expect(await revocations.isRevoked(token({ ...only, issuedAt: later })), JSON.stringify(only)).to.equal(true);
    }
  });

  for (const subject of concerned.slice(3)) {
    it(`${subject} ends what was issued until then, by any clock within the tolerance, and nothing that is issued later`, async () => {
      const { revocations } = await instance();
      await revocations.announce([subject]);
      const now = epochSeconds(temporary.clock);
      expect(await revocations.isRevoked(token({ issuedAt: now + clockTolerance }))).to.equal(true);
      expect(await revocations.isRevoked(token({ issuedAt: now + clockTolerance + 1 }))).to.equal(false);
      temporary.clock.advance(60);
      await revocations.announce([subject]);
      expect(await revocations.isRevoked(token({ issuedAt: now + 60 })), 'ended again').to.equal(true);
    });
  }

  it('reads nothing for a check while the log is read regularly', async () => {
    const { feed, revocations } = await instance();
    await feed.poll();
    await revocations.announce(['grant:g1']);
    reads = 0;
    await revocations.isRevoked(token());
    await revocations.isRevoked(token({ grantId: 'g2' }));
    expect(reads).to.equal(0);
  });

  it('reads the log first when it was not read for a second, once for all callers', async () => {
    const [one, two] = [await instance(), await instance()];
    await one.revocations.announce(['grant:g1']);
    reads = 0;
    const checks = [token(), token({ grantId: 'g2' }), token()].map((each) => two.revocations.isRevoked(each));
    expect(await Promise.all(checks)).to.deep.equal([true, false, true]);
    expect(reads).to.equal(1);
  });

  it('says nothing about a token while it cannot know, and applies what it missed afterwards', async () => {
    const [one, two] = [await instance(), await instance()];
    await one.revocations.announce(['grant:g1']);
    available = false;
    let failure: unknown;
    await two.revocations.isRevoked(token()).catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.instanceOf(StorageUnavailableError);
    temporary.clock.advance(600);
    available = true;
    expect(await two.revocations.isRevoked(token())).to.equal(true);
  });

  it('knows after a start what ended before, for as long as an access token can be valid', async () => {
    await (await instance()).revocations.announce(['grant:g1']);
    temporary.clock.advance(lifetime - 1);
    const started = await instance();
    await started.revocations.load();
    expect(started.revocations.has('grant:g1')).to.equal(true);
    temporary.clock.advance(2);
    const later = await instance();
    await later.revocations.load();
    expect(later.revocations.has('grant:g1')).to.equal(false);
  });

  it('stores an end before it is acknowledged, also when the request fails afterwards', async () => {
    const [one, two] = [await instance(), await instance()];
    await runInRequestScope({ deadlineMs: 5000 }, async () => {
      await one.revocations.announce(['grant:g1']);
      await two.feed.poll();
      expect(two.revocations.has('grant:g1')).to.equal(true);
    });
    await two.revocations.load();
    expect(two.revocations.has('grant:g1')).to.equal(true);
  });

  it('is one entry in the log if a grant, a session or a token ends several times within a minute', async () => {
    const { revocations } = await instance();
    const changes = createChangeRepository(temporary.database);
    const entriesOf = async (subject: RevokedSubject): Promise<number> =>
      (await changes.listBySubjects('revocation', [subject])).length;
    for (const subject of ['token:t1', 'grant:g1', 'session:s1', 'client:app'] as const) {
      await revocations.announce([subject]);
      temporary.clock.advance(59);
      await revocations.announce([subject]);
      // The end of a client concerns what was issued until then.
      expect(await entriesOf(subject), subject).to.equal(subject === 'client:app' ? 2 : 1);
      temporary.clock.advance(1);
      await revocations.announce([subject, 'grant:other']);
      expect(await entriesOf(subject), `${subject} after a minute`).to.equal(subject === 'client:app' ? 3 : 2);
    }
  });

  it('is not applied when it could not be stored', async () => {
    const { feed, revocations } = await instance();
    const failing = createRevocations({
      changes: createChangeRepository(temporary.database),
      feed: { ...feed, announce: () => Promise.reject(new StorageUnavailableError('away')) },
      clock: temporary.clock,
      lifetime,
      clockTolerance,
    });
    let failure: unknown;
    await failing.announce(['grant:g1']).catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.instanceOf(StorageUnavailableError);
    expect(failing.has('grant:g1')).to.equal(false);
    expect(revocations.has('grant:g1')).to.equal(false);
  });

  it('keeps a bounded number of ends, and reads the log for tokens that the others may concern', async () => {
    const { feed, revocations } = await instance({ maxEntries: 3 });
    const issued = token();
    await revocations.announce(['grant:g1', 'client:app']);
    temporary.clock.advance(100);
    await revocations.announce(['grant:a', 'grant:b', 'grant:c']);
    await feed.poll();
    expect(revocations.has('grant:g1'), 'left out').to.equal(false);
    for (const each of [issued, { ...issued, clientId: 'other' }, { ...issued, grantId: 'g9' }]) {
      expect(await revocations.isRevoked(each)).to.equal(true);
    }
    expect(await revocations.isRevoked({ ...issued, clientId: 'other', grantId: 'g9' })).to.equal(false);
    reads = 0;
    expect(await revocations.isRevoked(token())).to.equal(false);
    expect(reads, 'a token that was issued later').to.equal(0);
  });

  it('reports how many ends are in the list', async () => {
    const feed = (await instance()).feed;
    const sizes: number[] = [];
    const changes = createChangeRepository(temporary.database);
    const onSize = (entries: number): void => void sizes.push(entries);
    const counted = createRevocations({
      changes,
      feed,
      clock: temporary.clock,
      lifetime,
      clockTolerance,
      maxEntries: 2,
      onSize,
    });
    await counted.announce(['grant:a', 'grant:b']);
    temporary.clock.advance(1);
    await counted.announce(['grant:c']);
    expect(sizes).to.deep.equal([1, 2, 2]);
  });

  it('has the latest ends after a start, and reads the log for the others', async () => {
    const { revocations } = await instance();
    await revocations.announce(['grant:g1']);
    const issued = token();
    temporary.clock.advance(100);
    await revocations.announce(['grant:a', 'grant:b']);
    const started = await instance({ maxEntries: 2 });
    await started.revocations.load();
    await started.feed.poll();
    expect(started.revocations.has('grant:a')).to.equal(true);
    expect(await started.revocations.isRevoked(issued)).to.equal(true);
  });

  it('lists what ended since a time, unless something is missing, and reports each new end once', async () => {
    const { feed, revocations } = await instance({ maxEntries: 3 });
    const reported: string[] = [];
    const unsubscribe = revocations.subscribe(({ subject }) => reported.push(subject));
    const start = epochSeconds(temporary.clock);
    await revocations.announce(['grant:a', 'client:app']);
    await feed.poll();
    expect(reported).to.deep.equal(['grant:a', 'client:app']);
    expect(revocations.listSince(start)).to.deep.equal([
      { subject: 'grant:a', at: start },
      { subject: 'client:app', at: start + clockTolerance },
    ]);
    unsubscribe();
    temporary.clock.advance(10);
    await revocations.announce(['grant:b', 'grant:c']);
    expect(reported).to.have.length(2);
    expect(revocations.listSince(start)).to.equal(undefined);
    expect(revocations.listSince(start + 1)).to.have.length(3);
  });
});
