import { expect } from 'chai';
import { createDiscovery } from '../../src/guard/discovery.ts';
import { guard, type GuardOptions } from '../../src/guard/index.ts';

const options = { issuer: 'https://login.example', audience: 'https://photos.example/api' };

describe('the options of the guard', () => {
  const wrong: Readonly<Record<string, Partial<GuardOptions>>> = {
    'an issuer that is no address': { issuer: 'login.example' },
    'an issuer with another scheme': { issuer: 'ftp://login.example' },
    'no audience': { audience: '' },
    'no algorithm': { algorithms: [] },
    'the algorithm none': { algorithms: ['ES256', 'none'] },
    'a symmetric algorithm': { algorithms: ['HS256'] },
    'introspection in silence without credentials': { onSilence: 'introspect' },
  };
  for (const [what, changes] of Object.entries(wrong)) {
    it(`may not have ${what}`, () => {
      expect(() => guard({ ...options, ...changes })).to.throw(TypeError);
    });
  }

  it('are few: issuer and audience are enough', () => {
    expect(() => guard(options)).not.to.throw();
  });

  it('of a route are scopes that a token can have (RFC 6749 §3.3)', () => {
    const photos = guard(options).koa();
    for (const scope of ['', 'photos:read photos:write', 'photos"', 'photos\\', 'phötos', 'a\n']) {
      expect(() => photos.require('photos:read', scope), scope).to.throw(TypeError);
    }
    expect(() => photos.require('https://photos.example/read')).not.to.throw();
  });

  it('of a handler: the claims of a request that passed no guard are a mistake of the program', () => {
    expect(() => guard(options).koa().claims({})).to.throw(TypeError, 'require');
  });
});

describe('an issuer with https', () => {
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
  });

  for (const name of ['jwks_uri', 'introspection_endpoint', 'revocation_feed']) {
    it(`may not have a ${name} without it`, async () => {
      const published = {
        issuer: options.issuer,
        jwks_uri: `${options.issuer}/jwks`,
        [name]: 'http://login.example/x',
      };
      globalThis.fetch = () => Promise.resolve(Response.json(published));
      const metadata = createDiscovery({ issuer: options.issuer, now: Date.now, onFailure: () => undefined });
      expect(await metadata.current().catch((error: unknown) => error)).to.have.property(
        'message',
        `${name} of ${options.issuer} is not an https address`,
      );
    });
  }
});
