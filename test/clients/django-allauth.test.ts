import { describeClient, type Client } from './client-suite.ts';

const client = {
  package: 'django-allauth',
  file: 'python/django_allauth.py',
  commands: (origin) => [`client create --for django-allauth --url ${origin}`],
} as const satisfies Partial<Client>;

describeClient({ ...client, does: ['userinfo', 'sign-out'] });
describeClient({ ...client, variant: 'from the ID token alone', environment: { ID_TOKEN_ONLY: 'yes' }, does: [] });
