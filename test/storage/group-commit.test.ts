import { expect } from 'chai';
import { monotonicMilliseconds } from '../../src/clock.ts';
import { StorageUnavailableError } from '../../src/errors.ts';
import { createGroupCommit } from '../../src/storage/group-commit.ts';

/** A database that notes what is done to it, and whose disk answers when it is told to. */
function arrange() {
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

/** Enough turns of the event loop for whatever is on its way. */
async function turns(milliseconds = 20): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

describe('group commit', () => {
  it('acknowledges nothing before the disk has it, and leaves the event loop free meanwhile', async () => {
    const { disk, done, settled, submit, syncs } = arrange();
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

  it('waits once for all that was committed while the disk was busy', async () => {
    const { disk, done, settled, submit, syncs } = arrange();
    void submit('one');
    await turns();
    void submit('two');
    await turns();
    void submit('three');
    await turns();
    expect(done.filter((step) => step === 'commit' || step === 'sync')).to.deep.equal([
      'commit',
      'sync',
      'commit',
      'commit',
    ]);
    disk[0]?.answer();
    await turns();
    expect(settled, 'what was committed after a sync began is not known to be on the disk').to.deep.equal(['one']);
    disk[1]?.answer();
    await turns();
    expect(settled).to.deep.equal(['one', 'two', 'three']);
    expect(syncs()).to.equal(2);
  });

  it('fails what the disk could not keep, what was committed meanwhile, and all that comes after', async () => {
    const { commits, disk, done, settled, submit } = arrange();
    void submit('one');
    await turns();
    void submit('two');
    await turns();
    disk[0]?.fail(new RangeError('EIO'));
    await turns();
    void submit('three');
    await turns();
    expect(settled).to.deep.equal(['one: RangeError', 'two: RangeError', 'three: RangeError']);
    expect(done.filter((step) => step === 'sync')).to.have.length(1);
    expect(done).not.to.include('three');
    await commits.drain();
  });

  it('fails at the deadline what a silent disk keeps waiting, also what waits behind it', async () => {
    const { disk, settled, submit } = arrange();
    void submit('one', 150);
    await turns();
    void submit('two', 150);
    await turns(400);
    const failed = [`one: ${StorageUnavailableError.name}`, `two: ${StorageUnavailableError.name}`];
    expect(settled).to.deep.equal(failed);
    disk[0]?.answer();
    await turns();
    disk[1]?.answer();
    await turns();
    expect(settled, 'what comes later is not heard').to.deep.equal(failed);
  });

  it('is drained when the disk has everything', async () => {
    const { commits, disk, submit } = arrange();
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
