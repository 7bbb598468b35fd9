import { expect } from 'chai';
import { StorageUnavailableError } from '../../src/errors.ts';
import type { AuditRecord } from '../../src/services/foundation/audit.ts';
import { createTokenUsageService, type TokenUsageService } from '../../src/services/tokens/token-usage.ts';
import { createTokenUsageRepository, type TokenUsageRepository } from '../../src/storage/repositories/token-usage.ts';
import { describeOnEachDatabase, type TemporaryDatabase } from '../support/user-services.ts';

const retention = 400 * 86_400;
const day = 86_400;
const home = '192.0.2.7';
const office = '198.51.100.9';

describeOnEachDatabase('services/token-usage', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let usage: TokenUsageService;
  let events: AuditRecord[];
  let counted: string[];
  let ended: Set<string>;
  let writes: number;
  let isAvailable: boolean;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    events = [];
    counted = [];
    ended = new Set();
    writes = 0;
    isAvailable = true;
    usage = service(createTokenUsageRepository(temporary.database));
  });
  afterEach(() => temporary.close());

  function service(stored: TokenUsageRepository): TokenUsageService {
    return createTokenUsageService({
      usage: {
        ...stored,
        addAll: (samples) => {
          writes += 1;
          return isAvailable ? stored.addAll(samples) : Promise.reject(new StorageUnavailableError('away'));
        },
      },
      revocations: {
        isRevoked: async ({ clientId, grantId }) => ended.has(clientId ?? '') || ended.has(grantId ?? ''),
      },
      audit: {
        record: async (event) => {
          events.push(event);
        },
      },
      countUnusualUse: (rule) => counted.push(rule),
      clock: temporary.clock,
      log: { warn: () => {} },
      retention,
    });
  }

  const refresh = (address = home, grantId = 'g1'): void =>
    usage.recordUse({ clientId: 'app', accountId: 'usr_1', grantId, address });
  const request = (address = home): void => usage.recordUse({ clientId: 'job', address });

  async function rules(): Promise<readonly unknown[]> {
    await usage.flush();
    return events.map(({ detail }) => detail?.['rule']);
  }

  it('stores first and last use, number and address blocks of each grant and each client, with one write', async () => {
    const first = temporary.clock.now();
    refresh();
    temporary.clock.advance(10);
    refresh(office);
    refresh('2001:db8:1:2:3::4', 'g2');
    request();
    expect(writes, 'nothing is written for a use').to.equal(0);
    expect(await usage.listByUser('usr_1')).to.deep.equal([]);
    await usage.flush();
    expect(writes).to.equal(1);
    const last = temporary.clock.now();
    const grants = (await usage.listByUser('usr_1')).toSorted((one, other) => (one.grantId < other.grantId ? -1 : 1));
    expect(grants).to.deep.equal([
      {
        grantId: 'g1',
        clientId: 'app',
        firstUsedAt: first,
        lastUsedAt: last,
        lastUsedFrom: office,
        count: 2,
        addressBlocks: [home, office],
      },
      {
        grantId: 'g2',
        clientId: 'app',
        firstUsedAt: last,
        lastUsedAt: last,
        lastUsedFrom: '2001:db8:1:2::/64',
        count: 1,
        addressBlocks: ['2001:db8:1:2::/64'],
      },
    ]);
    expect(await usage.findByClient('job')).to.include({ count: 1, lastUsedFrom: home });
    const ofApp = await usage.findByClient('app');
    expect(ofApp?.count).to.equal(3);
    expect(ofApp?.addressBlocks, "addresses of users are not the client's").to.deep.equal([]);
  });

  it('adds up what several processes store, and keeps the first use', async () => {
    const other = service(createTokenUsageRepository(await temporary.openAnother()));
    const first = temporary.clock.now();
    request();
    await usage.flush();
    temporary.clock.advance(60);
    request();
    other.recordUse({ clientId: 'job', address: office });
    await Promise.all([usage.flush(), other.flush()]);
    const stored = await usage.findByClient('job');
    expect(stored?.count).to.equal(3);
    expect(stored?.firstUsedAt).to.deep.equal(first);
    expect(stored?.lastUsedAt).to.deep.equal(temporary.clock.now());
  });

  it('writes nothing when nothing was used', async () => {
    request();
    await usage.flush();
    await usage.flush();
    expect(writes).to.equal(1);
  });

  it('keeps what could not be stored for the next round', async () => {
    request();
    isAvailable = false;
    let failure: unknown;
    await usage.flush().catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.instanceOf(StorageUnavailableError);
    isAvailable = true;
    await usage.flush();
    expect((await usage.findByClient('job'))?.count).to.equal(1);
  });

  it('stores nothing of a grant or a client that ended meanwhile', async () => {
    refresh();
    request();
    ended.add('g1').add('job');
    await usage.flush();
    expect(await usage.listByUser('usr_1')).to.deep.equal([]);
    expect(await usage.findByClient('job')).to.equal(null);
  });

  it('keeps at most 20 address blocks, the latest', async () => {
    for (let host = 1; host <= 30; host += 1) {
      request(`192.0.2.${host}`);
      await usage.flush();
    }
    const blocks = (await usage.findByClient('job'))?.addressBlocks ?? [];
    expect([blocks.length, blocks[0], blocks.at(-1)]).to.deep.equal([20, '192.0.2.11', '192.0.2.30']);
  });

  it('is forgotten after the time for which it is kept', async () => {
    request();
    await usage.flush();
    temporary.clock.advance(retention + 1);
    expect(await usage.findByClient('job')).to.equal(null);
  });

  describe('reports as unusual', () => {
    it('a refresh token that is used from a new network within five minutes after another one', async () => {
      refresh(home);
      temporary.clock.advance(299);
      refresh(office);
      expect(await rules()).to.deep.equal(['new_network']);
      expect(events[0]).to.deep.equal({
        actor: 'system',
        type: 'usage.unusual',
        outcome: 'success',
        clientId: 'app',
        accountId: 'usr_1',
        address: office,
        detail: { rule: 'new_network', grant: 'g1', from: office, before: home, seconds: 299 },
      });
      expect(counted).to.deep.equal(['new_network']);
    });

    it('the same across two minutes, when the first use is stored already', async () => {
      refresh(home);
      await usage.flush();
      temporary.clock.advance(120);
      refresh(office);
      expect(await rules()).to.deep.equal(['new_network']);
    });

    it('neither a later change of the network, nor a known network, nor another grant', async () => {
      refresh(home);
      await usage.flush();
      temporary.clock.advance(300);
      refresh(office);
      await usage.flush();
      temporary.clock.advance(10);
      refresh(home);
      refresh('203.0.113.5', 'g2');
      expect(await rules()).to.deep.equal([]);
    });

    it('a machine client that requests a token from a new address block a day after its first use', async () => {
      request(home);
      await usage.flush();
      temporary.clock.advance(day - 1);
      request(office);
      expect(await rules(), 'on the first day').to.deep.equal([]);
      temporary.clock.advance(1);
      request('203.0.113.5');
      expect(await rules()).to.deep.equal(['new_address_block']);
      expect(events[0]?.detail).to.deep.equal({ rule: 'new_address_block', from: '203.0.113.5', known: 2 });
      temporary.clock.advance(60);
      request('203.0.113.5');
      request(home);
      expect(await rules(), 'known from then on').to.have.length(1);
    });

    it('no address block of a machine that has no usual ones', async () => {
      for (let host = 1; host <= 21; host += 1) {
        request(`192.0.2.${host}`);
        await usage.flush();
      }
      temporary.clock.advance(day);
      request(office);
      expect(await rules()).to.deep.equal([]);
    });

    it('a hundred refusals of one client within ten minutes, once an hour', async () => {
      const refuse = (times: number): void => {
        for (let count = 0; count < times; count += 1) {
          usage.recordRefusal('app');
        }
      };
      refuse(99);
      usage.recordRefusal('other');
      expect(await rules()).to.deep.equal([]);
      temporary.clock.advance(599);
      refuse(1);
      expect(await rules()).to.deep.equal(['many_refusals']);
      expect(events[0]).to.deep.include({ clientId: 'app', outcome: 'failure' });
      expect(events[0]?.detail).to.deep.equal({ rule: 'many_refusals', refusals: 100, within: 600 });
      refuse(200);
      expect(await rules(), 'within the hour').to.have.length(1);
      temporary.clock.advance(3600);
      refuse(100);
      expect(await rules()).to.have.length(2);
    });

    it('no hundred refusals in a longer time', async () => {
      for (let count = 0; count < 100; count += 1) {
        usage.recordRefusal('app');
        temporary.clock.advance(7);
      }
      expect(await rules()).to.deep.equal([]);
    });
  });
});
