import { describeClient } from './client-suite.ts';

describeClient({
  package: 'express-openid-connect',
  file: 'javascript/express-openid-connect.js',
  commands: (origin) => [`client create --for express-openid-connect --url ${origin}`],
  does: ['userinfo', 'refresh', 'sign-out'],
});
