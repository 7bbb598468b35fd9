import { expect } from 'chai';
import { createPersonalAccessTokenRepository } from '../../src/storage/repositories/personal-access-tokens.ts';
import { runInRequestScope, undoAll } from '../../src/storage/request-scope.ts';
import { describeOnEachDatabase, wireUserServices, type TemporaryDatabase } from '../support/user-services.ts';

const by = { actor: 'command line' } as const;
const photos = 'https://photos.example/api';

describeOnEachDatabase('Uses of personal access tokens', (open) => {
  let temporary: TemporaryDatabase;
  let one: Awaited<ReturnType<typeof wireUserServices>>;
  let other: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: string;

  beforeEach(async () => {
    temporary = await open();
    one = await wireUserServices(temporary);
    other = await wireUserServices(temporary);
    await one.apis.create(
      {
        identifier: photos,
        name: 'Photos',
        tokenFormat: 'jwt',
        personalTokens: true,
        scopes: [{ value: 'photos:read', description: 'Read' }],
      },
      by,
    );
    ada = (await one.users.create({ email: 'ada@example.com' }, by))._id;
  });
  afterEach(() => temporary.close());

  const create = () =>
    one.personalAccessTokens.create(
      ada,
      { name: 'nightly backup', access: [{ api: photos, scopes: ['photos:read'] }], expiresIn: 86_400 },
      by,
    );

  async function listed() {
    const [token] = await one.personalAccessTokens.listByUser(ada);
    return token;
  }

  it('from a new address are taken back only by the request that recorded them, if it is answered with 503', async () => {
    const { token } = await create();
    const repository = createPersonalAccessTokenRepository(temporary.database);
    const read = await repository.findById(token.id);
    if (read === null) {
      throw new Error('no token');
    }
    const failing = (block: string): Promise<void> =>
      runInRequestScope({ deadlineMs: 15_000 }, async () => {
        await repository.addAddressBlock(read, [block], {});
        await undoAll();
      });
    await failing('192.0.2.0/24');
    expect((await repository.findById(token.id))?.addressBlocks, 'its own').to.deep.equal([]);
    expect(await repository.addAddressBlock(read, ['198.51.100.0/24'], {})).to.equal(true);
    await failing('192.0.2.0/24');
    expect((await repository.findById(token.id))?.addressBlocks, "another one's").to.deep.equal(['198.51.100.0/24']);
  });

  it('are counted by every process, and stored once a minute, with the first and the last one', async () => {
    const { value } = await create();
    const repository = createPersonalAccessTokenRepository(temporary.database);
    const use = async (services: typeof one, times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        const token = await repository.find(value);
        if (token === null) {
          throw new Error('no token');
        }
        await services.personalAccessTokenUses.record(token, { api: photos, clientId: 'photos' });
      }
    };
    expect(await listed())
      .to.deep.include({ useCount: 0 })
      .and.not.have.property('firstUsedAt');
    const first = temporary.clock.now();
    await use(one, 3);
    temporary.clock.advance(90);
    await use(other, 2);
    await one.personalAccessTokenUses.flush();
    await other.personalAccessTokenUses.flush();
    expect(await listed()).to.deep.include({ useCount: 5, firstUsedAt: first, lastUsedAt: temporary.clock.now() });
    await one.personalAccessTokenUses.flush();
    expect(await listed(), 'nothing was used since').to.include({ useCount: 5 });
  });

  it('are forgotten with the token', async () => {
    const { token, value } = await create();
    const stored = await createPersonalAccessTokenRepository(temporary.database).find(value);
    if (stored === null) {
      throw new Error('no token');
    }
    await one.personalAccessTokenUses.record(stored, { api: photos, clientId: 'photos' });
    await one.personalAccessTokens.revoke(token.id, by);
    await one.personalAccessTokenUses.flush();
    expect(await listed()).to.equal(undefined);
  });
});
