import { describeApi } from './api-suite.ts';

describeApi({
  package: 'djangorestframework_simplejwt',
  file: 'python/drf_simplejwt.py',
  tokenFormat: 'jwt',
  knows: 'sub',
});
