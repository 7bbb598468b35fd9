import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createSecrets } from '../../src/crypto/secrets.ts';
import { generateSigningKey, type GeneratedSigningKey } from '../../src/crypto/signing-keys.ts';
import { UnsealableError } from '../../src/errors.ts';
import { createSigningKeyService, type SigningKeyService } from '../../src/services/tokens/signing-keys.ts';
import { signingKeys } from '../../src/storage/collections.ts';
import type { Database } from '../../src/storage/database.ts';
import { createInstallationRepository } from '../../src/storage/repositories/installation.ts';
import { createSigningKeyRepository } from '../../src/storage/repositories/signing-keys.ts';
import {
  describeOnEachDatabase,
  failureOf,
  secretKey,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'command line' };
const publishAhead = 600;
const maxTokenLifetime = 3600;
const verificationLifetime = 30 * 86_400;
const clockTolerance = 15;

describeOnEachDatabase('services/signing-keys', (openTemporaryDatabase) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let announced: string[];
  let generated: number;
  let service: SigningKeyService;

  /** Generates an EC key for either algorithm, because an RSA key takes half a second. */
  async function generateQuickly(alg: 'ES256' | 'RS256'): Promise<GeneratedSigningKey> {
    generated += 1;
    const { kid, publicJwk, privateJwk } = await generateSigningKey('ES256');
    return { kid, publicJwk: { ...publicJwk, alg }, privateJwk: { ...privateJwk, alg } };
  }

  function serviceOver(
    database: Database,
    keys: readonly Buffer[] = [secretKey],
    generate = generateQuickly,
  ): SigningKeyService {
    return createSigningKeyService({
      keys: createSigningKeyRepository(database),
      installation: createInstallationRepository(database),
      secrets: createSecrets(keys),
      generate,
      audit: services.audit,
      clock: temporary.clock,
      announce: async (kid) => void announced.push(kid),
      publishAhead,
      maxTokenLifetime,
      verificationLifetime,
      clockTolerance,
    });
  }

  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    services = await wireUserServices(temporary);
    announced = [];
    generated = 0;
    service = serviceOver(temporary.database);
  });
  afterEach(() => temporary.close());

  const ensure = (instance = service): Promise<void> => instance.ensure();

  async function states(alg = 'ES256'): Promise<string[]> {
    return (await service.list()).filter((key) => key.alg === alg).map(({ state }) => state);
  }

  it('creates an ES256 key and an RS256 key of 3072 bits before the server starts', async () => {
    const real = serviceOver(temporary.database, [secretKey], generateSigningKey);
    await real.ensure();
    const jwks = await real.current();
    expect(jwks.map(({ alg, kty }) => [alg, kty])).to.deep.equal([
      ['ES256', 'EC'],
      ['RS256', 'RSA'],
    ]);
    expect(Buffer.from(jwks[1]?.n ?? '', 'base64url')).to.have.length(384);
    expect(jwks.every(({ d, use, kid }) => typeof d === 'string' && use === 'sig' && typeof kid === 'string')).to.equal(
      true,
    );
    expect((await real.list()).every(({ publicJwk }) => publicJwk.d === undefined)).to.equal(true);
    expect(announced).to.have.length(2);
  });

  it('creates one first key for each algorithm when four instances start at the same time (E18)', async () => {
    const instances = [
      service,
      ...(await Promise.all([1, 2, 3].map(async () => serviceOver(await temporary.openAnother())))),
    ];
    await Promise.all(instances.map(ensure));
    const kids = await Promise.all(
      instances.map(async (instance) => (await instance.current()).map(({ kid }) => kid).join(' ')),
    );
    expect(new Set(kids)).to.have.property('size', 1);
    expect(kids[0]?.split(' ')).to.have.length(2);
    // The keys of the instances that lost the race are deleted.
    expect(await temporary.database.collection(signingKeys).countDocuments({})).to.equal(2);
    expect(generated).to.be.greaterThan(1);
    await ensure();
    expect(await service.list()).to.have.length(2);
  });

  it('publishes a new key before it signs, and retires the old one after its last token has expired', async () => {
    await ensure();
    const [first] = await service.current();
    const next = await service.rotate({ alg: 'ES256' }, by);
    const start = temporary.clock.now().getTime();
    expect(next.signsFrom.getTime()).to.equal(start + publishAhead * 1000);
    expect(await states()).to.deep.equal(['published', 'signing']);
    expect((await service.current()).map(({ kid }) => kid).slice(0, 2)).to.deep.equal([first?.kid, next.kid]);
    expect((await service.nextChangeAt())?.getTime()).to.equal(start + publishAhead * 1000);

    temporary.clock.advance(publishAhead);
    expect(await states()).to.deep.equal(['signing', 'retiring']);
    expect((await service.current()).map(({ kid }) => kid).slice(0, 2)).to.deep.equal([next.kid, first?.kid]);
    expect((await service.nextChangeAt())?.getTime()).to.equal(
      start + (publishAhead + maxTokenLifetime + clockTolerance) * 1000,
    );

    temporary.clock.advance(maxTokenLifetime + clockTolerance - 1);
    expect(await states()).to.deep.equal(['signing', 'retiring']);
    temporary.clock.advance(1);
    expect(await states()).to.deep.equal(['signing', 'retired']);
    expect((await service.current()).map(({ kid }) => kid)).to.not.include(first?.kid);
    expect(await service.nextChangeAt()).to.equal(undefined);
    expect(await states('RS256')).to.deep.equal(['signing']);
    expect((await services.audit.list({ limit: 1 }))[0]).to.deep.include({
      type: 'key.rotated',
      actor: 'command line',
    });
  });

  it('creates one key for ten parallel rotations, and no other before that key signs', async () => {
    await ensure();
    const other = serviceOver(await temporary.openAnother());
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? service : other).rotate({ alg: 'ES256' }, by)),
    );
    expect(new Set(made.map(({ kid }) => kid))).to.have.property('size', 1);
    expect((await service.rotate({ alg: 'ES256' }, by)).kid).to.equal(made[0]?.kid);
    expect(await states()).to.deep.equal(['published', 'signing']);
    expect(announced).to.have.length(3);
  });

  it('has exactly one signing key through many rotations, and erases retired private keys', async () => {
    await ensure();
    for (let rotation = 0; rotation < 12; rotation += 1) {
      await service.rotate({ alg: 'ES256' }, by);
      temporary.clock.advance(publishAhead);
      expect((await states()).filter((state) => state === 'signing')).to.have.length(1);
    }
    expect(await states()).to.have.length(13);
    const stored = await temporary.database.collection(signingKeys).find({ alg: 'ES256' }).toArray();
    const retired = (await service.list()).filter(({ state }) => state === 'retired').map(({ kid }) => kid);
    expect(retired.length).to.be.greaterThan(3);
    const erased = stored.filter(({ sealedPrivateJwk }) => sealedPrivateJwk === '').map(({ _id }) => _id);
    expect(erased.length).to.be.greaterThan(3);
    expect(retired).to.include.members(erased);
  });

  it('ignores an unlisted key after a crash, and retires a key whose end was not written', async () => {
    await ensure();
    const { kid, publicJwk } = await generateSigningKey('ES256');
    const now = temporary.clock.now();
    const repository = createSigningKeyRepository(temporary.database);
    await repository.insert({
      _id: kid,
      alg: 'ES256',
      publicJwk: JSON.stringify(publicJwk),
      sealedPrivateJwk: 'x',
      createdAt: now,
      signsFrom: now,
    });
    expect((await service.current()).map((jwk) => jwk.kid)).to.not.include(kid);

    const crashing = createSigningKeyService({
      keys: { ...repository, retire: () => Promise.reject(new Error('crash')) },
      installation: createInstallationRepository(temporary.database),
      secrets: services.secrets,
      generate: generateQuickly,
      audit: services.audit,
      clock: temporary.clock,
      announce: async () => {},
      publishAhead,
      maxTokenLifetime,
      verificationLifetime,
      clockTolerance,
    });
    await failureOf(crashing.rotate({ alg: 'ES256' }, by));
    temporary.clock.advance(publishAhead + maxTokenLifetime + clockTolerance);
    expect(await states()).to.deep.equal(['signing', 'retired']);
  });

  it('fails to start with a wrong SECRET or a damaged key, and changes nothing (E2)', async () => {
    await ensure();
    const collection = temporary.database.collection(signingKeys);
    const before = await collection.find({}).toArray();
    expect(await failureOf(serviceOver(temporary.database, [randomBytes(32)]).ensure())).to.be.instanceOf(
      UnsealableError,
    );
    expect(await collection.find({}).toArray()).to.deep.equal(before);
    await ensure(serviceOver(temporary.database, [randomBytes(32), secretKey]));
    expect(await collection.find({}).toArray()).to.deep.equal(before);

    // A sealed key is bound to its record: in the record of another key it does not open.
    const [one, two] = before;
    await collection.updateOne({ _id: one?._id ?? '' }, { $set: { sealedPrivateJwk: two?.sealedPrivateJwk ?? '' } });
    expect(await failureOf(service.ensure())).to.be.instanceOf(UnsealableError);
    await collection.deleteOne({ _id: one?._id ?? '' });
    expect(await failureOf(service.ensure())).to.be.instanceOf(UnsealableError);
    expect(await collection.countDocuments({})).to.equal(1);
  });

  it('stores no private key in clear text', async () => {
    await ensure();
    const stored = JSON.stringify(await temporary.database.collection(signingKeys).find({}).toArray());
    for (const { d } of await service.current()) {
      expect(stored).to.not.include(d);
    }
  });
});
