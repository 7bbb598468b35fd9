import { describeClient } from './client-suite.ts';

describeClient({
  package: 'oauth4webapi',
  app: 'javascript/oauth4webapi.js',
  redirectPath: '/callback',
  does: ['userinfo', 'refresh', 'sign-out'],
});
