import { describeClient } from './client-suite.ts';

describeClient({
  package: 'better-auth',
  file: 'javascript/better-auth.js',
  commands: (origin) => [`client create --for better-auth --url ${origin}`],
  does: ['userinfo', 'refresh', 'sign-out'],
});
