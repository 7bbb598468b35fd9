/** Links with other identity providers that are made, used and removed at the same moment as their user changes. */
import { expect } from 'chai';
import type { UpstreamDocument, UserDocument } from '../../src/storage/collections.ts';
import { doBefore } from '../support/patched-repository.ts';
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

  const linkAda = () => services.upstreamLinks.link(ada._id, upstream, identity, by);

  for (const [meanwhile, act] of [
    ['the user is disabled', () => services.users.disable(ada._id, by)],
    ['the password changes', () => services.users.setPassword(ada._id, 'another good password', by)],
    ['the user is deleted', () => services.users.remove(ada._id, by)],
    ['the provider is deleted', () => services.upstreams.remove('staff', by)],
  ] as const) {
    it(`are not made when ${meanwhile} while they are stored`, async () => {
      doBefore(services.repositories.upstreamLinks, 'insert', act);
      expect(await failureOf(linkAda())).to.be.instanceOf(Error);
      expect(await services.upstreamLinks.listByUser(ada._id)).to.deep.equal([]);
      const events = await services.audit.list({ limit: 100 });
      expect(events.map(({ type }) => type)).to.not.include('upstream.linked');
    });
  }

  it('are not made, and no account either, when the provider is deleted while somebody signs in with it', async () => {
    const trusted = await services.upstreams.update('staff', { createUsers: true, authoritativeFor: ['*'] }, by);
    doBefore(services.repositories.upstreamLinks, 'insert', () => failureOf(services.upstreams.remove('staff', by)));
    const result = await services.upstreamAccounts.signIn(trusted, { ...identity, emailVerified: true }, by);
    expect(result.outcome).to.equal('refused');
    expect(await services.users.findByEmail(identity.email)).to.equal(null);
    expect(await services.repositories.upstreamLinks.find('staff', identity.subject)).to.equal(null);
  });

  describe('leave no groups behind', () => {
    let rounds = 0;
    let user: UserDocument;
    /** Undoes a change of the user's address from before the link was made. */
    let undoToken: string;

    /** A new user with a group of the operator, and with a link from which another one came. */
    async function prepareLink(): Promise<void> {
      rounds += 1;
      const email = `user${rounds}@example.com`;
      user = await services.users.create({ email, groups: ['friends'] }, by);
      const { token } = await services.oneTimeLinks.create({
        purpose: 'undo-email',
        accountId: user._id,
        mailedTo: user.emailKey,
        data: { email },
        lifetime: 24 * 3600,
      });
      undoToken = token;
      const address = `thief${rounds}@example.com`;
      await services.users.changeEmail(user._id, user.emailKey, { address, key: address }, by);
      await services.upstreamLinks.link(user._id, upstream, personWith(['staff']), by);
    }

    const personWith = (groups: readonly string[]) => ({ ...identity, subject: `person${rounds}`, groups });

    /** A sign-in that has found its link and user. */
    async function prepareUse(groups: readonly string[]) {
      const person = personWith(groups);
      const link = await services.upstreamLinks.find(upstream, person);
      const found = await services.users.find(user._id);
      if (link === null || found === null) {
        throw new Error('there is no link');
      }
      return () => services.upstreamLinks.use(found, link, person);
    }

    async function unlink(): Promise<void> {
      const [link] = await services.upstreamLinks.listByUser(user._id);
      const options = { exceptSession: '', provider: 'Staff', hasOtherWay: async () => true };
      await services.upstreamLinks.unlink(user._id, link?._id ?? '', options, by);
    }

    /** Does something at each moment of something else: before each call of a repository of users or links. */
    async function atEachMoment(
      prepare: () => Promise<{ readonly of: () => Promise<unknown>; readonly act: () => Promise<unknown> }>,
      check: (moment: string) => Promise<void>,
    ): Promise<void> {
      const { upstreamLinks, users } = services.repositories;
      const repositories = [upstreamLinks, users].map((repository) => ({ repository, methods: { ...repository } }));
      for (let at = 0, calls = 1; at < calls; at += 1) {
        const { of, act } = await prepare();
        calls = 0;
        for (const { repository, methods } of repositories) {
          for (const [name, call] of Object.entries<(...args: never[]) => Promise<unknown>>(methods)) {
            const interrupted = async (...args: never[]) => {
              calls += 1;
              if (calls === at + 1) {
                await act();
              }
              return call(...args);
            };
            Object.assign(repository, { [name]: interrupted });
          }
        }
        await of();
        for (const { repository, methods } of repositories) {
          Object.assign(repository, methods);
        }
        if (at < calls) {
          await check(`before call ${at + 1}`);
        }
      }
    }

    async function checkGone(moment: string): Promise<void> {
      expect(await services.upstreamLinks.listByUser(user._id), moment).to.deep.equal([]);
      expect((await services.users.find(user._id))?.groups, moment).to.deep.equal(['friends']);
    }

    for (const [reason, remove] of [
      ['is removed by the user', unlink],
      ['ends with its provider', () => services.upstreamLinks.endUpstream(upstream._id)],
      [
        'is removed with an undone change of the address',
        () => services.users.undoEmailChange(undoToken, goodPassword, by),
      ],
    ] as const) {
      it(`when one ${reason} at any moment of a sign-in`, async function run() {
        this.timeout(30_000);
        await atEachMoment(async () => {
          await prepareLink();
          return { of: await prepareUse(['staff', 'visitors']), act: remove };
        }, checkGone);
      });

      it(`when somebody signs in at any moment at which one ${reason}`, async function run() {
        this.timeout(30_000);
        await atEachMoment(async () => {
          await prepareLink();
          return { of: remove, act: await prepareUse(['staff', 'visitors']) };
        }, checkGone);
      });
    }

    it('when two sign-ins at the same moment report different ones', async function run() {
      this.timeout(30_000);
      await atEachMoment(
        async () => {
          await prepareLink();
          return { of: await prepareUse(['visitors']), act: await prepareUse(['staff', 'guests']) };
        },
        async (moment) => {
          await unlink();
          await checkGone(moment);
        },
      );
    });
  });
});
