import { describeApi } from './api-suite.ts';

describeApi({
  package: 'PyJWT',
  variant: 'as docs/clients.md shows it',
  file: 'python/drf_pyjwt.py',
  tokenFormat: 'jwt',
  knows: 'sub',
});
