import { describeClient } from './client-suite.ts';

describeClient({
  package: 'requests-oauthlib',
  file: 'python/requests_oauthlib_flask.py',
  commands: (origin) => [`client create --for requests-oauthlib --url ${origin}`],
  does: ['userinfo', 'refresh'],
});
