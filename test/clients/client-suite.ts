/** The tests of a client library: the same for all, by the addresses that every app has (see README.md). */
import { expect } from 'chai';
import { asks } from '../support/app.ts';
import type { Page } from '../support/browser.ts';
import { describeApp, type App, type RunningApp } from './app-suite.ts';
import { newUser, user, type UserOfApp } from './user.ts';

export interface Client extends App {
  /** What the library does besides signing a user in. */
  readonly does: readonly ('userinfo' | 'refresh' | 'sign-out')[];
}

/** What the tests of one client only have, beside those of all. */
export type MoreTests = (running: () => RunningApp, signIn: () => Promise<UserOfApp>) => void;

/** The JSON document that an app answered with. */
export function json(page: Page): Record<string, unknown> {
  expect(page.status, `${page.url}: ${page.html}`).to.equal(200);
  return JSON.parse(page.html) as Record<string, unknown>;
}

/**
 * Declares the tests of a client library that runs on a server.
 * @param declareMore declares tests of what only this library does
 */
export function describeClient(client: Client, declareMore: MoreTests = () => undefined): void {
  describeApp(client, (running) => {
    async function signIn(): Promise<UserOfApp> {
      const visitor = newUser();
      const page = await visitor.complete(`${running().origin}/login`);
      expect(new URL(page.url).origin, 'the page at the end is one of the app').to.equal(running().origin);
      return visitor;
    }

    const get = async (visitor: UserOfApp, path: string): Promise<Record<string, unknown>> =>
      json(await visitor.open(`${running().origin}${path}`));

    it('signs a user in, and knows the name and the email address', async () => {
      const visitor = await signIn();
      expect(await get(visitor, '/')).to.include(user);
    });

    if (client.does.includes('userinfo')) {
      it('reads userinfo', async () => {
        const visitor = await signIn();
        expect(await get(visitor, '/userinfo')).to.include({ sub: running().userId, ...user, email_verified: true });
      });
    }

    if (client.does.includes('refresh')) {
      it('gets new tokens by its refresh token, twice', async () => {
        const { userId, refreshes } = running();
        const visitor = await signIn();
        const before = await refreshes();
        for (const count of [1, 2]) {
          expect(await get(visitor, '/refresh')).to.include({ sub: userId });
          expect(await refreshes()).to.equal(before + count);
        }
      });
    }

    if (client.does.includes('sign-out')) {
      it('signs the user out of the app and of Gatehouse', async () => {
        const { origin } = running();
        const visitor = await signIn();
        const page = await visitor.complete(`${origin}/logout`);
        expect(page.url, 'the user comes back to the app').to.equal(`${origin}/`);
        expect(json(page), 'the app knows nobody').to.deep.equal({});
        const asksToSignIn = (shown: Page): boolean => asks(shown) === 'sign-in';
        expect(await visitor.complete(`${origin}/login`, asksToSignIn), 'the next page').to.satisfy(asksToSignIn);
      });
    }

    declareMore(running, signIn);
  });
}
