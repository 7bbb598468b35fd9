import { describeClient } from './client-suite.ts';

describeClient({
  package: 'requests-oauthlib',
  file: 'python/requests_oauthlib_flask.py',
  commands: (origin) => [`client create --name App --type web --redirect-uri ${origin}/callback`],
  does: ['userinfo', 'refresh'],
});
