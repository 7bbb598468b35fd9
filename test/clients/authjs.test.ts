import { describeClient } from './client-suite.ts';

describeClient({
  package: '@auth/express',
  file: 'javascript/authjs-express.js',
  commands: (origin) => [`client create --for authjs --url ${origin}`],
  does: [],
});
