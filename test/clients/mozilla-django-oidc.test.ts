import { expect } from 'chai';
import { describeClient, json, type Client, type MoreTests } from './client-suite.ts';
import { user } from './user.ts';

const client = {
  package: 'mozilla-django-oidc',
  file: 'python/django_mozilla_oidc.py',
  does: ['userinfo', 'sign-out'],
} as const satisfies Partial<Client>;

/** Its middleware SessionRefresh asks Gatehouse again from time to time, by `prompt=none`. */
const sessionRefresh: MoreTests = (running, signIn) => {
  it('asks whether the user is still signed in, without a page', async () => {
    const { origin, redeemedCodes } = running();
    const visitor = await signIn();
    await visitor.open(`${origin}/expire`);
    const before = await redeemedCodes();
    expect(json(await visitor.open(`${origin}/`))).to.include(user);
    expect(await redeemedCodes()).to.equal(before + 1);
  });

  it('signs the user out after the session at Gatehouse has ended', async () => {
    const { origin, server, userId } = running();
    const visitor = await signIn();
    await server.services.revocation.endSessions(userId);
    expect(json(await visitor.open(`${origin}/`)), 'it has not asked yet').to.include(user);
    await visitor.open(`${origin}/expire`);
    expect(json(await visitor.open(`${origin}/`))).to.deep.equal({});
  });
};

describeClient(
  {
    ...client,
    environment: { USE_PKCE: 'yes' },
    commands: (origin) => [`client create --for mozilla-django-oidc --url ${origin}`],
  },
  sessionRefresh,
);

describeClient(
  {
    ...client,
    variant: 'without PKCE, its default',
    commands: (origin) => [
      `client create --name App --type web --redirect-uri ${origin}/oidc/callback/ --post-logout-redirect-uri ${origin}/`,
    ],
  },
  sessionRefresh,
);
