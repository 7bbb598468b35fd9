/** Links with other identity providers that are made, used and removed at the same moment as their user changes. */
import { expect } from 'chai';
import type { UpstreamDocument, UserDocument } from '../../src/storage/collections.ts';
import {
  describeOnEachDatabase,
  failureOf,
  goodPassword,
  wireUserServices,
  type TemporaryDatabase,
} from '../support/user-services.ts';

const by = { actor: 'system' } as const;
const identity = {
  subject: 'person',
  email: 'person@elsewhere.example',
  emailVerified: false,
  profile: {},
  amr: [],
};

describeOnEachDatabase('services/upstream-links', (open) => {
  let temporary: TemporaryDatabase;
  let services: Awaited<ReturnType<typeof wireUserServices>>;
  let ada: UserDocument;
  let upstream: UpstreamDocument;

  beforeEach(async function wire() {
    this.timeout(10_000);
    temporary = await open();
    services = await wireUserServices(temporary);
    ada = await services.users.create({ email: 'ada@example.com', password: goodPassword }, by);
    upstream = await services.upstreams.create(
      {
        id: 'staff',
        name: 'Staff',
        protocol: 'oidc',
        issuer: 'https://staff.example',
        clientId: 'gatehouse',
        secret: 'a secret of the provider',
      },
      by,
    );
  });
  afterEach(() => temporary.close());

  const link = () => services.upstreamLinks.link(ada._id, upstream, identity, by);

  for (const [meanwhile, act] of [
    ['the user is disabled', () => services.users.disable(ada._id, by)],
    ['the password changes', () => services.users.setPassword(ada._id, 'another good password', by)],
    ['the user is deleted', () => services.users.remove(ada._id, by)],
  ] as const) {
    it(`are not made when ${meanwhile} while they are stored`, async () => {
      const { insert } = services.repositories.upstreamLinks;
      Object.assign(services.repositories.upstreamLinks, {
        insert: async (...stored: Parameters<typeof insert>) => {
          await act();
          return insert(...stored);
        },
      });
      expect(await failureOf(link())).to.be.instanceOf(Error);
      expect(await services.upstreamLinks.listByUser(ada._id)).to.deep.equal([]);
      const events = await services.audit.list({ limit: 100 });
      expect(events.map(({ type }) => type)).to.not.include('upstream.linked');
    });
  }
});
