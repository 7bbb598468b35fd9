import { expect } from 'chai';
import { monotonicMilliseconds } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import { createGroupCommit } from '../../src/storage/group-commit.ts';

/** A group commit on a database that records its calls, and whose syncs end when the test decides. */
function setUp() {
  const done: string[] = [];
  const disk: { readonly answer: () => void; readonly fail: (error: Error) => void }[] = [];
  let syncs = 0;
  const commits = createGroupCommit(
    {
      begin: () => void done.push('begin'),
      commit: () => void done.push('commit'),
      rollback: () => void done.push('rollback'),
      isOpen: () => false,
      isBusy: () => false,
      sync: () =>
        new Promise((resolve, reject) => {
          done.push('sync');
          disk.push({ answer: resolve, fail: reject });
        }),
    },
    {
      onSync: () => {
        syncs += 1;
      },
    },
  );
  const settled: string[] = [];
  const submit = (name: string, deadlineMs = 5000): Promise<void> =>
    commits
      .submit(monotonicMilliseconds() + deadlineMs, () => void done.push(name))
      .then(
        () => void settled.push(name),
        (error: Error) => void settled.push(`${name}: ${error.constructor.name}`),
      );
  return { commits, disk, done, settled, submit, syncs: () => syncs };
}

/** Waits until pending callbacks have run. */
async function turns(milliseconds = 20): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

describe('group commit', () => {
  it('acknowledges nothing before the sync has ended, and does not block the event loop meanwhile', async () => {
    const { disk, done, settled, submit, syncs } = setUp();
    void submit('one');
    void submit('two');
    await turns();
    expect(done).to.deep.equal(['begin', 'one', 'two', 'commit', 'sync']);
    expect(settled).to.deep.equal([]);
    disk[0]?.answer();
    await turns();
    expect(settled).to.deep.equal(['one', 'two']);
    expect(syncs()).to.equal(1);
  });

  it('commits and syncs once for everything that arrives during a sync, as soon as that has ended', async () => {
    const { disk, done, settled, submit, syncs } = setUp();
    void submit('one');
    await turns();
    void submit('two');
    await turns();
    void submit('three');
    await turns();
    expect(done).to.deep.equal(['begin', 'one', 'commit', 'sync']);
    disk[0]?.answer();
    await turns();
    expect(done.slice(4)).to.deep.equal(['begin', 'two', 'three', 'commit', 'sync']);
    expect(settled, 'the first sync does not cover what was committed after it').to.deep.equal(['one']);
    disk[1]?.answer();
    await turns();
    expect(settled).to.deep.equal(['one', 'two', 'three']);
    expect(syncs()).to.equal(2);
  });

  it('fails the writes of a failed sync, those that arrive meanwhile, and all later ones', async () => {
    const { commits, disk, done, settled, submit } = setUp();
    void submit('one');
    await turns();
    void submit('two');
    await turns();
    disk[0]?.fail(new RangeError('EIO'));
    await turns();
    void submit('three');
    await turns();
    expect(settled).to.deep.equal(['one: RangeError', 'two: RangeError', 'three: RangeError']);
    expect(done).to.deep.equal(['begin', 'one', 'commit', 'sync']);
    await commits.drain();
  });

  it('fails at the deadline a write whose sync does not end, and the writes that wait for the next sync', async () => {
    const { disk, done, settled, submit } = setUp();
    void submit('one', 150);
    await turns();
    void submit('two', 150);
    await turns(400);
    const failed = [`one: ${StorageUnavailableError.name}`, `two: ${StorageUnavailableError.name}`];
    expect(settled).to.deep.equal(failed);
    disk[0]?.answer();
    await turns();
    expect(settled, 'a later result is ignored').to.deep.equal(failed);
    expect(done, 'what has failed is not written later').not.to.include('two');
  });

  it('tries again when another process holds the lock, also after a sync', async () => {
    let busy = false;
    const done: string[] = [];
    const syncs: (() => void)[] = [];
    const commits = createGroupCommit({
      begin: () => {
        if (busy) {
          throw new Error('busy');
        }
      },
      commit: () => {},
      rollback: () => {},
      isOpen: () => false,
      isBusy: () => true,
      sync: () =>
        new Promise((resolve) => {
          syncs.push(resolve);
        }),
    });
    const submit = (name: string): void =>
      void commits.submit(monotonicMilliseconds() + 5000, () => void done.push(name));
    submit('one');
    await turns();
    submit('two');
    busy = true;
    syncs[0]?.();
    await turns();
    submit('three');
    await turns();
    expect(done).to.deep.equal(['one']);
    busy = false;
    await turns();
    expect(done).to.deep.equal(['one', 'two', 'three']);
    syncs[1]?.();
    await commits.drain();
    expect(syncs).to.have.length(2);
  });

  it('is drained when every write is on the disk', async () => {
    const { commits, disk, submit } = setUp();
    void submit('one');
    let drained = false;
    const draining = (async () => {
      await commits.drain();
      drained = true;
    })();
    await turns();
    expect(drained).to.equal(false);
    disk[0]?.answer();
    await draining;
  });
});
