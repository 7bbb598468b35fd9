import { describeClient } from './client-suite.ts';

describeClient({
  package: 'next-auth',
  file: 'javascript/next-auth.js',
  commands: (origin) => [`client create --for next-auth --url ${origin}`],
  does: [],
});
