import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { after as later } from '../../../src/clock.ts';
import { createSecrets } from '../../../src/crypto/secrets.ts';
import { oidcPayloads } from '../../../src/storage/collections.ts';
import { createOidcPayloadRepository, documentId } from '../../../src/storage/repositories/oidc-payloads.ts';
import {
  createRefreshFamilyRepository,
  isFamilyValue,
  nextValue,
  type RefreshFamily,
} from '../../../src/storage/repositories/refresh-families.ts';
import { describeOnEachDatabase, secretKey, type TemporaryDatabase } from '../../support/user-services.ts';

const older = randomBytes(32);
const first = 'f'.repeat(43);
const warnings: object[] = [];
const log = { warn: (fields: object) => void warnings.push(fields) };

describeOnEachDatabase('families of refresh tokens', (open) => {
  let temporary: TemporaryDatabase;
  beforeEach(async () => {
    temporary = await open();
    await payloadsWith([secretKey]).saveWithRequest(
      'RefreshToken',
      first,
      { clientId: 'prints', accountId: 'ada', grantId: 'g', grant: { resources: { api: 'read write' } } },
      later(temporary.clock, 3600),
    );
  });
  afterEach(() => temporary.close());

  function payloadsWith(keys: readonly Buffer[]) {
    const { database, clock } = temporary;
    return createOidcPayloadRepository({ database, clock, log, secrets: createSecrets(keys) });
  }

  function familiesWith(keys: readonly Buffer[]) {
    const { database, clock } = temporary;
    return createRefreshFamilyRepository({ database, clock, log, secrets: createSecrets(keys) });
  }

  /** Stores a family as an earlier version did: encrypted, because it kept the `nonce` of the request. */
  async function encryptAsBefore(value: string, key: Buffer): Promise<void> {
    const collection = temporary.database.collection(oidcPayloads);
    const _id = documentId(value);
    const { payload = '{}' } = (await collection.findOne({ _id })) ?? {};
    const withNonce = JSON.stringify({ ...(JSON.parse(payload) as object), nonce: 'n' });
    await collection.updateOne({ _id }, { $set: { payload: createSecrets([key]).seal(withNonce, _id), sealed: true } });
  }

  async function found(value: string, keys: readonly Buffer[] = [secretKey]): Promise<RefreshFamily> {
    const family = await familiesWith(keys).find(value);
    if (family === null) {
      throw new Error('no such family');
    }
    return family;
  }

  function rotate(family: RefreshFamily, value: string, successor: string, keys: readonly Buffer[] = [secretKey]) {
    const expiresAt = later(temporary.clock, 3600);
    return familiesWith(keys).rotate(family, {
      value,
      successor,
      sealedResponse: 'sealed',
      expiresAt,
      tokens: [
        { model: 'AccessToken', value: `access token beside ${successor}`, payload: { grantId: 'g' }, expiresAt },
      ],
    });
  }

  function countTokens(): Promise<number> {
    return temporary.database.collection(oidcPayloads).countDocuments({ model: 'AccessToken' });
  }

  it('have one document, found by a token of any generation, which says which one it is', async () => {
    const values = [first];
    for (let generation = 1; generation < 4; generation += 1) {
      const current = values.at(-1) ?? '';
      values.push(nextValue(current));
      expect(await rotate(await found(current), current, values.at(-1) ?? '')).to.equal(true);
    }
    const presented = await Promise.all(values.map(async (value) => (await found(value)).presented));
    expect(presented).to.deep.equal(['older', 'older', 'previous', 'current']);
    expect(new Set(await Promise.all(values.map(async (value) => (await found(value)).document._id)))).to.have.length(
      1,
    );
    expect(values.every(isFamilyValue)).to.equal(true);
    expect((await found(nextValue(first))).presented, 'a made-up token').to.equal('older');
  });

  it('of an earlier version are not found when their secret is not listed any more, with a warning', async () => {
    await encryptAsBefore(first, older);
    warnings.length = 0;
    expect(await familiesWith([secretKey]).find(first)).to.equal(null);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include({ model: 'RefreshToken' });
    expect(JSON.stringify(warnings)).to.not.include(first);
  });

  it('rotate once, however many callers try, and the tokens of the others are removed', async () => {
    const families = await Promise.all(Array.from({ length: 8 }, () => found(first)));
    const outcomes = await Promise.all(families.map((family) => rotate(family, first, nextValue(first))));
    expect(outcomes.filter(Boolean)).to.have.length(1);
    expect(await countTokens()).to.equal(1);
  });

  it('do not rotate, and issue nothing beside, after they have ended', async () => {
    const family = await found(first);
    await payloadsWith([secretKey]).removeByGrant('g');
    expect(await rotate(family, first, nextValue(first))).to.equal(false);
    const expiresAt = later(temporary.clock, 60);
    const tokens = [{ model: 'AccessToken', value: 'x', payload: { grantId: 'g' }, expiresAt } as const];
    expect(await familiesWith([secretKey]).issueBeside(family, tokens)).to.equal(false);
    expect(await countTokens()).to.equal(0);
  });

  it('do not rotate with scopes that were taken from the grant since they were read', async () => {
    const family = await found(first);
    await payloadsWith([secretKey]).removeScopes('api', ['write']);
    expect(await rotate(family, first, nextValue(first))).to.equal(false);
    const again = await found(first);
    expect(again.payload['grant']).to.deep.equal({ resources: { api: 'read' } });
    expect(await rotate(again, first, nextValue(first))).to.equal(true);
    expect((await found(first)).payload['grant']).to.deep.equal({ resources: { api: 'read' } });
  });

  it('lose an API that is taken from their client, and keep others', async () => {
    await payloadsWith([secretKey]).removeApiOfClient('prints', 'api');
    expect((await found(first)).payload['grant']).to.deep.equal({ resources: {} });
  });

  it('do not depend on SECRET, so that it can be replaced without signing anybody out', async () => {
    const other = [older];
    const successor = nextValue(first);
    expect(await rotate(await found(first, other), first, successor, other)).to.equal(true);
    expect((await found(successor)).presented).to.equal('current');
  });

  it('of an earlier version stay encrypted when an API is taken from their client, and can still be used', async () => {
    await encryptAsBefore(first, secretKey);
    await payloadsWith([secretKey]).removeApiOfClient('prints', 'api');
    const { document, payload } = await found(first);
    expect(document.payload).to.not.include('resources');
    expect(payload).to.deep.include({ grant: { resources: {} }, nonce: 'n' });
  });

  it('of an earlier version keep the sid, which was in their content, when an API is taken and at their next use', async () => {
    const value = 's'.repeat(43);
    const _id = documentId(value);
    const payload = { clientId: 'prints', expiresWithSession: true, sessionUid: 'u', sid: 'part', grant: {} };
    const { database, clock } = temporary;
    await payloadsWith([secretKey]).saveWithRequest('RefreshToken', value, payload, later(clock, 3600));
    const stored = createSecrets([secretKey]).seal(
      JSON.stringify({ expiresWithSession: true, sid: 'part', grant: { resources: { api: 'read' } } }),
      _id,
    );
    await database
      .collection(oidcPayloads)
      .updateOne({ _id }, { $set: { payload: stored, sealed: true }, $unset: { sid: true } });
    await payloadsWith([secretKey]).removeApiOfClient('prints', 'api');
    expect((await found(value)).payload).to.include({ sessionUid: 'u', sid: 'part' });
    const successor = nextValue(value);
    expect(await rotate(await found(value), value, successor)).to.equal(true);
    expect((await found(successor)).payload).to.include({ sessionUid: 'u', sid: 'part' });
  });

  it('of an earlier version lose their encryption and their nonce at their next use', async () => {
    const before = (await found(first)).payload;
    await encryptAsBefore(first, older);
    const both = [secretKey, older];
    const successor = nextValue(first);
    expect(await rotate(await found(first, both), first, successor, both)).to.equal(true);
    expect((await found(successor)).payload).to.deep.equal(before);
  });

  it('are not found by a part of a token', async () => {
    const successor = nextValue(first);
    await rotate(await found(first), first, successor);
    for (const value of ['', '.', `${first}.`, `${first}.x`, `.${successor}`, successor.slice(44), `${successor}.x`]) {
      expect(await familiesWith([secretKey]).find(value), value).to.equal(null);
    }
    expect((await found(successor)).document._id).to.equal(documentId(first));
  });
});
