import { expect } from 'chai';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createOwnJwtVerifier, type VerifyOwnJwt } from '../../src/oidc/own-jwts.ts';
import { maxJwts, rememberVerified } from '../../src/oidc/verified-jwts.ts';

/** A key, and what verifies its JWTs: counted, with and without the memory. */
async function signer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const keys = [await exportJWK(publicKey)];
  const plain = createOwnJwtVerifier(keys);
  let verifications = 0;
  const counted: VerifyOwnJwt = (jwt) => {
    verifications += 1;
    return plain(jwt);
  };
  return {
    plain,
    verify: rememberVerified(counted),
    verifications: () => verifications,
    sign: (claims: Readonly<Record<string, unknown>>): Promise<string> =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' }).sign(privateKey),
  };
}

describe('JWTs that were verified', () => {
  it('are not verified again, and say the same', async () => {
    const { plain, verify, verifications, sign } = await signer();
    const jwt = await sign({ sub: 'ada', act: { sub: 'app' }, groups: ['a', 'b'], aud: 'ünï', __proto__: null });
    const expected = await plain(jwt);
    expect(expected).to.have.nested.property('payload.act.sub', 'app');
    for (const turn of [1, 2, 3]) {
      expect(await verify(jwt), `turn ${turn}`).to.deep.equal(expected);
    }
    expect(verifications()).to.equal(1);
  });

  it('are remembered as they were signed, whatever a caller does with what it got', async () => {
    const { plain, verify, sign } = await signer();
    const jwt = await sign({ sub: 'ada', act: { sub: 'app' } });
    for (const turn of [1, 2, 3]) {
      const found = await verify(jwt);
      expect(found, `turn ${turn}`).to.deep.equal(await plain(jwt));
      Object.assign(found?.payload ?? {}, { sub: 'grace' });
      Object.assign(found?.payload['act'] ?? {}, { sub: 'another' });
      Object.assign(found?.header ?? {}, { typ: 'JWT' });
    }
  });

  it('vouch for no other text: another signature, header or payload is verified, and refused, each time', async () => {
    const { plain, verify, verifications, sign } = await signer();
    const other = await signer();
    const claims = { sub: 'ada' };
    const jwt = await sign(claims);
    expect(await verify(jwt)).not.to.equal(undefined);
    const [header = '', payload = '', signature = ''] = jwt.split('.');
    const [, , foreign = ''] = (await other.sign(claims)).split('.');
    const [, raised = ''] = (await other.sign({ sub: 'grace' })).split('.');
    const texts = [
      `${header}.${payload}.${foreign}`,
      `${header}.${raised}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      '',
    ];
    for (const text of [...texts, ...texts]) {
      expect(await verify(text), text).to.equal(undefined);
      expect(await plain(text), text).to.equal(undefined);
    }
    expect(verifications(), 'nothing that was refused is remembered').to.equal(1 + 2 * texts.length);
    expect(await verify(jwt)).not.to.equal(undefined);
  });

  it('are known only to the verifier that verified them: another set of keys refuses them', async () => {
    const { verify, sign } = await signer();
    const jwt = await sign({ sub: 'ada' });
    expect(await verify(jwt)).not.to.equal(undefined);
    const { verify: withOtherKeys } = await signer();
    expect(await withOtherKeys(jwt)).to.equal(undefined);
    expect(await rememberVerified(createOwnJwtVerifier([]))(jwt)).to.equal(undefined);
  });

  it(`are at most ${maxJwts}: those that were not asked about for longest make room`, async () => {
    let verifications = 0;
    const verify = rememberVerified((jwt) => {
      verifications += 1;
      return Promise.resolve({ header: { alg: 'ES256' }, payload: { jti: jwt } });
    });
    await verify('first');
    await verify('second');
    for (let n = 2; n < maxJwts; n += 1) {
      await verify(String(n));
    }
    await verify('first');
    expect(verifications, 'all are remembered').to.equal(maxJwts);
    await verify('one more');
    await verify('first');
    expect(verifications).to.equal(maxJwts + 1);
    expect(await verify('second'), 'it has made room').to.deep.equal({
      header: { alg: 'ES256' },
      payload: { jti: 'second' },
    });
    expect(verifications).to.equal(maxJwts + 2);
  });

  it('an error of the verification is not remembered', async () => {
    let fails = true;
    const found = { header: { alg: 'ES256' }, payload: { jti: 'one' } };
    const verify = rememberVerified(() => (fails ? Promise.reject(new Error('broken')) : Promise.resolve(found)));
    const error: unknown = await verify('one').catch((reason: unknown) => reason);
    expect(error).to.be.an('error');
    fails = false;
    expect(await verify('one')).to.deep.equal(found);
  });
});
