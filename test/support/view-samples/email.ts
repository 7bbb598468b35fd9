/** Sample models of the pages about the email address. */
import type { EmailModels } from '../../../src/views.ts';
import { ada, type Samples } from './samples.ts';

const page = { csrf: 'csrf-value', email: ada.email };
const link = { action: '/confirm-email/token', csrf: 'csrf-value', email: ada.email };

export const emailSamples: Samples<EmailModels> = {
  'account/email': {
    complete: {
      ...page,
      verified: false,
      confirming: true,
      pending: 'ada@new.example',
      error: { form: 'change-email', code: 'code_wrong' },
    },
    unconfirmed: { ...page, verified: false, confirming: false },
    'code sent': { ...page, verified: false, confirming: true },
    confirmed: { ...page, verified: true, confirming: false },
    pending: { ...page, verified: true, confirming: false, pending: 'ada@new.example' },
  },
  'account/new-email': {
    complete: { ...page, value: 'ada@new', error: 'email_invalid' },
    fresh: page,
  },
  'email/confirm': { complete: { ...link, email: 'ada@new.example', old: ada.email }, first: link },
  'email/done': { complete: { accountUri: '/account' } },
  'email/undo': {
    complete: { ...link, minimumLength: 15, error: { code: 'too_short', minimum: 15 } },
    fresh: { ...link, minimumLength: 15 },
  },
};
