import { describeApi, type Api } from './api-suite.ts';

const api = {
  package: 'PyJWT',
  file: 'python/drf_gatehouse.py',
  knows: 'sub',
} as const satisfies Partial<Api>;

describeApi({ ...api, variant: 'by gatehouse_drf.py', tokenFormat: 'jwt' });
describeApi({ ...api, variant: 'by gatehouse_drf.py, with RS256', tokenFormat: 'jwt', tokenAlg: 'RS256' });
describeApi({ ...api, variant: 'by gatehouse_drf.py, with opaque tokens', tokenFormat: 'opaque' });
