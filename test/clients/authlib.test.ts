import { describeClient } from './client-suite.ts';

describeClient({
  package: 'Authlib',
  file: 'python/authlib_flask.py',
  commands: (origin) => [`client create --for authlib --url ${origin}`],
  does: ['userinfo', 'refresh', 'sign-out'],
});
