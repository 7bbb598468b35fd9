import { describeApi } from './api-suite.ts';

describeApi({
  package: 'django-oauth-toolkit',
  file: 'python/drf_oauth_toolkit.py',
  command: 'client create --for django-oauth-toolkit',
  tokenFormat: 'opaque',
  knows: 'username',
});
