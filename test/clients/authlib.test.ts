import { describeClient } from './client-suite.ts';

describeClient({
  package: 'Authlib',
  file: 'python/authlib_flask.py',
  commands: (origin) => [
    `client create --name App --type web --redirect-uri ${origin}/auth --post-logout-redirect-uri ${origin}/`,
  ],
  does: ['userinfo', 'refresh', 'sign-out'],
});
