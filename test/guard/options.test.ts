import { inspect } from 'node:util';
import { expect } from 'chai';
import { createDiscovery } from '../../src/guard/discovery.ts';
import { guard, type GuardOptions } from '../../src/guard/index.ts';

const options = { issuer: 'https://login.example', audience: 'https://photos.example/api' };

describe('the options of the guard', () => {
  const client = { clientId: 'api', clientSecret: 'secret' };
  const wrong: Record<string, Partial<GuardOptions>> = {
    'an issuer that is no address': { issuer: 'login.example' },
    'an issuer with another scheme': { issuer: 'ftp://login.example' },
    'an empty audience': { audience: '' },
    'no audience': { audience: undefined as unknown as string },
    'several audiences': { audience: ['https://photos.example/api'] as unknown as string },
    'introspection without an id': { introspection: { ...client, clientId: undefined as unknown as string } },
    'introspection without a secret': { introspection: { ...client, clientSecret: undefined as unknown as string } },
    'introspection with an empty secret': { introspection: { ...client, clientSecret: '' } },
    'no algorithm': { algorithms: [] },
    'the algorithm none': { algorithms: ['ES256', 'none'] },
    'a symmetric algorithm': { algorithms: ['HS256'] },
    'introspection in silence without credentials': { onSilence: 'introspect' },
    'a reaction to silence that does not exist': { onSilence: 'reject' as 'refuse' },
    'a feed that does not exist': { feed: 'pol' as 'poll' },
    'a realm that a header cannot contain': { realm: 'Fotos für alle' },
    'a realm of two lines': { realm: 'Photos\r\nSet-Cookie: a=b' },
    'a public address that is none': { publicUrl: 'photos.example' },
    'requests to the feed that are rarer than the maximum staleness': { feed: 'poll', pollInterval: 61 },
    'a clock tolerance after which a revocation is no longer in the feed': { clockTolerance: 61 },
    'a remembered answer that outlives its revocation in the feed': { introspection: { ...client, cacheFor: 601 } },
  };
  for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
    for (const name of ['clockTolerance', 'pollInterval', 'maxStaleness']) {
      wrong[`the ${name} ${inspect(value)}`] = { [name]: value };
    }
    for (const name of ['cacheFor', 'cacheInvalidFor', 'maxCached']) {
      wrong[`the ${name} ${inspect(value)}`] = { introspection: { ...client, [name]: value } };
    }
  }
  for (const [what, changes] of Object.entries(wrong)) {
    it(`may not have ${what}`, () => {
      expect(() => guard({ ...options, ...changes })).to.throw(TypeError);
    });
  }

  it('are few: issuer and audience are enough', () => {
    expect(() => guard(options)).not.to.throw();
  });

  it('may have the limits themselves', () => {
    const introspection = { ...client, cacheFor: 600, cacheInvalidFor: 0, maxCached: 0 };
    const limits = { clockTolerance: 60, pollInterval: 60, maxStaleness: 60, realm: 'The "Photos"', introspection };
    expect(() => guard({ ...options, ...limits, feed: 'poll' })).not.to.throw();
  });

  it('of a route are scopes that a token can have (RFC 6749 §3.3)', () => {
    const photos = guard(options).koa();
    for (const scope of ['', 'photos:read photos:write', 'photos"', 'photos\\', 'phötos', 'a\n']) {
      expect(() => photos.require('photos:read', scope), scope).to.throw(TypeError);
    }
    for (const scope of [['photos:read'], undefined, null, 5]) {
      expect(() => photos.require(scope as unknown as string), String(scope)).to.throw(TypeError, 'is not a scope');
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
      const metadata = createDiscovery({
        issuer: options.issuer,
        now: Date.now,
        onFailure: () => undefined,
        onSuccess: () => undefined,
      });
      expect(await metadata.current().catch((error: unknown) => error)).to.have.property(
        'message',
        `${name} of ${options.issuer} is not an https address`,
      );
    });
  }
});
