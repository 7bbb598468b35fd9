import { describeClient } from './client-suite.ts';

describeClient({
  package: 'openid-client',
  file: 'javascript/openid-client.js',
  commands: (origin) => [`client create --for openid-client --url ${origin}`],
  does: ['userinfo', 'refresh', 'sign-out'],
});
