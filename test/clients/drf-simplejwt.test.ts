import { describeApi, type Api } from './api-suite.ts';

const api = {
  package: 'djangorestframework_simplejwt',
  file: 'python/drf_simplejwt.py',
  tokenFormat: 'jwt',
  knows: 'sub',
} as const satisfies Api;

describeApi(api);
describeApi({ ...api, variant: 'with RS256', tokenAlg: 'RS256' });
