import { expect } from 'chai';
import { manualClock } from '../../src/clock.ts';
import { createNewDevices, type NewDeviceDependencies } from '../../src/services/sign-in/new-devices.ts';
import type { UserDocument } from '../../src/storage/collections.ts';

describe('services/new-devices', () => {
  const clock = manualClock(new Date('2026-11-27T20:00:00Z'));
  const at = clock.now();
  const ada = { _id: 'ada', email: 'ada@example.com', emailKey: 'ada@example.com', disabled: false } as UserDocument;
  const session = (uid: string, seconds: number) => ({ uid, signedInAt: new Date(at.getTime() + seconds * 1000) });

  /** @param user as they are when the link is used */
  function devicesWith(user: UserDocument) {
    const ended: string[] = [];
    const links: string[] = [];
    const newDevices = createNewDevices({
      links: {
        use: (_purpose: string, _token: string, act: (link: object) => Promise<unknown>) =>
          act({ user, mailedTo: 'ada@example.com', data: { at: at.toISOString() } }),
      },
      sessions: {
        listByUser: () => Promise.resolve([session('before', -1), session('reported', 0), session('later', 60)]),
        end: (_accountId: string, uid: string) => Promise.resolve(ended.push(uid) > 0),
      },
      revocation: { endIssuedSince: () => Promise.resolve() },
      passwords: {
        createPasswordLink: (accountId: string) => {
          links.push(accountId);
          return Promise.resolve({ token: 'token', expiresAt: at });
        },
      },
      audit: { record: () => Promise.resolve() },
      clock,
    } as unknown as NewDeviceDependencies);
    return { newDevices, ended, links };
  }

  it('ends the reported sign-in and later ones, and leads to a new password', async () => {
    const { newDevices, ended } = devicesWith(ada);
    expect(await newDevices.reject('link', {})).to.deep.equal({ passwordToken: 'token' });
    expect(ended).to.deep.equal(['reported', 'later']);
  });

  for (const [title, change] of [
    ['an address that the user has no more', { emailKey: 'other@example.com' }],
    ['a user who may not sign in', { disabled: true }],
  ] as const) {
    it(`gives no new password for ${title}`, async () => {
      const { newDevices, ended, links } = devicesWith({ ...ada, ...change });
      expect(await newDevices.reject('link', {})).to.deep.equal({});
      expect(ended).to.deep.equal(['reported', 'later']);
      expect(links).to.deep.equal([]);
    });
  }
});
