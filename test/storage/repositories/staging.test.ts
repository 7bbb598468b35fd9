/**
 * Which writes of the repositories are staged and sent with the request, and which are sent immediately: their
 * behaviour, their names and the table in docs/architecture.md must agree.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { after as later } from '../../../src/clock.ts';
import { createSecrets } from '../../../src/crypto/secrets.ts';
import { currentRequestScope, runInRequestScope, sendWrites } from '../../../src/storage/request-scope.ts';
import { wireRepositories, type Repositories } from '../../../src/wiring/repositories.ts';
import { openTemporaryDatabase, secretKey, type TemporaryDatabase } from '../../support/user-services.ts';

/** A call of each method that writes. A new method without a call here does not compile. */
type Calls<R> = {
  readonly [M in keyof R as M extends `find${string}` | `list${string}` | `count${string}` ? never : M]: (
    repository: R,
  ) => Promise<unknown>;
};

interface Behaviour {
  readonly staged: boolean;
  readonly immediateWrites: number;
}

const pattern = /<!-- writes:start -->\n([^]*?)<!-- writes:end -->/;

describe('the writes of the repositories', () => {
  let temporary: TemporaryDatabase;
  let repositories: Repositories;
  const behaviours = new Map<string, ReadonlyMap<string, Behaviour>>();

  before(async () => {
    temporary = await openTemporaryDatabase();
    const { database, clock } = temporary;
    const session = { idle: 3600, absolute: 86_400, remember: 86_400 };
    ({ repositories } = wireRepositories({
      database,
      clock,
      log: { warn: () => {} },
      session,
      secrets: createSecrets([secretKey]),
    }));
    const soon = later(clock, 60);
    const inAnHour = later(clock, 3600);
    const document = { _id: 'x', accountId: 'x', value: 'x', at: soon, expiresAt: inAnHour } as never;
    const read = { _id: 'x', updatedAt: soon } as never;
    const source = { document: { _id: 'x', payload: 'x', grantId: 'x' } as never, payload: {} };
    const family = { ...source, presented: 'current' } as const;
    await runInRequestScope({ deadlineMs: 5000 }, async () => {
      await repositories.loginSessions.saveWithRequest('handle', { uid: 'used' }, { expiresAt: soon });
      await sendWrites();
    });

    const calls: { readonly [R in keyof Repositories]: Calls<Repositories[R]> } = {
      apis: {
        insert: (apis) => apis.insert(document),
        replace: (apis) => apis.replace(read, soon),
        remove: (apis) => apis.remove('x'),
      },
      auditEvents: { insertWithRequest: (events) => events.insertWithRequest(document) },
      authorizationCodes: {
        redeem: (codes) => codes.redeem(source, { sealedResponse: 'x', tokens: [] }),
        settle: (codes) => codes.settle(source, 'x', 'sent'),
        removeIssued: (codes) => codes.removeIssued(source),
      },
      changes: {
        insertWithRequest: (changes) => changes.insertWithRequest(document),
        insertAll: (changes) => changes.insertAll([{ ...(document as object), _id: 'other' } as never]),
      },
      clients: {
        insert: (clients) => clients.insert(document),
        replace: (clients) => clients.replace(read, soon),
        remove: (clients) => clients.remove('x'),
      },
      consents: {
        save: (consents) => consents.save(document, undefined),
        remove: (consents) => consents.remove('x'),
        removeIfUnchanged: (consents) => consents.removeIfUnchanged(read),
        removeByUser: (consents) => consents.removeByUser('x'),
        removeByClient: (consents) => consents.removeByClient('x'),
        removeApi: (consents) => consents.removeApi('x'),
      },
      installation: {
        claim: (installation) => installation.claim(document),
        replace: (installation) => installation.replace(document, 'read'),
      },
      loginAttempts: {
        compareAndSet: (attempts) => attempts.compareAndSet('x', undefined, document),
        raisePending: (attempts) =>
          attempts.raisePending('x', { failures: 1, below: 2, now: soon, pendingUntil: inAnHour }),
        lowerPending: (attempts) => attempts.lowerPending('x'),
        settleFailure: (attempts) =>
          attempts.settleFailure('x', { failures: 1, nextAllowedAt: soon } as never, {
            failures: 2,
            nextAllowedAt: soon,
            expiresAt: inAnHour,
          }),
        succeedWithRequest: (attempts) => attempts.succeedWithRequest({ owned: ['x'], others: ['y'] }, () => {}),
        remove: (attempts) => attempts.remove(['x']),
      },
      loginSessions: {
        saveWithRequest: (sessions) => sessions.saveWithRequest('other', { uid: 'new' }, { expiresAt: soon }),
        extendWithRequest: (sessions) => sessions.extendWithRequest('used', () => inAnHour),
        take: (sessions) => sessions.take('used'),
      },
      oidcPayloads: {
        saveWithRequest: (payloads) => payloads.saveWithRequest('AccessToken', 'x', {}, soon),
        consume: (payloads) => payloads.consume('RefreshToken', 'x'),
        insertOnce: (payloads) => payloads.insertOnce('ReplayDetection', 'x', soon),
        removeWithRequest: (payloads) => payloads.removeWithRequest('x'),
        removeByGrant: (payloads) => payloads.removeByGrant('x'),
        removeModelByGrant: (payloads) => payloads.removeModelByGrant('AccessToken', 'x'),
        removeBySession: (payloads) => payloads.removeBySession('x'),
        removeByAppOfSession: (payloads) => payloads.removeByAppOfSession('s', 'sid'),
        removeByUser: (payloads) => payloads.removeByUser('x'),
        removeByUserAndClient: (payloads) => payloads.removeByUserAndClient('x', 'y'),
        removeByClient: (payloads) => payloads.removeByClient('x'),
        removeByApi: (payloads) => payloads.removeByApi('x', async () => {}),
        removeScopes: (payloads) => payloads.removeScopes('x', ['y']),
        removeApiOfClient: (payloads) => payloads.removeApiOfClient('x', 'y'),
      },
      oneTimeTokens: {
        insert: (tokens) => tokens.insert(document),
        replaceOfSubject: (tokens) =>
          tokens.replaceOfSubject({ ...(document as object), _id: 'other', subject: 'x', createdAt: soon } as never),
        claim: (tokens) => tokens.claim('x', soon, inAnHour),
        release: (tokens) => tokens.release('x', soon),
        consume: (tokens) => tokens.consume('x'),
        removeByUser: (tokens) => tokens.removeByUser('x'),
      },
      outbox: {
        insertWithRequest: (outbox) => outbox.insertWithRequest(document),
        insertOnce: (outbox) => outbox.insertOnce({ ...(document as object), _id: 'other' } as never),
        claim: (outbox) => outbox.claim({ _id: 'x', attempts: 0 } as never, soon, inAnHour),
        settle: (outbox) => outbox.settle({ _id: 'x', attempts: 0 } as never, { $set: { attempts: 1 } }),
      },
      passkeys: {
        insert: (passkeys) => passkeys.insert({ _id: 'x', credentialId: 'x', accountId: 'x' } as never),
        use: (passkeys) => passkeys.use({ _id: 'x', counter: 0 } as never, { counter: 1, backedUp: true }),
        block: (passkeys) => passkeys.block('x', soon),
        rename: (passkeys) => passkeys.rename('x', 'x', 'x'),
        take: (passkeys) => passkeys.take('x', 'x'),
        removeByUser: (passkeys) => passkeys.removeByUser('x'),
      },
      personalAccessTokens: {
        insert: (tokens) => tokens.insert('x', { tokenId: 'x' } as never),
        remove: (tokens) => tokens.remove('x'),
        removeApi: (tokens) => tokens.removeApi('x', async () => {}),
        takeReminder: (tokens) => tokens.takeReminder(read),
        useWithRequest: (tokens) => tokens.useWithRequest(read, { lastUsedAt: soon }),
        addUses: (tokens) => tokens.addUses(new Map([['x', 2]])),
        addAddressBlock: (tokens) => tokens.addAddressBlock({ _id: 'x', addressBlockCount: 0 } as never, [], {}),
      },
      recoveryCodes: {
        replace: (codes) => codes.replace('x', ['y'], soon),
        consume: (codes) => codes.consume('x', ['y']),
        remove: (codes) => codes.remove('x'),
      },
      refreshFamilies: {
        rotate: (families) =>
          families.rotate(family, { value: 'x', successor: 'y', sealedResponse: 'x', expiresAt: soon, tokens: [] }),
        issueBeside: (families) => families.issueBeside(family, []),
      },
      rememberedDevices: {
        insert: (devices) => devices.insert('x', { accountId: 'x', expiresAt: inAnHour } as never),
        remove: (devices) => devices.remove('x', 'x'),
        removeByUser: (devices) => devices.removeByUser('x'),
      },
      secondFactors: {
        insert: (factors) => factors.insert(document),
        useStep: (factors) => factors.useStep({ _id: 'x', lastStep: 0 }, 1, soon),
        rename: (factors) => factors.rename('x', 'x', 'y'),
        replaceSealedSeed: (factors) => factors.replaceSealedSeed('x', 'x', 'y'),
        remove: (factors) => factors.remove('x', 'x'),
        removeByUser: (factors) => factors.removeByUser('x'),
      },
      signingKeys: {
        insert: (keys) => keys.insert(document),
        retire: (keys) => keys.retire('x', soon),
        erasePrivateHalf: (keys) => keys.erasePrivateHalf('x'),
        remove: (keys) => keys.remove('x'),
      },
      tokenUsage: {
        addAll: (usage) => usage.addAll([{ _id: 'x', clientId: 'x', firstUsedAt: soon, added: 1 } as never]),
        removeByUser: (usage) => usage.removeByUser('x'),
        removeByClient: (usage) => usage.removeByClient('x'),
      },
      upstreamFlows: {
        insert: (flows) => flows.insert('x', document),
        consume: (flows) => flows.consume(document),
      },
      upstreamLinks: {
        insert: (links) => links.insert(document),
        use: (links) => links.use(document, { lastUsedAt: soon }),
        remove: (links) => links.remove(document),
        removeByUser: (links) => links.removeByUser('x'),
        saveSession: (links) => links.saveSession({ upstreamId: 'x', sid: 'x', accountId: 'x', expiresAt: inAnHour }),
      },
      upstreams: {
        insert: (upstreams) => upstreams.insert(document),
        replace: (upstreams) => upstreams.replace(read, soon),
        remove: (upstreams) => upstreams.remove('x'),
      },
      users: {
        insert: (users) => users.insert({ _id: 'x', emailKey: 'x' } as never),
        changeIfUnchanged: (users) => users.changeIfUnchanged(read, { updatedAt: inAnHour }),
        recordFirstSignIn: (users) => users.recordFirstSignIn('x', new Date()),
        replacePasswordHash: (users) => users.replacePasswordHash('x', 'from', 'to'),
        closePasskeyOffer: (users) => users.closePasskeyOffer('x', soon),
        removeIfUnchanged: (users) => users.removeIfUnchanged(read),
      },
      workloadIssuers: {
        insert: (issuers) => issuers.insert(document),
        replace: (issuers) => issuers.replace(read, soon),
        remove: (issuers) => issuers.remove('x', 'x'),
        removeByClient: (issuers) => issuers.removeByClient('x'),
      },
    };
    for (const [name, ofRepository] of Object.entries(calls)) {
      const repository = repositories[name as keyof Repositories] as never;
      const methods = new Map<string, Behaviour>();
      for (const [method, call] of Object.entries(
        ofRepository as Readonly<Record<string, (repository: never) => Promise<unknown>>>,
      )) {
        methods.set(method, await behaviourOf(() => call(repository)));
      }
      behaviours.set(name, methods);
    }
  });
  after(() => temporary.close());

  function behaviourOf(call: () => Promise<unknown>): Promise<Behaviour> {
    return runInRequestScope({ deadlineMs: 5000 }, async () => {
      await call();
      const scope = currentRequestScope();
      return {
        staged: scope?.unitOfWork.isEmpty() === false || scope?.records.isEmpty() === false,
        immediateWrites: scope?.operations.writes ?? 0,
      };
    });
  }

  it('are sent with the request when the name ends in WithRequest, and immediately otherwise', () => {
    for (const [name, methods] of behaviours) {
      for (const [method, behaviour] of methods) {
        const withRequest = method.endsWith('WithRequest');
        expect(behaviour.staged, `${name}.${method} stages its write`).to.equal(withRequest);
        if (withRequest) {
          expect(behaviour.immediateWrites, `${name}.${method} writes immediately`).to.equal(0);
        }
      }
    }
  });

  it('are the ones in docs/architecture.md', () => {
    const list = (methods: readonly string[]): string => methods.map((method) => `\`${method}\``).join(' ');
    const rows = [...behaviours].map(([name, methods]) => {
      const staged = [...methods].filter(([, behaviour]) => behaviour.staged).map(([method]) => method);
      const immediate = [...methods.keys()].filter((method) => !staged.includes(method));
      return `| \`${name}\` | ${list(staged)} | ${list(immediate)} |`.replaceAll('|  |', '| |');
    });
    const page = readFileSync(new URL('../../../docs/architecture.md', import.meta.url), 'utf8');
    const table = pattern.exec(page)?.[1]?.trim().split('\n').slice(2);
    expect(table?.map((row) => row.replaceAll(/ +/g, ' '))).to.deep.equal(rows);
  });
});
