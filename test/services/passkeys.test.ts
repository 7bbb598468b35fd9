import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { ConflictError, InvalidInputError, NotFoundError } from '../../src/errors.ts';
import type { UserDocument } from '../../src/storage/collections.ts';
import { createAuthenticator, type Authenticator, type Claims } from '../support/authenticator.ts';
import { doBefore } from '../support/patched-repository.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'command line' } as const;
const from = { address: '203.0.113.7' } as const;
const origin = 'https://login.example.org';
const binding = 'interaction 1';

describeOnEachDatabase('Passkeys', (open) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;
  let key: Authenticator;

  beforeEach(async function wire() {
    this.timeout(10_000);
    temporary = await open();
    services = await wireUserServices(temporary);
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword }, by);
    key = createAuthenticator();
  });
  afterEach(() => temporary.close());

  async function add(claims: Partial<Claims> = {}, name = 'Laptop', authenticator = key, user = ada) {
    const options = await services.passkeys.creationOptions(user, 'session 1');
    const response = authenticator.make(options, { origin, ...claims });
    return services.passkeys.register(user, { response, binding: 'session 1', name }, by);
  }
  async function use(claims: Partial<Claims> = {}, more: { accountId?: string } = {}) {
    const request = { binding, ...more };
    const response = key.use(await services.passkeys.requestOptions(request), { origin, ...claims });
    return services.passkeys.verify({ ...request, response }, from);
  }
  const reasonOf = (result: Awaited<ReturnType<typeof use>>) =>
    result.outcome === 'refused' ? result.reason : result.outcome;
  const eventsOf = async (type: string) =>
    (await services.audit.list({ limit: 100 })).filter((event) => event.type === type);

  it('are made with a discoverable credential and a verified user, and tell the authenticator which ones there are', async () => {
    const options = await services.passkeys.creationOptions(ada, 'session 1');
    expect(options).to.deep.include({
      rp: { id: 'login.example.org', name: 'Example Login' },
      user: { id: Buffer.from(ada._id).toString('base64url'), name: 'ada@example.com', displayName: 'ada@example.com' },
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      excludeCredentials: [],
    });
    const passkey = await add();
    expect(passkey).to.deep.include({
      accountId: ada._id,
      credentialId: key.credentialId,
      name: 'Laptop',
      transports: ['internal'],
      backupEligible: true,
      backedUp: true,
      counter: 0,
    });
    expect(await services.passkeys.listByUser(ada._id)).to.deep.equal([passkey]);
    expect(await services.passkeys.hasPasskey(ada._id)).to.equal(true);
    expect((await services.passkeys.creationOptions(ada, 'session 1'))['excludeCredentials']).to.deep.equal([
      { type: 'public-key', id: key.credentialId, transports: ['internal'] },
    ]);
    expect((await eventsOf('passkey.added'))[0]).to.deep.include({
      accountId: ada._id,
      detail: { id: passkey._id, name: 'Laptop' },
    });
    expect(await services.mailRecipients()).to.deep.equal(['ada@example.com']);
  });

  it('have the name of the model of their authenticator, if the user gives none and the model is known', async () => {
    const named = await add({ aaguid: 'bada5566-a7aa-401f-bd96-45619a55120d' }, ' ');
    expect(named).to.include({ name: '1Password', aaguid: 'bada5566-a7aa-401f-bd96-45619a55120d' });
    const other = await add({}, '', createAuthenticator());
    expect(other.name).to.equal('Passkey');
    expect(other).to.not.have.property('aaguid');
  });

  it('are not made from a response for another origin, RP ID, purpose, user or session, or without a verified user', async () => {
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    const attempts: readonly Partial<Claims>[] = [
      { origin: 'https://evil.example' },
      { origin: 'http://login.example.org' },
      { rpId: 'example.org' },
      { userVerified: false },
      { type: 'webauthn.get' },
      { challenge: Buffer.from('made up').toString('base64url') },
    ];
    for (const claims of attempts) {
      expect(await failureOf(add(claims)), JSON.stringify(claims)).to.be.instanceOf(InvalidInputError);
    }
    const response = key.make(await services.passkeys.creationOptions(ada, 'session 1'), { origin });
    for (const [user, session] of [
      [bob, 'session 1'],
      [ada, 'session 2'],
    ] as const) {
      expect(
        await failureOf(services.passkeys.register(user, { response, binding: session, name: '' }, by)),
      ).to.be.instanceOf(InvalidInputError);
    }
    const ofUse = key.make(
      {
        ...(await services.passkeys.creationOptions(ada, binding)),
        ...(await services.passkeys.requestOptions({ binding })),
      },
      { origin },
    );
    expect(
      await failureOf(services.passkeys.register(ada, { response: ofUse, binding, name: '' }, by)),
      'a challenge for using a passkey',
    ).to.be.instanceOf(InvalidInputError);
    for (const text of ['', 'null', '[]', '{}', '{"id":{"$gt":""}}', `{"id":"${'a'.repeat(2000)}"}`]) {
      expect(
        await failureOf(services.passkeys.register(ada, { response: text, binding, name: '' }, by)),
        text.slice(0, 20),
      ).to.be.instanceOf(InvalidInputError);
    }
    expect(await services.passkeys.listByUser(ada._id)).to.deep.equal([]);
  });

  it('cannot be registered twice, not by another user either (WebAuthn §7.1)', async () => {
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    await add();
    expect(await failureOf(add({}, 'Again'))).to.be.instanceOf(ConflictError);
    expect(await failureOf(add({}, 'Stolen', key, bob))).to.be.instanceOf(ConflictError);
    expect(await services.passkeys.listByUser(bob._id)).to.deep.equal([]);
  });

  it('are made once from one response, by 20 parallel tries in two processes', async () => {
    const other = await wireUserServices({ ...temporary, database: await temporary.openAnother() });
    const response = key.make(await services.passkeys.creationOptions(ada, binding), { origin });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        failureOf((turn % 2 === 0 ? services : other).passkeys.register(ada, { response, binding, name: '' }, by)),
      ),
    );
    expect(outcomes.filter((error) => error === undefined)).to.have.length(1);
    expect(await services.passkeys.listByUser(ada._id)).to.have.length(1);
  });

  it('are at most 20 for one user', async () => {
    for (let count = 0; count < 20; count += 1) {
      await add({}, `Key ${count}`, createAuthenticator());
    }
    expect(await failureOf(add())).to.be.instanceOf(ConflictError);
  });

  it('prove the user whose credential it is, and record the use', async () => {
    const passkey = await add({ backedUp: false });
    temporary.clock.advance(60);
    const result = await use({ backedUp: true });
    expect(result).to.deep.equal({ outcome: 'verified', userVerified: true, passkey });
    expect((await services.passkeys.listByUser(ada._id))[0]).to.deep.include({
      backedUp: true,
      lastUsedAt: temporary.clock.now(),
    });
  });

  it('ask for any passkey of the site with a verified user, or for those of one user', async () => {
    await add();
    expect(await services.passkeys.requestOptions({ binding })).to.deep.include({
      rpId: 'login.example.org',
      allowCredentials: [],
      userVerification: 'required',
    });
    expect(await services.passkeys.requestOptions({ binding, accountId: ada._id })).to.deep.include({
      allowCredentials: [{ type: 'public-key', id: key.credentialId, transports: ['internal'] }],
      userVerification: 'required',
    });
  });

  it('prove nothing by a response for another origin, RP ID, purpose, user or browser (WebAuthn §7.2)', async () => {
    await add();
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    const attempts: readonly (readonly [Partial<Claims>, RegExp])[] = [
      [{ origin: 'https://evil.example' }, /origin/],
      [{ origin: 'https://example.org' }, /origin/],
      [{ rpId: 'evil.example' }, /RP ID/i],
      [{ type: 'webauthn.create' }, /type/],
      [{ challenge: Buffer.from('made up').toString('base64url') }, /challenge/],
      [{ userHandle: Buffer.from(bob._id).toString('base64url') }, /another user/],
      [{ userHandle: null }, /another user/],
      [{ userVerified: false }, /did not verify/],
      [{ backupEligible: false }, /synchronised/],
    ];
    for (const [claims, reason] of attempts) {
      expect(reasonOf(await use(claims)), JSON.stringify(claims)).to.match(reason);
    }
    const response = key.use(await services.passkeys.requestOptions({ binding }), { origin });
    expect(reasonOf(await services.passkeys.verify({ response, binding: 'interaction 2' }, from))).to.match(
      /challenge/,
    );
    expect(reasonOf(await services.passkeys.verify({ response, binding, accountId: ada._id }, from))).to.match(
      /challenge/,
    );
    expect(reasonOf(await use({}, { accountId: bob._id })), 'the passkey of another user').to.match(/another user/);
    const unknown = createAuthenticator();
    const foreign = unknown.use(await services.passkeys.requestOptions({ binding }), { origin });
    expect(reasonOf(await services.passkeys.verify({ response: foreign, binding }, from))).to.equal('unknown passkey');
    const forged = JSON.stringify({
      ...(JSON.parse(foreign) as object),
      id: key.credentialId,
      rawId: key.credentialId,
    });
    expect(reasonOf(await services.passkeys.verify({ response: forged, binding }, from)), 'used challenge').to.match(
      /challenge/,
    );
    const signedByAnother = unknown.use(await services.passkeys.requestOptions({ binding }), {
      origin,
      userHandle: Buffer.from(ada._id).toString('base64url'),
    });
    const substituted = JSON.stringify({
      ...(JSON.parse(signedByAnother) as object),
      id: key.credentialId,
      rawId: key.credentialId,
    });
    expect(reasonOf(await services.passkeys.verify({ response: substituted, binding }, from))).to.match(/signature/);
    expect((await services.passkeys.listByUser(ada._id))[0]).to.not.have.property('lastUsedAt');
    expect(reasonOf(await use())).to.equal('verified');
  });

  it('work at every configured origin of their RP ID, and at no other one', async () => {
    services = await wireUserServices(temporary, {
      environment: { PASSKEY_RP_ID: 'example.org', PASSKEY_ORIGINS: 'https://id.example.org' },
    });
    await add({ origin: 'https://id.example.org' });
    expect(await services.passkeys.requestOptions({ binding })).to.include({ rpId: 'example.org' });
    expect(reasonOf(await use())).to.equal('verified');
    expect(reasonOf(await use({ origin: 'https://id.example.org' }))).to.equal('verified');
    expect(reasonOf(await use({ origin: 'https://www.example.org' }))).to.match(/origin/);
  });

  it('are not made or used where they are switched off, or the issuer is an IP address', async () => {
    await add();
    for (const environment of [{ PASSKEY_ENABLED: 'false' }, { ISSUER: 'http://127.0.0.1:3000' }]) {
      const response = key.use(await services.passkeys.requestOptions({ binding }), { origin });
      const { passkeys } = await wireUserServices(temporary, { environment });
      expect(passkeys.available).to.equal(false);
      expect(await passkeys.hasPasskey(ada._id)).to.equal(false);
      expect(await failureOf(passkeys.requestOptions({ binding }))).to.be.instanceOf(NotFoundError);
      expect(await failureOf(passkeys.creationOptions(ada, binding))).to.be.instanceOf(NotFoundError);
      expect(reasonOf(await passkeys.verify({ response, binding }, from))).to.match(/challenge|origin|RP ID/i);
      expect(await passkeys.listByUser(ada._id)).to.have.length(1);
    }
  });

  it('must verify the user, also when those of one user are asked for', async () => {
    await add();
    for (const more of [{}, { accountId: ada._id }]) {
      expect(reasonOf(await use({ userVerified: false }, more))).to.match(/did not verify/);
    }
  });

  it('prove the user once for one response, by 20 parallel tries in two processes', async () => {
    await add();
    const other = await wireUserServices({ ...temporary, database: await temporary.openAnother() });
    const response = key.use(await services.passkeys.requestOptions({ binding }), { origin });
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, turn) =>
        (turn % 2 === 0 ? services : other).passkeys.verify({ response, binding }, from),
      ),
    );
    expect(results.filter(({ outcome }) => outcome === 'verified')).to.have.length(1);
  });

  it('accept a challenge of the other process, with an older secret, until it expires', async () => {
    await add();
    const [older, newer] = [randomBytes(32), randomBytes(32)];
    const before = await wireUserServices(temporary, { keys: [older] });
    const afterwards = await wireUserServices(temporary, { keys: [newer, older] });
    const first = key.use(await before.passkeys.requestOptions({ binding }), { origin });
    const second = key.use(await before.passkeys.requestOptions({ binding }), { origin });
    temporary.clock.advance(15 * 60 - 1);
    expect(reasonOf(await afterwards.passkeys.verify({ response: first, binding }, from))).to.equal('verified');
    temporary.clock.advance(1);
    expect(reasonOf(await afterwards.passkeys.verify({ response: second, binding }, from))).to.match(/challenge/);
  });

  it('with a counter that goes back are blocked, and their user is notified (WebAuthn §6.1.1)', async () => {
    const passkey = await add({ counter: 4, backupEligible: false });
    const device = { backupEligible: false } as const;
    expect(reasonOf(await use({ ...device, counter: 7 }))).to.equal('verified');
    expect((await services.passkeys.listByUser(ada._id))[0]?.counter).to.equal(7);
    expect(reasonOf(await use({ ...device, counter: 7 }))).to.match(/counter went back/);
    expect(reasonOf(await use({ ...device, counter: 8 }))).to.equal('the passkey is blocked');
    expect(reasonOf(await use({ ...device, counter: 9 }, { accountId: ada._id }))).to.equal('the passkey is blocked');
    expect(await services.passkeys.hasPasskey(ada._id)).to.equal(false);
    const events = await eventsOf('passkey.blocked');
    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({
      accountId: ada._id,
      outcome: 'failure',
      actor: 'system',
      address: from.address,
      detail: { id: passkey._id, name: 'Laptop' },
    });
    expect(await services.mailRecipients(), 'added and blocked').to.have.length(2);
  });

  it('are not blocked by a counter that nobody signed', async () => {
    await add({ counter: 4, backupEligible: false });
    const response = JSON.parse(
      key.use(await services.passkeys.requestOptions({ binding }), { origin, counter: 5, backupEligible: false }),
    ) as { response: { authenticatorData: string } };
    const data = Buffer.from(response.response.authenticatorData, 'base64url');
    data.writeUInt32BE(1, 33);
    response.response.authenticatorData = data.toString('base64url');
    const result = await services.passkeys.verify({ response: JSON.stringify(response), binding }, from);
    expect(reasonOf(result)).to.match(/signature/);
    expect(reasonOf(await use({ counter: 5, backupEligible: false }))).to.equal('verified');
  });

  it('with equal counters in parallel are accepted once', async () => {
    await add({ counter: 1, backupEligible: false });
    const responses = await Promise.all(
      Array.from({ length: 10 }, async () =>
        key.use(await services.passkeys.requestOptions({ binding }), { origin, counter: 2, backupEligible: false }),
      ),
    );
    const results = await Promise.all(
      responses.map((response) => services.passkeys.verify({ response, binding }, from)),
    );
    expect(results.filter(({ outcome }) => outcome === 'verified')).to.have.length(1);
  });

  it('are renamed by their user only', async () => {
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    const { _id } = await add();
    await services.passkeys.rename(ada._id, _id, '  Work laptop ', by);
    expect((await services.passkeys.listByUser(ada._id))[0]?.name).to.equal('Work laptop');
    expect((await eventsOf('passkey.renamed'))[0]?.detail).to.deep.equal({ id: _id, name: 'Work laptop' });
    expect(await failureOf(services.passkeys.rename(bob._id, _id, 'Mine', by))).to.be.instanceOf(NotFoundError);
    expect(await failureOf(services.passkeys.rename(ada._id, _id, '\u202eevil', by))).to.be.instanceOf(
      InvalidInputError,
    );
  });

  it('prove nothing after they were removed, and are removed by their user only, once', async () => {
    const bob = await services.users.create({ email: 'bob@example.com', password: goodPassword }, by);
    const { _id } = await add();
    const response = key.use(await services.passkeys.requestOptions({ binding }), { origin });
    expect(await failureOf(services.passkeys.remove(bob._id, _id, by))).to.be.instanceOf(NotFoundError);
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => failureOf(services.passkeys.remove(ada._id, _id, by))),
    );
    expect(outcomes.filter((error) => error === undefined)).to.have.length(1);
    expect(reasonOf(await services.passkeys.verify({ response, binding }, from))).to.equal('unknown passkey');
    expect(await eventsOf('passkey.removed')).to.have.length(1);
    expect(await services.mailRecipients(), 'added and removed').to.have.length(2);
  });

  it('stay when the password is reset or the user is disabled, and go when the user is deleted', async () => {
    await add();
    await services.users.setPassword(ada._id, 'another long passphrase', by);
    await services.users.disable(ada._id, by);
    await services.users.enable(ada._id, by);
    expect(await services.passkeys.listByUser(ada._id)).to.have.length(1);
    await services.users.remove(ada._id, by);
    expect(await services.passkeys.listByUser(ada._id)).to.deep.equal([]);
    expect(await services.repositories.passkeys.findByCredentialId(key.credentialId)).to.equal(null);
  });

  for (const [meanwhile, act] of [
    ['the user is disabled', () => services.users.disable(ada._id, by)],
    ['the password changes', () => services.users.setPassword(ada._id, 'another good password', by)],
    ['the user is deleted', () => services.users.remove(ada._id, by)],
  ] as const) {
    it(`are not made when ${meanwhile} while they are stored`, async () => {
      doBefore(services.repositories.passkeys, 'insert', act);
      expect(await failureOf(add())).to.be.instanceOf(Error);
      expect(await services.repositories.passkeys.listByUser(ada._id)).to.deep.equal([]);
      expect(await eventsOf('passkey.added')).to.deep.equal([]);
    });
  }

  it('are not left behind when the user is deleted while one is being made', async () => {
    const options = await services.passkeys.creationOptions(ada, binding);
    await services.users.remove(ada._id, by);
    const response = key.make(options, { origin });
    expect(await failureOf(services.passkeys.register(ada, { response, binding, name: '' }, by))).to.be.instanceOf(
      NotFoundError,
    );
    expect(await services.repositories.passkeys.findByCredentialId(key.credentialId)).to.equal(null);
  });
});
