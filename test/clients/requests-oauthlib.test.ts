import { describeClient } from './client-suite.ts';

describeClient({
  package: 'requests-oauthlib',
  app: 'python/requests_oauthlib_flask.py',
  redirectPath: '/callback',
  does: ['userinfo', 'refresh'],
});
