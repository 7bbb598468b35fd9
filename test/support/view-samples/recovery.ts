/** Sample models of the pages about forgotten and new passwords. */
import type { RecoveryModels } from '../../../src/views.ts';
import { ada, type Samples } from './samples.ts';

export const recoverySamples: Samples<RecoveryModels> = {
  'interaction/forgot-password': {
    complete: {
      action: '/interaction/Xq3v/forgot-password',
      csrf: 'csrf-value',
      back: '/interaction/Xq3v/login',
      email: 'ada@example.com',
      error: 'throttled',
      retryAfter: 300,
    },
    fresh: {
      action: '/interaction/Xq3v/forgot-password',
      csrf: 'csrf-value',
      back: '/interaction/Xq3v/login',
    },
  },
  'interaction/password-mail-sent': {
    complete: { back: '/interaction/Xq3v/login', again: '/interaction/Xq3v/forgot-password', minutes: 30 },
  },
  'account/change-password': {
    complete: {
      csrf: 'csrf-value',
      email: ada.email,
      minimumLength: 15,
      hasPassword: true,
      error: { code: 'throttled', minimum: 15 },
      retryAfter: 30,
    },
    fresh: { csrf: 'csrf-value', email: ada.email, minimumLength: 15, hasPassword: true },
    wrong: { csrf: 'csrf-value', email: ada.email, minimumLength: 15, hasPassword: true, error: { code: 'wrong' } },
    'too short': {
      csrf: 'csrf-value',
      email: ada.email,
      minimumLength: 15,
      hasPassword: true,
      error: { code: 'too_short', minimum: 15 },
    },
    'first password': { csrf: 'csrf-value', email: ada.email, minimumLength: 15, hasPassword: false },
  },
};
