import { expect } from 'chai';
import { StorageUnavailableError } from '../../../src/errors.ts';
import {
  createDocumentCache,
  type CacheCoherence,
  type DocumentCache,
} from '../../../src/storage/repositories/document-cache.ts';
import { failure } from '../contract/suite.ts';

interface Item {
  readonly _id: string;
  readonly names: readonly string[];
}

describe('storage/repositories/document-cache', () => {
  let state: number | undefined;
  let announced: string[];
  /** What happens elsewhere, in order. */
  let events: string[];
  let forget: (id: string) => void;
  let cache: DocumentCache<Item>;
  let stored: Map<string, Item>;
  let reads: string[];

  beforeEach(() => {
    state = 1;
    announced = [];
    events = [];
    reads = [];
    stored = new Map([
      ['a', { _id: 'a', names: ['one'] }],
      ['b', { _id: 'b', names: ['two'] }],
    ]);
    const coherence: CacheCoherence = {
      state: () => state,
      announce: async (kind, id) => {
        announced.push(`${kind} ${id}`);
        events.push('announced');
      },
      settled: async () => {
        events.push('settled');
      },
      onChange: (_kind, handler) => {
        forget = handler;
      },
    };
    cache = createDocumentCache<Item>('client', coherence);
  });

  async function read(id: string): Promise<Item | null> {
    reads.push(id);
    const found = stored.get(id);
    return found === undefined ? null : { ...found };
  }

  async function readMany(ids: readonly string[]): Promise<Item[]> {
    return (await Promise.all(ids.map(read))).filter((one) => one !== null);
  }

  const find = (id: string): Promise<Item | null> => cache.find(id, () => read(id));
  const list = (): Promise<Item[]> => cache.list(() => readMany([...stored.keys()]));
  const update = (id: string, names: readonly string[]): void => void stored.set(id, { _id: id, names });

  it('reads a document once while the state is the same, and again after it has changed', async () => {
    expect(await find('a')).to.deep.equal({ _id: 'a', names: ['one'] });
    expect(await find('a')).to.equal(await find('a'));
    expect(reads).to.deep.equal(['a']);
    update('a', ['other']);
    state = 2;
    expect(await find('a')).to.deep.equal({ _id: 'a', names: ['other'] });
    expect(reads).to.deep.equal(['a', 'a']);
  });

  it('uses nothing that it keeps, and keeps nothing, while there is no known state', async () => {
    await find('a');
    state = undefined;
    await find('a');
    await find('b');
    state = 1;
    await find('b');
    expect(reads).to.deep.equal(['a', 'a', 'b', 'b']);
    await find('a');
    expect(reads, 'what was kept in the same state').to.have.length(4);
  });

  it('keeps no absence: a new document is found immediately', async () => {
    expect(await find('c')).to.equal(null);
    update('c', ['three']);
    expect(await find('c')).to.deep.equal({ _id: 'c', names: ['three'] });
  });

  it('returns frozen documents, since all callers get the same one', async () => {
    const found = await find('a');
    expect([Object.isFrozen(found), Object.isFrozen(found?.names)]).to.deep.equal([true, true]);
  });

  it('reads only those of several documents that it does not have', async () => {
    await find('a');
    const both = await cache.findMany(['a', 'b', 'a', 'missing'], readMany);
    expect(both.map(({ _id }) => _id)).to.have.members(['a', 'b']);
    expect(reads).to.deep.equal(['a', 'b', 'missing']);
    expect(await cache.findMany(['b', 'a'], readMany)).to.have.length(2);
    expect(reads).to.have.length(3);
  });

  it('keeps the whole list until one document of it changes or is added', async () => {
    expect(await list()).to.have.length(2);
    (await list()).pop();
    expect(await list()).to.have.length(2);
    expect(reads).to.deep.equal(['a', 'b']);
    await cache.insert('c', async () => update('c', ['three']));
    expect(await list()).to.have.length(3);
    forget('b');
    await list();
    expect(reads).to.have.length(8);
  });

  it('reads a document again that this process, or another one, has changed', async () => {
    await find('a');
    await find('b');
    const changed = await cache.change('a', async () => {
      update('a', ['own']);
      return true;
    });
    expect(changed).to.equal(true);
    expect((await find('a'))?.names).to.deep.equal(['own']);
    update('a', ['by another process']);
    forget('a');
    expect((await find('a'))?.names).to.deep.equal(['by another process']);
    await find('b');
    expect(reads).to.deep.equal(['a', 'b', 'a', 'a']);
  });

  it('announces a change after it is stored, and returns when no process uses the earlier document', async () => {
    await cache.change('a', async () => {
      events.push('stored');
      return true;
    });
    expect(events).to.deep.equal(['stored', 'announced', 'settled']);
    expect(announced).to.deep.equal(['client a']);
  });

  it('announces no write that changed nothing, but reads the document again', async () => {
    await find('a');
    update('a', ['changed by others']);
    expect(await cache.change('a', async () => false)).to.equal(false);
    expect(events).to.deep.equal([]);
    expect((await find('a'))?.names).to.deep.equal(['changed by others']);
  });

  it('reads a document again after a write of which it is unknown whether it was applied', async () => {
    await find('a');
    const failed = await failure(
      cache.change('a', async () => {
        update('a', ['applied']);
        throw new StorageUnavailableError('no answer');
      }),
    );
    expect(failed).to.be.instanceOf(StorageUnavailableError);
    expect((await find('a'))?.names).to.deep.equal(['applied']);
  });

  for (const [what, changeMeanwhile] of [
    ['this process', (): unknown => cache.change('a', async () => true)],
    ['another process', (): unknown => forget('a')],
  ] as const) {
    it(`does not keep what a read returns that began before ${what} changed it`, async () => {
      const { promise, resolve } = Promise.withResolvers<Item>();
      const reading = cache.find('a', () => promise);
      update('a', ['new']);
      await changeMeanwhile();
      resolve({ _id: 'a', names: ['old'] });
      await reading;
      expect((await find('a'))?.names).to.deep.equal(['new']);
    });
  }

  it('does not use what it read before the state changed, also if the read ended after that', async () => {
    const { promise, resolve } = Promise.withResolvers<Item>();
    const reading = cache.find('a', () => promise);
    state = 2;
    resolve({ _id: 'a', names: ['old'] });
    await reading;
    expect((await find('a'))?.names).to.deep.equal(['one']);
  });

  it('keeps at most a thousand documents', async () => {
    for (let number = 0; number <= 1000; number += 1) {
      update(`item ${number}`, []);
      await find(`item ${number}`);
    }
    reads = [];
    await find('item 1000');
    expect(reads).to.deep.equal([]);
    await find('item 0');
    expect(reads).to.deep.equal(['item 0']);
  });
});
