import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { StorageUnavailableError } from '../../src/errors.ts';
import { createCacheCoherence } from '../../src/services/foundation/cache-coherence.ts';
import { createChangeFeed, type ChangeFeed } from '../../src/services/foundation/change-feed.ts';
import { createChangeRepository } from '../../src/storage/repositories/changes.ts';
import type { CacheCoherence } from '../../src/storage/repositories/document-cache.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnEachDatabase, type TemporaryDatabase } from '../support/user-services.ts';

/** Longer than a process may use what it keeps after its last look at the log. */
const moreThanLeaseMs = 1050;

interface Process {
  readonly feed: ChangeFeed;
  readonly coherence: CacheCoherence;
  /** `forgotten` has what the caches of this process were asked to forget. */
  readonly forgotten: string[];
}

describeOnEachDatabase('services/cache-coherence', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let unavailable: boolean;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    unavailable = false;
  });
  afterEach(() => temporary.close());

  /** A process on a database that does not answer without a request whether another one has written, as MongoDB. */
  async function startProcess(): Promise<Process> {
    const { clock } = temporary;
    const changes = createChangeRepository(await temporary.openAnother());
    const feed = createChangeFeed({
      changes: {
        ...changes,
        listSince: (moment) =>
          unavailable ? Promise.reject(new StorageUnavailableError('away')) : changes.listSince(moment),
      },
      clock,
      log: { warn: () => {} },
    });
    const coherence = createCacheCoherence({ dataVersion: undefined, feed, clock });
    const forgotten: string[] = [];
    for (const kind of ['client', 'api'] as const) {
      coherence.onChange(kind, (id) => forgotten.push(`${kind} ${id}`));
    }
    return { feed, coherence, forgotten };
  }

  /** Reads the log until that was so quick that the process may use what it keeps. */
  function stateAfterRead({ feed, coherence }: Process): Promise<number> {
    return eventually(async () => {
      await feed.poll();
      const state = coherence.state();
      expect(state).to.be.a('number');
      return Number(state);
    });
  }

  it('has a state only while the log of changes was read less than a second ago', async () => {
    const process = await startProcess();
    const { feed, coherence } = process;
    expect(coherence.state(), 'before the log is read').to.equal(undefined);
    await stateAfterRead(process);
    unavailable = true;
    await feed.poll().catch(() => undefined);
    await sleep(moreThanLeaseMs);
    expect(coherence.state(), 'after a second without a successful read').to.equal(undefined);
    unavailable = false;
    await stateAfterRead(process);
  });

  it('has no state after its machine was suspended, until the log is read, and then another one', async () => {
    const process = await startProcess();
    const { coherence } = process;
    const state = await stateAfterRead(process);
    temporary.clock.advance(3600);
    expect(coherence.state()).to.equal(undefined);
    expect(await stateAfterRead(process)).not.to.equal(state);
  });

  it('makes every process forget what another one has announced', async () => {
    const [one, two] = await Promise.all([startProcess(), startProcess()]);
    await one.coherence.announce('client', 'a');
    await two.coherence.announce('api', 'b');
    await Promise.all([one.feed.poll(), two.feed.poll()]);
    for (const { forgotten } of [one, two]) {
      expect(forgotten.toSorted()).to.deep.equal(['api b', 'client a']);
    }
  });

  it('is settled when every process has read the announcement, or uses nothing that it keeps', async () => {
    const [writer, reader] = await Promise.all([startProcess(), startProcess()]);
    await writer.coherence.settled();
    await stateAfterRead(reader);
    await writer.coherence.announce('client', 'a');
    await writer.coherence.settled();
    expect(reader.coherence.state(), 'it has not read the log since').to.equal(undefined);
    await reader.feed.poll();
    expect(reader.forgotten).to.deep.equal(['client a']);
  });

  it('asks the database itself where that can answer, and then announces nothing', async () => {
    const { database, clock } = temporary;
    if (database.dataVersion === undefined) {
      return;
    }
    const { feed } = await startProcess();
    const coherence = createCacheCoherence({ dataVersion: database.dataVersion, feed, clock });
    expect(coherence.state()).to.equal(database.dataVersion());
    await coherence.announce('client', 'a');
    await coherence.settled();
    expect(await createChangeRepository(database).listSince(new Date(0))).to.deep.equal([]);
  });
});
