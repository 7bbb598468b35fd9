/** Sample models of the pages for signing in by mail and about new devices. */
import type { ViewModels } from '../../src/views.ts';

const form = { action: '/interaction/Xq3v/mail', csrf: 'csrf-value', back: '/interaction/Xq3v/login' };

export const signInMailSamples = {
  'interaction/mail-address': {
    complete: { ...form, email: 'ada@example.com', error: 'throttled', retryAfter: 300 },
    fresh: form,
  },
  'interaction/mail-code': {
    complete: { ...form, minutes: 10, error: 'wrong_code', retryAfter: 300 },
    fresh: { ...form, minutes: 10 },
  },
  'interaction/mail-link': {
    complete: { action: '/interaction/Xq3v/mail/token', csrf: 'csrf-value', provider: { name: 'GitHub' } },
    own: { action: '/interaction/Xq3v/mail/token', csrf: 'csrf-value' },
    elsewhere: {},
  },
  'account/new-device': {
    complete: {
      action: '/new-device/token',
      csrf: 'csrf-value',
      email: 'ada@example.com',
      at: new Date('2026-11-24T15:30:00Z'),
      from: '198.51.100.7',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    },
  },
  'account/sign-in-rejected': { complete: { signInUri: '/account' } },
} as const satisfies {
  readonly [K in keyof ViewModels]?: { readonly complete: Required<ViewModels[K]> } & Readonly<
    Record<string, ViewModels[K]>
  >;
};
