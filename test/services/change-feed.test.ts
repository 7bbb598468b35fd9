import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { createChangeFeed, type ChangeFeed } from '../../src/services/foundation/change-feed.ts';
import { createChangeRepository, type ChangeRepository } from '../../src/storage/repositories/changes.ts';
import { runInRequestScope } from '../../src/storage/request-scope.ts';
import { describeOnEachDatabase, type TemporaryDatabase } from '../support/user-services.ts';

describeOnEachDatabase('services/change-feed', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let warnings: string[];

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    warnings = [];
  });
  afterEach(() => temporary.close());

  function feedOver(
    changes: ChangeRepository = createChangeRepository(temporary.database),
    clock = temporary.clock,
  ): ChangeFeed {
    return createChangeFeed({
      changes,
      clock,
      log: { warn: (_, message) => warnings.push(message) },
      interval: 5,
    });
  }

  function recorder(feed: ChangeFeed): string[] {
    const seen: string[] = [];
    feed.subscribe('client', (subject) => void seen.push(subject));
    return seen;
  }

  it('reports each change to every instance once, no matter which instance wrote it', async () => {
    const [one, two] = [feedOver(), feedOver(createChangeRepository(await temporary.openAnother()))];
    const [seenByOne, seenByTwo] = [recorder(one), recorder(two)];
    await one.publish('client', 'a');
    await two.publish('client', 'b');
    await two.publish('api', 'not asked for');
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([one.poll(), two.poll(), two.poll()]);
      temporary.clock.advance(1);
    }
    expect(seenByOne.toSorted()).to.deep.equal(['a', 'b']);
    expect(seenByTwo.toSorted()).to.deep.equal(['a', 'b']);
  });

  it('reports changes that arrive late, or from a clock that differs by half a minute', async () => {
    const feed = feedOver();
    const seen = recorder(feed);
    await feed.poll();
    await feedOver(undefined, manualClock(new Date(temporary.clock.now().getTime() - 29_000))).publish(
      'client',
      'behind',
    );
    await feedOver(undefined, manualClock(new Date(temporary.clock.now().getTime() + 29_000))).publish(
      'client',
      'ahead',
    );
    await feed.poll();
    expect(seen.toSorted()).to.deep.equal(['ahead', 'behind']);
    for (let second = 0; second < 90; second += 5) {
      temporary.clock.advance(5);
      await feed.poll();
    }
    expect(seen).to.have.length(2);
  });

  it('reports what was written during an outage, however long it was', async () => {
    const changes = createChangeRepository(temporary.database);
    let unavailable = false;
    const feed = feedOver({
      ...changes,
      listSince: (moment) => (unavailable ? Promise.reject(new Error('away')) : changes.listSince(moment)),
    });
    const seen = recorder(feed);
    await feed.poll();
    unavailable = true;
    await feed.publish('client', 'meanwhile');
    for (let minute = 0; minute < 10; minute += 1) {
      temporary.clock.advance(60);
      await feed.poll().catch(() => {});
    }
    unavailable = false;
    await feed.poll();
    expect(seen).to.deep.equal(['meanwhile']);
  });

  it('calls a failed handler again, and calls the others meanwhile', async () => {
    const feed = feedOver();
    let failures = 2;
    const taken: string[] = [];
    feed.subscribe('signing-keys', (subject) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error('not now');
      }
      taken.push(subject);
    });
    const seen = recorder(feed);
    await feed.publish('signing-keys', 'kid');
    await feed.publish('client', 'a');
    for (let round = 0; round < 4; round += 1) {
      await feed.poll();
    }
    expect(taken).to.deep.equal(['kid']);
    expect(seen).to.deep.equal(['a']);
    expect(warnings).to.have.length(2);
  });

  it('publishes a change only when the writes of the request are sent', async () => {
    const feed = feedOver();
    const seen = recorder(feed);
    await runInRequestScope({ deadlineMs: 5000 }, () => feed.publish('client', 'discarded'));
    await feed.poll();
    expect(seen).to.deep.equal([]);
  });

  it('writes an announcement immediately, whatever becomes of the request', async () => {
    const feed = feedOver();
    const seen = recorder(feed);
    await runInRequestScope({ deadlineMs: 5000 }, async () => {
      await feed.announce('client', ['a', 'b'], 60);
      await feed.announce('client', [], 60);
    });
    await feed.poll();
    expect(seen).to.have.members(['a', 'b']);
  });

  it('keeps an announcement for the time that was given, and passes on its time', async () => {
    const feed = feedOver();
    const at = await feed.announce('client', ['a'], 3600);
    const changes = createChangeRepository(temporary.database);
    temporary.clock.advance(3599);
    expect((await changes.listBySubjects('client', ['a'])).map((change) => change.at)).to.deep.equal([at]);
    temporary.clock.advance(2);
    expect(await changes.listBySubjects('client', ['a'])).to.deep.equal([]);
    const times: Date[] = [];
    feed.subscribe('api', (_subject, when) => void times.push(when));
    const second = await feed.announce('api', ['b'], 60);
    await feed.poll();
    expect(times).to.deep.equal([second]);
  });

  it('catches up with what was stored before the call, also if a slow poll had begun before that', async () => {
    const changes = createChangeRepository(temporary.database);
    const slow = Promise.withResolvers<undefined>();
    const reading = Promise.withResolvers<undefined>();
    let polls = 0;
    const feed = feedOver({
      ...changes,
      listSince: async (moment) => {
        const read = await changes.listSince(moment);
        polls += 1;
        reading.resolve(undefined);
        await (polls === 1 ? slow.promise : undefined);
        return read;
      },
    });
    const seen = recorder(feed);
    const first = feed.catchUp(1000);
    await reading.promise;
    await feed.announce('client', ['a'], 60);
    temporary.clock.advance(2);
    const second = feed.catchUp(1000);
    slow.resolve(undefined);
    await Promise.all([first, second]);
    expect(seen).to.deep.equal(['a']);
    expect(polls).to.equal(2);
  });

  it('polls by itself after start, continues after an outage, and stops', async () => {
    const changes = createChangeRepository(temporary.database);
    let failures = 2;
    const feed = feedOver({
      ...changes,
      listSince: (moment) => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error('away')) : changes.listSince(moment);
      },
    });
    const arrival = new Promise<string>((resolve) => {
      feed.subscribe('client', resolve);
    });
    feed.start();
    await feed.publish('client', 'a');
    expect(await arrival).to.equal('a');
    await feed.stop();
    expect(warnings).to.deep.equal(['changes cannot be read; trying again']);
  });
});
