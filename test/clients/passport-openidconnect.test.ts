import { describeClient } from './client-suite.ts';

describeClient({
  package: 'passport-openidconnect',
  file: 'javascript/passport-openidconnect.js',
  commands: (origin) => [`client create --for passport-openidconnect --url ${origin}`],
  does: [],
});
