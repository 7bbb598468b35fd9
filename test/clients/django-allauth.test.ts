import { describeClient } from './client-suite.ts';

describeClient({
  package: 'django-allauth',
  file: 'python/django_allauth.py',
  commands: (origin) => [`client create --for django-allauth --url ${origin}`],
  does: ['userinfo', 'sign-out'],
});
