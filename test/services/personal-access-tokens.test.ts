import { expect } from 'chai';
import { digest } from '../../src/crypto/secrets.ts';
import { isPersonalAccessToken } from '../../src/crypto/personal-access-tokens.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/errors.ts';
import type { NewPersonalAccessToken } from '../../src/services/tokens/personal-access-tokens.ts';
import { doBefore } from '../support/patched-repository.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'command line' } as const;
const photos = 'https://photos.example/api';
const archive = 'https://archive.example/api';
const day = 86_400;

const backup: NewPersonalAccessToken = {
  name: 'nightly backup',
  access: [
    { api: photos, scopes: ['photos:read', 'photos:write'] },
    { api: archive, scopes: ['archive:read'] },
  ],
  expiresIn: 30 * day,
};

describeOnEachDatabase('Personal access tokens', (open) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: string;

  beforeEach(async function wire() {
    this.timeout(10_000);
    temporary = await open();
    services = await wireUserServices(temporary);
    for (const [identifier, name, scopes] of [
      [photos, 'Photos', ['photos:read', 'photos:write']],
      [archive, 'Archive', ['archive:read', 'photos:read']],
    ] as const) {
      await services.apis.create(
        {
          identifier,
          name,
          tokenFormat: 'jwt',
          personalTokens: true,
          scopes: scopes.map((value) => ({ value, description: value })),
        },
        by,
      );
    }
    ada = (await services.users.create({ email: 'ada@example.com', password: goodPassword }, by))._id;
  });
  afterEach(() => temporary.close());

  const create = async (input: Partial<NewPersonalAccessToken> = {}) =>
    services.personalAccessTokens.create(ada, { ...backup, ...input }, by);
  const find = (value: string) => services.personalAccessTokens.find(value);
  const eventsOf = async (type: string) =>
    (await services.audit.list({ limit: 100 })).filter((event) => event.type === type);

  it('are found by their value, with user, scopes of each API, and expiry, in one read', async () => {
    const { token, value } = await create();
    expect(isPersonalAccessToken(value)).to.equal(true);
    expect(token.id).to.match(/^pat_[\w-]{16}$/);
    const reads = temporary.operations();
    expect(await find(value)).to.deep.equal(token);
    expect(temporary.operations() - reads).to.equal(1);
    expect(token).to.deep.include({
      accountId: ada,
      name: 'nightly backup',
      access: backup.access,
    });
    expect(token.expiresAt.getTime() - token.createdAt.getTime()).to.equal(30 * day * 1000);
  });

  it('are not found by other text, for which the database is not asked', async () => {
    const { token, value } = await create();
    const before = temporary.operations();
    for (const text of ['', token.id, value.slice(0, -1), `${value} `, digest(value), value.toUpperCase()]) {
      expect(await find(text), text).to.equal(null);
    }
    expect(temporary.operations()).to.equal(before);
  });

  it('are stored as a digest only', async () => {
    const { value } = await create();
    const [stored] = await services.repositories.personalAccessTokens.list({ limit: 1 });
    expect(stored?._id).to.equal(digest(value));
    expect(JSON.stringify(stored)).to.not.include(value.slice(8, 20));
    expect(JSON.stringify([services.lines, await services.audit.list({ limit: 100 })])).to.not.include(
      value.slice(8, 20),
    );
  });

  it('expire, and are listed no more', async () => {
    const { value } = await create();
    temporary.clock.advance(30 * day - 1);
    expect(await find(value)).to.not.equal(null);
    temporary.clock.advance(1);
    expect(await find(value)).to.equal(null);
    expect(await services.personalAccessTokens.listByUser(ada)).to.deep.equal([]);
  });

  it('need a name, a scope, and a lifetime up to the configured maximum', async () => {
    for (const [input, field] of [
      [{ name: ' ' }, 'name'],
      [{ name: 'x'.repeat(101) }, 'name'],
      [{ name: 'a\u202Eb' }, 'name'],
      [{ access: [] }, 'access'],
      [{ access: [{ api: photos, scopes: [] }] }, 'access'],
      [{ access: [backup.access[0], backup.access[0]] }, 'api'],
      [{ access: [{ api: photos, scopes: ['archive:read'] }] }, 'scope'],
      [{ access: [{ api: photos, scopes: ['openid'] }] }, 'scope'],
      [{ access: [{ api: 'https://other.example/api', scopes: ['photos:read'] }] }, 'api'],
      [{ expiresIn: 0 }, 'expiresIn'],
      [{ expiresIn: 59 }, 'expiresIn'],
      [{ expiresIn: 1.5 * day + 0.5 }, 'expiresIn'],
      [{ expiresIn: 365 * day + 1 }, 'expiresIn'],
      [{ expiresIn: Number.NaN }, 'expiresIn'],
    ] as const) {
      const failure = await failureOf(create(input as Partial<NewPersonalAccessToken>));
      expect(failure, JSON.stringify(input)).to.be.instanceOf(InvalidInputError);
      expect((failure as InvalidInputError).field, JSON.stringify(input)).to.equal(field);
    }
    expect(await services.personalAccessTokens.list({ limit: 10 })).to.deep.equal([]);
    expect((await create({ expiresIn: 365 * day })).token.name).to.equal('nightly backup');
  });

  it('are only for APIs whose operator allows them', async () => {
    await services.apis.create(
      {
        identifier: 'https://closed.example/api',
        name: 'Closed',
        tokenFormat: 'jwt',
        scopes: [{ value: 'read', description: 'Read' }],
      },
      by,
    );
    const failure = await failureOf(create({ access: [{ api: 'https://closed.example/api', scopes: ['read'] }] }));
    expect(String(failure)).to.include('does not allow personal access tokens');
    expect((await services.personalAccessTokens.listApis()).map(({ _id }) => _id)).to.deep.equal([archive, photos]);
  });

  it('cannot be made for a disabled user or for nobody, and at most 100 for one user', async function limits() {
    this.timeout(20_000);
    const bob = (await services.users.create({ email: 'bob@example.com' }, by))._id;
    await services.users.disable(bob, by);
    expect(await failureOf(services.personalAccessTokens.create(bob, backup, by))).to.be.instanceOf(ConflictError);
    expect(await failureOf(services.personalAccessTokens.create('usr_x', backup, by))).to.be.instanceOf(NotFoundError);
    for (let count = 0; count < 100; count += 1) {
      await create();
    }
    expect(String(await failureOf(create()))).to.include('at most 100');
  });

  it('end when they are revoked: once, by their user or an operator, not by another user', async () => {
    const { token, value } = await create();
    const other = (await services.users.create({ email: 'bob@example.com' }, by))._id;
    expect(await failureOf(services.personalAccessTokens.revoke(token.id, by, { accountId: other }))).to.be.instanceOf(
      NotFoundError,
    );
    expect(await find(value)).to.not.equal(null);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => services.personalAccessTokens.revoke(token.id, by, { accountId: ada })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(await find(value)).to.equal(null);
    expect((await eventsOf('personal_access_token.revoked')).map(({ detail }) => detail)).to.deep.equal([
      { id: token.id, name: 'nightly backup' },
    ]);
    expect((await eventsOf('personal_access_token.created'))[0]).to.deep.include({
      accountId: ada,
      outcome: 'success',
    });
  });

  for (const [ending, end, isUserLeft] of [
    ['is disabled', (id: string) => services.users.disable(id, by), true],
    ['gets another password', (id: string) => services.users.setPassword(id, 'another good password', by), true],
    ['is deleted', (id: string) => services.users.remove(id, by), false],
  ] as const) {
    it(`end when their user ${ending}, and do not come back`, async () => {
      const { value } = await create();
      const bob = (await services.users.create({ email: 'bob@example.com' }, by))._id;
      const ofBob = await services.personalAccessTokens.create(bob, backup, by);
      await end(ada);
      expect(await find(value)).to.equal(null);
      expect(await find(ofBob.value), 'those of others stay').to.not.equal(null);
      if (isUserLeft) {
        await services.users.enable(ada, by);
        expect(await find(value)).to.equal(null);
      }
    });
  }

  it('stay when their user gets a first password: nobody can have made others with an earlier one', async () => {
    const bob = (await services.users.create({ email: 'bob@example.com' }, by))._id;
    const { value } = await services.personalAccessTokens.create(bob, backup, by);
    await services.users.setPassword(bob, goodPassword, by);
    expect(await find(value)).to.not.equal(null);
    await services.users.setPassword(bob, 'another good password', by);
    expect(await find(value)).to.equal(null);
  });

  it('lose a scope that is removed from an API, and do not get it back when it is added again', async () => {
    const { value } = await create();
    const only = await create({ access: [{ api: photos, scopes: ['photos:write'] }] });
    const scopes = [{ value: 'photos:read', description: 'Read' }];
    await services.apis.update(photos, { scopes }, by);
    const access = [{ api: photos, scopes: ['photos:read'] }, backup.access[1]];
    expect((await find(value))?.access).to.deep.equal(access);
    expect(await find(only.value), 'a token without any scope ends').to.equal(null);
    await services.apis.update(photos, { scopes: [...scopes, { value: 'photos:write', description: 'Write' }] }, by);
    expect((await find(value))?.access).to.deep.equal(access);
  });

  it('lose an API that is deleted or does not allow them any more, and end with their last one', async () => {
    const { value } = await create();
    await services.apis.update(photos, { personalTokens: false }, by);
    expect((await find(value))?.access).to.deep.equal([backup.access[1]]);
    await services.apis.update(photos, { personalTokens: true }, by);
    expect((await find(value))?.access).to.deep.equal([backup.access[1]]);
    await services.apis.remove(archive, by);
    expect(await find(value)).to.equal(null);
    await services.apis.create(
      {
        identifier: archive,
        name: 'Another',
        tokenFormat: 'jwt',
        personalTokens: true,
        scopes: [{ value: 'archive:read', description: 'Read' }],
      },
      by,
    );
    expect(await find(value), 'another API with the same identifier').to.equal(null);
  });

  it('are announced when they end, so that what was made from them ends, too', async () => {
    const announced = async () =>
      (await services.repositories.changes.listLatest('revocation', 1000)).map(({ subject }) => subject);
    const ends = [
      (id: string) => services.personalAccessTokens.revoke(id, by),
      () => services.apis.update(photos, { scopes: [{ value: 'other', description: 'Other' }] }, by),
      () => services.apis.update(archive, { personalTokens: false }, by),
      () => services.apis.remove(archive, by),
      () => services.users.setPassword(ada, 'another good password', by),
    ];
    const rest = { value: 'photos:read', description: 'Read' };
    for (const [index, end] of ends.entries()) {
      await services.apis.update(photos, { scopes: [rest] }, by);
      await services.apis.update(archive, { personalTokens: true }, by).catch(() => undefined);
      const ofArchive = index === 2 || index === 3;
      const { token } = await create({
        access: [{ api: ofArchive ? archive : photos, scopes: [ofArchive ? 'archive:read' : 'photos:read'] }],
      });
      expect(await announced()).to.not.include(`token:${token.id}`);
      await end(token.id);
      expect(await announced(), String(end)).to.include(`token:${token.id}`);
    }
  });

  it('lose two APIs that are taken away at the same time', async () => {
    const { value } = await create();
    await Promise.all([
      services.apis.update(photos, { personalTokens: false }, by),
      services.apis.update(archive, { personalTokens: false }, by),
    ]);
    expect(await find(value)).to.equal(null);
  });

  for (const [meanwhile, act] of [
    ['the user is disabled', () => services.users.disable(ada, by)],
    ['the password changes', () => services.users.setPassword(ada, 'another good password', by)],
    ['the user is deleted', () => services.users.remove(ada, by)],
    ['the API is deleted', () => services.apis.remove(photos, by)],
    ['the API allows them no more', () => services.apis.update(photos, { personalTokens: false }, by)],
    ['the scope is removed', () => services.apis.update(photos, { scopes: [{ value: 'x', description: 'x' }] }, by)],
  ] as const) {
    it(`are not made when ${meanwhile} while they are stored`, async () => {
      // What ends tokens is over before this one is stored, so it cannot have ended it.
      doBefore(services.repositories.personalAccessTokens, 'insert', act);
      expect(await failureOf(create())).to.be.instanceOf(Error);
      expect(await services.repositories.personalAccessTokens.list({ limit: 10 })).to.deep.equal([]);
    });
  }
});
