import { describeApi } from './api-suite.ts';

describeApi({
  package: 'jose',
  variant: 'with Express, as docs/clients.md shows it',
  file: 'javascript/express-api.js',
  tokenFormat: 'jwt',
  knows: 'sub',
});
