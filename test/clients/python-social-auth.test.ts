import { describeClient, type Client } from './client-suite.ts';

const client = {
  package: 'social-auth-app-django',
  file: 'python/django_social_auth.py',
  does: ['userinfo', 'refresh', 'sign-out'],
} as const satisfies Partial<Client>;

describeClient({
  ...client,
  environment: { USE_PKCE: 'yes' },
  commands: (origin) => [`client create --for python-social-auth --url ${origin}`],
});

describeClient({
  ...client,
  variant: 'without PKCE, its default',
  // It verifies RS256 only, unless SOCIAL_AUTH_OIDC_JWT_ALGORITHMS says more.
  commands: (origin) => [
    `client create --name App --type web --redirect-uri ${origin}/complete/oidc/ --post-logout-redirect-uri ${origin}/ --id-token-alg RS256`,
  ],
});
