import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { createUpstreamConfigurations } from '../../src/oidc/upstream-configurations.ts';
import type { UpstreamDocument } from '../../src/storage/collections.ts';

describe('the metadata of another provider', () => {
  const issuer = 'https://staff.example';
  const clock = manualClock();
  const upstream: UpstreamDocument = {
    _id: 'staff',
    name: 'Staff',
    protocol: 'oidc',
    issuer,
    clientId: 'gatehouse',
    authMethod: 'none',
    scopes: ['openid'],
    parameters: [],
    createUsers: false,
    authoritativeFor: [],
    claims: [],
    groups: [],
    acrs: [],
    revision: 'one',
    createdAt: clock.now(),
    updatedAt: clock.now(),
  };

  it('is fetched once an hour, and when the clock was set back, since nobody knows how old it is (F14)', async () => {
    let fetches = 0;
    const configurations = createUpstreamConfigurations({
      fetch: () => {
        fetches += 1;
        const metadata = { issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` };
        return Promise.resolve(Response.json(metadata));
      },
      isAllowed: () => true,
      secretOf: () => undefined,
      clock,
    });
    for (const [seconds, expected] of [
      [0, 1],
      [3599, 1],
      [1, 2],
      [-600, 3],
      [3599, 3],
    ] as const) {
      clock.advance(seconds);
      await configurations.find(upstream);
      expect(fetches, `after ${seconds} seconds`).to.equal(expected);
    }
  });
});
