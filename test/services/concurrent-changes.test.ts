import { expect } from 'chai';
import { strictlyAfter, manualClock } from '../../src/clock.ts';
import { createApiService, type ApiService } from '../../src/services/clients/apis.ts';
import { createAuditService } from '../../src/services/foundation/audit.ts';
import { createClientService, type ClientService } from '../../src/services/clients/clients.ts';
import { createRevocationService } from '../../src/services/tokens/revocation.ts';
import { createSecrets } from '../../src/crypto/secrets.ts';
import { wireRepositories } from '../../src/wiring/repositories.ts';
import { describeOnEachDatabase, secretKey, type TemporaryDatabase } from '../support/user-services.ts';

const by = { actor: 'command line' };
const identifier = 'https://photos.example/api';
const scopes = [{ value: 'photos:read', description: 'See your photos' }];

describe('the time of a change', () => {
  it('is later than the time of the previous change, also within one millisecond and when another clock is ahead', () => {
    const clock = manualClock();
    const now = clock.now().getTime();
    expect(strictlyAfter(clock, new Date(now - 5000)).getTime()).to.equal(now);
    expect(strictlyAfter(clock, new Date(now)).getTime()).to.equal(now + 1);
    expect(strictlyAfter(clock, new Date(now + 5000)).getTime()).to.equal(now + 5001);
  });
});

/** The clock does not advance, so that every change has the same time. */
describeOnEachDatabase('two changes of one record at the same time', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let clients: ClientService;
  let apis: ApiService;
  /** Runs once, after a client or an API was read and before it is written. */
  let interfere: (() => Promise<unknown>) | undefined;

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    const { database, clock } = temporary;
    const secrets = createSecrets([secretKey]);
    const { repositories } = wireRepositories({
      database,
      secrets,
      clock,
      log: { warn: () => {} },
      session: { idle: 3600, absolute: 86_400, remember: 86_400 },
    });
    const audit = createAuditService({
      events: repositories.auditEvents,
      clock,
      log: { info: () => {} },
      retention: 86_400,
    });
    const revocation = createRevocationService({
      payloads: repositories.oidcPayloads,
      sessions: repositories.loginSessions,
      consents: repositories.consents,
      oneTimeLinks: { endWithCredentials: async () => {} },
      passkeys: repositories.passkeys,
      personalAccessTokens: repositories.personalAccessTokens,
      usage: repositories.tokenUsage,
      secondFactors: repositories.secondFactors,
      recoveryCodes: repositories.recoveryCodes,
      rememberedDevices: repositories.rememberedDevices,
      upstreamLinks: repositories.upstreamLinks,
      announce: async () => {},
      notify: async () => {},
    });
    const interrupt = <R extends { replace(...args: never[]): Promise<boolean> }>(repository: R): R => ({
      ...repository,
      replace: async (...args: Parameters<R['replace']>) => {
        const concurrentChange = interfere;
        interfere = undefined;
        await concurrentChange?.();
        return repository.replace(...args);
      },
    });
    const interrupted = { clients: interrupt(repositories.clients), apis: interrupt(repositories.apis) };
    interfere = undefined;
    const { workloadIssuers } = repositories;
    const rules = { allowHttpLoopback: true };
    const groupEnds = { endByApi: () => Promise.resolve(), endByClient: () => Promise.resolve() };
    clients = createClientService({ ...interrupted, workloadIssuers, revocation, groupEnds, audit, clock, rules });
    apis = createApiService({
      apis: interrupted.apis,
      clients,
      installation: repositories.installation,
      revocation,
      groupEnds,
      audit,
      clock,
    });
    await apis.create({ identifier, name: 'Photos', tokenFormat: 'opaque', scopes }, by);
  });
  afterEach(() => temporary.close());

  it('are both kept, for a client', async () => {
    const { client } = await clients.create({ name: 'Nightly', type: 'machine', apis: [identifier] }, by);
    interfere = () => clients.update(client._id, { color: '#123456' }, by);
    await clients.update(client._id, { name: 'Weekly' }, by);
    expect(await clients.get(client._id)).to.include({ name: 'Weekly', color: '#123456' });
  });

  it('are both kept, for a client that gets a new secret', async () => {
    const { client } = await clients.create({ name: 'Nightly', type: 'machine' }, by);
    interfere = () => clients.rotateSecret(client._id, { keepOldFor: 60 }, by);
    await clients.rotateSecret(client._id, { keepOldFor: 60 }, by);
    expect((await clients.get(client._id)).secrets).to.have.length(3);
  });

  it('are both kept, for an API', async () => {
    interfere = () => apis.update(identifier, { tokenLifetime: 60 }, by);
    await apis.update(identifier, { name: 'Pictures' }, by);
    expect(await apis.get(identifier)).to.include({ name: 'Pictures', tokenLifetime: 60 });
  });

  it('are both kept, for a client whose API is deleted', async () => {
    const { client } = await clients.create({ name: 'Nightly', type: 'machine', apis: [identifier] }, by);
    interfere = () => clients.update(client._id, { name: 'Weekly' }, by);
    await apis.remove(identifier, by);
    expect(await clients.get(client._id)).to.deep.include({ name: 'Weekly', apis: [] });
    // The other order: the API is deleted during a change of the client.
    await apis.create({ identifier, name: 'Photos', tokenFormat: 'opaque', scopes }, by);
    await clients.update(client._id, { apis: [identifier] }, by);
    interfere = () => apis.remove(identifier, by);
    await clients.update(client._id, { name: 'Daily' }, by);
    expect(await clients.get(client._id)).to.deep.include({ name: 'Daily', apis: [] });
  });
});
