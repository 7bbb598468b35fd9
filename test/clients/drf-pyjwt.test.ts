import { describeApi } from './api-suite.ts';

describeApi({
  package: 'PyJWT',
  variant: 'as the README shows it',
  file: 'python/drf_pyjwt.py',
  tokenFormat: 'jwt',
  knows: 'sub',
});
