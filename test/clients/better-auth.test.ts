import { describeClient } from './client-suite.ts';

describeClient({
  package: 'better-auth',
  file: 'javascript/better-auth.js',
  commands: (origin) => [
    `client create --name App --type web --redirect-uri ${origin}/api/auth/callback/gatehouse --post-logout-redirect-uri ${origin}/`,
  ],
  does: ['userinfo', 'refresh', 'sign-out'],
});
