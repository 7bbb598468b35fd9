import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  StorageUnavailableError,
  ThrottledError,
} from '../../src/errors.ts';
import { createSetupService, type SetupService } from '../../src/services/users/setup.ts';
import type { Database } from '../../src/storage/database.ts';
import { createInstallationRepository } from '../../src/storage/repositories/installation.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  secretKey,
  throttleSettings,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const from = { address: '192.0.2.1', requestId: 'request-1' };
const by = { actor: 'command line' };

describeOnEachDatabase('services/setup', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let setup: SetupService;

  async function setupOver(database: Database, keys: readonly Buffer[] = [secretKey]): Promise<SetupService> {
    const wired = await wireUserServices({ database, clock: temporary.clock }, { keys });
    return createSetupService({
      ...wired,
      installation: createInstallationRepository(database),
      clock: temporary.clock,
    });
  }

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
    setup = await setupOver(temporary.database);
  });
  afterEach(() => temporary.close());

  async function token(): Promise<string> {
    return (await setup.setupLinkToken()) ?? expect.fail('the set-up is complete');
  }

  /** Removes the first administrator by the repository: the service keeps the last administrator. */
  async function removeFirst(): Promise<void> {
    const [first] = (await services.users.list({ limit: 1 })).users;
    expect(first !== undefined && (await services.repositories.users.removeIfUnchanged(first))).to.equal(true);
  }

  it('has one link, the same each time and in every process, that cannot be read from the database', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, async () => setupOver(await temporary.openAnother())));
    const tokens = new Set(await Promise.all([setup, ...others, setup].map((service) => service.setupLinkToken())));
    expect(tokens).to.have.property('size', 1);
    const stored = JSON.stringify(await createInstallationRepository(temporary.database).listByPrefix('set-up'));
    expect(stored).to.not.include(await token());
    expect(Buffer.from(await token(), 'base64url')).to.have.length(32);
  });

  it('lets exactly one of twenty parallel callers become administrator, in two processes, and never reopens (C24)', async () => {
    const link = await token();
    const other = await setupOver(await temporary.openAnother());
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? setup : other).createFirstAdministrator(
          { token: link, email: `admin${index}@example.com`, password: goodPassword },
          from,
        ),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
    expect(
      outcomes.every((outcome) => outcome.status === 'fulfilled' || outcome.reason instanceof NotFoundError),
    ).to.equal(true);
    const { users } = await services.users.list({ limit: 100 });
    expect(users.map(({ role }) => role)).to.deep.equal(['administrator']);
    expect(await setup.setupLinkToken()).to.equal(undefined);
    expect(await setup.verify(link, from)).to.equal(false);
    expect((await services.audit.list({ limit: 50 })).filter(({ type }) => type === 'setup.completed')).to.have.length(
      1,
    );

    await removeFirst();
    expect(await setup.setupLinkToken()).to.equal(undefined);
    expect(
      await failureOf(
        setup.createFirstAdministrator({ token: link, email: 'again@example.com', password: goodPassword }, from),
      ),
    ).to.be.instanceOf(NotFoundError);
  });

  it('remains open after a view and after a rejected email or password', async () => {
    const link = await token();
    expect(await setup.verify(link, from)).to.equal(true);
    await services.users.create({ email: 'taken@example.com' }, by);
    const attempt = (email: string, password: string): Promise<unknown> =>
      failureOf(setup.createFirstAdministrator({ token: link, email, password }, from));
    expect(await attempt('nonsense', goodPassword)).to.be.instanceOf(InvalidInputError);
    expect(await attempt('admin@example.com', 'short')).to.be.instanceOf(InvalidInputError);
    expect(await attempt('taken@example.com', goodPassword)).to.be.instanceOf(ConflictError);
    expect(
      (await setup.createFirstAdministrator({ token: link, email: 'admin@example.com', password: goodPassword }, from))
        .role,
    ).to.equal('administrator');
    expect(
      (await services.authentication.signIn({ email: 'admin@example.com', password: goodPassword })).outcome,
    ).to.equal('success');
  });

  it('is complete after a crash right after the user is created, and open after a crash before that', async () => {
    const link = await token();
    const request = { token: link, email: 'admin@example.com', password: goodPassword };
    const installation = createInstallationRepository(temporary.database);
    const outage = new StorageUnavailableError('cut off');
    const failingBefore = createSetupService({
      ...services,
      users: { ...services.users, create: () => Promise.reject(outage) },
      installation,
      clock: temporary.clock,
    });
    expect(await failureOf(failingBefore.createFirstAdministrator(request, from))).to.equal(outage);
    expect(await setup.verify(link, from)).to.equal(true);

    const failingAfter = createSetupService({
      ...services,
      installation: { ...installation, claim: () => Promise.reject(outage) },
      clock: temporary.clock,
    });
    expect(await failureOf(failingAfter.createFirstAdministrator(request, from))).to.equal(outage);
    expect(await setup.setupLinkToken()).to.equal(undefined);
    await removeFirst();
    expect(await setup.setupLinkToken()).to.equal(undefined);
  });

  it('accepts the link of an older secret that is still in SECRET, and no other (E2)', async () => {
    const link = await token();
    const rotated = await setupOver(temporary.database, [randomBytes(32), secretKey]);
    expect(await rotated.setupLinkToken()).to.not.equal(link);
    expect(await rotated.verify(link, from)).to.equal(true);
    expect(await (await setupOver(temporary.database, [randomBytes(32)])).verify(link, from)).to.equal(false);
    for (const wrong of ['', 'x', link.slice(1), `${link}x`, 'x'.repeat(100_000)]) {
      expect(await setup.verify(wrong, { address: '192.0.2.9' })).to.equal(false);
    }
  });

  it('accepts no link from an address that guesses', async () => {
    for (let attempt = 0; attempt < throttleSettings.addressFree; attempt += 1) {
      expect(await setup.verify('guess', from)).to.equal(false);
    }
    expect(await failureOf(setup.verify('guess', from))).to.be.instanceOf(ThrottledError);
    expect(
      await failureOf(
        setup.createFirstAdministrator(
          { token: await token(), email: 'admin@example.com', password: goodPassword },
          from,
        ),
      ),
    ).to.be.instanceOf(ThrottledError);
    expect(await setup.verify(await token(), { address: '192.0.2.2' })).to.equal(true);
  });
});
