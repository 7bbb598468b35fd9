import { describeClient } from './client-suite.ts';

describeClient({
  package: 'oauth4webapi',
  file: 'javascript/oauth4webapi.js',
  commands: (origin) => [
    `client create --name App --type web --redirect-uri ${origin}/callback --post-logout-redirect-uri ${origin}/`,
  ],
  does: ['userinfo', 'refresh', 'sign-out'],
});
