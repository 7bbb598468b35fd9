import { describeClient } from './client-suite.ts';

describeClient({
  package: 'openid-client',
  app: 'javascript/openid-client.js',
  redirectPath: '/callback',
  // It sends the secret in the body, unless the app says ClientSecretBasic.
  options: ['--auth-method=client_secret_post'],
  does: ['userinfo', 'refresh', 'sign-out'],
});
