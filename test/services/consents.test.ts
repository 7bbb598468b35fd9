import { expect } from 'chai';
import { after } from '../../src/clock.ts';
import { permissionOf } from '../../src/services/clients/consents.ts';
import { describeOnEachDatabase, wireUserServices, type TemporaryDatabase } from '../support/user-services.ts';

const by = { actor: 'usr_1' };
const apis = Array.from({ length: 8 }, (_, at) => `https://api-${at}.example`);

/** The clock does not advance, so that every change has the same time. */
describeOnEachDatabase('a stored consent', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
  });
  afterEach(() => temporary.close());

  it('keeps everything that is allowed at the same time, on two connections', async () => {
    const { consents, audit } = await wireUserServices(temporary);
    const elsewhere = await wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock });
    await Promise.all(
      apis.map((api, at) =>
        (at % 2 === 0 ? consents : elsewhere.consents).remember(
          'usr_1',
          'prints',
          { claims: [], scopes: ['openid'], resources: new Map([[api, ['read']]]) },
          by,
        ),
      ),
    );
    const [stored, ...others] = await consents.listByUser('usr_1');
    expect(others).to.deep.equal([]);
    expect([...(stored === undefined ? [] : permissionOf(stored).resources.keys())].toSorted()).to.deep.equal(apis);
    expect((await audit.list({ limit: 20, type: 'consent.granted' })).length).to.equal(apis.length);
  });

  it('does not restore an API that was removed while another one was allowed', async () => {
    const { consents, repositories } = await wireUserServices(temporary);
    const [first = '', second = ''] = apis;
    const allow = (api: string): Promise<void> =>
      consents.remember('usr_1', 'prints', { claims: [], scopes: [], resources: new Map([[api, ['read']]]) }, by);
    await allow(first);
    const { find } = repositories.consents;
    Object.assign(repositories.consents, {
      find: async (id: string) => {
        const found = await find(id);
        Object.assign(repositories.consents, { find });
        await repositories.consents.removeApi(first);
        return found;
      },
    });
    await allow(second);
    const [stored] = await consents.listByUser('usr_1');
    expect(stored === undefined ? [] : [...permissionOf(stored).resources.keys()]).to.deep.equal([second]);
  });

  describe('whose end has come', () => {
    const permission = { claims: [], scopes: ['openid'], resources: new Map() };

    async function wireEnded() {
      const services = await wireUserServices(temporary);
      const endsAt = after(temporary.clock, 60);
      await services.consents.remember('usr_1', 'prints', { ...permission, endsAt }, by);
      temporary.clock.advance(60);
      return services;
    }

    it('is withdrawn once, also by several instances', async () => {
      const { consents, audit } = await wireEnded();
      const elsewhere = await wireUserServices({ database: await temporary.openAnother(), clock: temporary.clock });
      const ended = await Promise.all([consents, elsewhere.consents, consents].map((instance) => instance.endDue()));
      expect(ended.reduce((sum, count) => sum + count, 0)).to.equal(1);
      expect(await audit.list({ limit: 9, type: 'consent.withdrawn' })).to.have.length(1);
      expect(await consents.find('usr_1', 'prints')).to.equal(null);
    });

    it('is withdrawn for who allows the app again; what another request has stored meanwhile is found', async () => {
      const { consents, repositories, audit } = await wireEnded();
      const { removeByUserAndClient } = repositories.oidcPayloads;
      Object.assign(repositories.oidcPayloads, {
        removeByUserAndClient: async (...of: Parameters<typeof removeByUserAndClient>) => {
          Object.assign(repositories.oidcPayloads, { removeByUserAndClient });
          await removeByUserAndClient(...of);
          await consents.remember('usr_1', 'prints', permission, by);
        },
      });
      expect((await consents.findOrEnd('usr_1', 'prints'))?.scopes).to.deep.equal(['openid']);
      await consents.remember('usr_1', 'prints', { ...permission, endsAt: after(temporary.clock, 60) }, by);
      temporary.clock.advance(60);
      expect(await consents.findOrEnd('usr_1', 'prints')).to.equal(null);
      expect(await audit.list({ limit: 9, type: 'consent.withdrawn' })).to.have.length(1);
      expect(await consents.endDue(), 'nothing is left').to.equal(0);
    });

    for (const [title, repository, method] of [
      ['it was found', 'consents', 'listEnded'],
      ['its grants were ended', 'oidcPayloads', 'removeByUserAndClient'],
    ] as const) {
      it(`stays when the user allows it again after ${title}`, async () => {
        const { consents, repositories, audit } = await wireEnded();
        const target: object = repositories[repository];
        const original = Reflect.get(target, method) as (...values: unknown[]) => Promise<unknown>;
        Reflect.set(target, method, async (...values: unknown[]) => {
          Reflect.set(target, method, original);
          const result = await original(...values);
          await consents.remember('usr_1', 'prints', permission, by);
          return result;
        });
        expect(await consents.endDue()).to.equal(0);
        expect((await consents.find('usr_1', 'prints'))?.scopes).to.deep.equal(['openid']);
        expect(await audit.list({ limit: 9, type: 'consent.withdrawn' })).to.deep.equal([]);
      });
    }
  });
});
