import { describeApi } from './api-suite.ts';

describeApi({
  package: 'Authlib',
  variant: 'an API with JWT access tokens',
  file: 'python/authlib_api.py',
  tokenFormat: 'jwt',
  knows: 'sub',
});

describeApi({
  package: 'Authlib',
  variant: 'an API with opaque access tokens',
  file: 'python/authlib_introspection_api.py',
  tokenFormat: 'opaque',
  knows: 'sub',
});
