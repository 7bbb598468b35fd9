/** Sample models of the pages about second factors. */
import type { AuthenticatorAppModel, SecondFactorModels } from '../../../src/views.ts';
import { qrCode } from '../../../src/http/qr-code.ts';
import { before, day, type Samples } from './samples.ts';

const step = {
  action: '/interaction/Xq3v/second-factor',
  cancelAction: '/interaction/Xq3v/cancel',
  anotherAccount: '/interaction/Xq3v/login',
  csrf: 'csrf-value',
  client: { name: 'Prints' },
  email: 'ada@example.com',
};
const address =
  'otpauth://totp/Gatehouse:ada%40example.com?issuer=Gatehouse&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30';
const app = {
  app: 'v1.key.sealed',
  seed: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  address,
  qr: qrCode(address),
};
const newApp: Required<AuthenticatorAppModel> = { ...app, name: 'Phone', error: 'code' };
const codes = [
  '7f3k-9q2m-x4td-01zw',
  'a8e2-mm5p-kk3r-t9yz',
  '0c1d-2e3f-4g5h-6j7k',
  'p8q9-r0s1-t2v3-w4x5',
  'y6z7-a8b9-c0d1-e2f3',
  'g4h5-j6k7-m8n9-p0q1',
  'r2s3-t4v5-w6x7-y8z9',
  'b1c2-d3e4-f5g6-h7j8',
  'k9m0-n1p2-q3r4-s5t6',
  'v7w8-x9y0-z1a2-b3c4',
];
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

export const secondFactorSamples: Samples<SecondFactorModels> = {
  'interaction/second-factor': {
    complete: {
      ...step,
      hasApp: true,
      hasRecoveryCodes: true,
      passkey: '/interaction/Xq3v/passkey',
      rememberFor: 30 * 86_400,
      error: 'throttled',
      retryAfter: 45,
    },
    fresh: { ...step, hasApp: true, hasRecoveryCodes: true, rememberFor: 30 * 86_400 },
    wrong: { ...step, hasApp: true, hasRecoveryCodes: true, rememberFor: 30 * 86_400, error: 'wrong_code' },
    passkey: { ...step, hasApp: false, hasRecoveryCodes: false, passkey: '/interaction/Xq3v/passkey' },
  },
  'interaction/second-factor-setup': {
    complete: { ...step, reason: 'policy', newApp, passkey: '/interaction/Xq3v/passkey' },
    fresh: { ...step, reason: 'app', newApp: app },
    name: { ...step, reason: 'app', newApp: { ...app, name: ' ', error: 'name' } },
  },
  'interaction/recovery-codes': {
    complete: { action: step.action, csrf: step.csrf, client: step.client, email: step.email, codes },
  },
  'account/second-factors': {
    complete: {
      csrf: 'csrf-value',
      apps: [
        { id: 'first_usr_1', name: 'Phone', createdAt: before(90 * day), lastUsedAt: before(60_000) },
        { id: 'app_2', name: 'Password manager', createdAt: before(day) },
      ],
      passkeys: 2,
      recoveryCodes: 8,
      required: true,
      error: 'name',
    },
    none: { csrf: 'csrf-value', apps: [], passkeys: 0, required: true },
    last: {
      csrf: 'csrf-value',
      apps: [{ id: 'first_usr_1', name: 'Phone', createdAt: before(90 * day), lastUsedAt: before(60_000) }],
      passkeys: 0,
      recoveryCodes: 1,
      required: true,
    },
    passkeysOnly: { csrf: 'csrf-value', apps: [], passkeys: 1, recoveryCodes: 0, required: false },
  },
  'account/new-second-factor': {
    complete: { csrf: 'csrf-value', newApp },
    fresh: { csrf: 'csrf-value', newApp: app },
    expired: { csrf: 'csrf-value', newApp: { ...app, error: 'expired' } },
  },
  'account/recovery-codes': { complete: { csrf: 'csrf-value', codes, sealedCodes: 'v1.key.sealed' } },
  'account/devices': {
    complete: {
      csrf: 'csrf-value',
      devices: [
        {
          id: 'd1',
          current: true,
          createdAt: before(3 * day),
          expiresAt: before(-27 * day),
          userAgent: iphone,
          from: '203.0.113.7',
        },
        { id: 'd2', current: false, createdAt: before(9 * day), expiresAt: before(-21 * day) },
      ],
      lifetime: 30 * 86_400,
    },
    none: { csrf: 'csrf-value', devices: [], lifetime: 30 * 86_400 },
    off: { csrf: 'csrf-value', devices: [], lifetime: 0 },
  },
};
