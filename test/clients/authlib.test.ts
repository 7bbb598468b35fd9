import { describeClient } from './client-suite.ts';

describeClient({
  package: 'Authlib',
  app: 'python/authlib_flask.py',
  redirectPath: '/auth',
  does: ['userinfo', 'refresh', 'sign-out'],
});
