/** Sample models of the pages about passkeys. */
import type { PasskeyModels } from '../../../src/views/models/passkeys.ts';
import { ada, before, day, type Samples } from './samples.ts';

const options = '{"challenge":"Y2hhbGxlbmdl"}';
const use = {
  action: '/interaction/Xq3v/passkey',
  csrf: 'csrf-value',
  options,
  client: { name: 'Prints' },
  reauthentication: false,
  remember: false,
  passwordAction: '/interaction/Xq3v/login',
  start: true,
};
const offer = { action: '/interaction/Xq3v/passkey-offer', csrf: 'csrf-value', options, email: ada.email };

export const passkeySamples: Samples<PasskeyModels> = {
  'interaction/passkey': {
    complete: { ...use, remember: true, start: false, error: 'throttled_address', retryAfter: 40 },
    fresh: use,
    refused: { ...use, start: false, error: 'refused' },
    again: { ...use, reauthentication: true },
  },
  'interaction/passkey-offer': {
    complete: { ...offer, error: 'response' },
    fresh: offer,
  },
  'account/passkeys': {
    complete: {
      csrf: 'csrf-value',
      options,
      error: 'conflict',
      accepted: '{"rpID":"login.example"}',
      passkeys: [
        {
          id: 'pk_1',
          name: 'Apple Passwords',
          place: 'synced',
          createdAt: before(90 * day),
          lastUsedAt: before(3_600_000),
          blocked: false,
        },
        { id: 'pk_2', name: 'Blue security key', place: 'device', createdAt: before(30 * day), blocked: true },
        { id: 'pk_3', name: 'Windows Hello', place: 'not-synced', createdAt: before(day), blocked: false },
      ],
    },
    'none yet': { csrf: 'csrf-value', options, passkeys: [] },
    'not available': {
      csrf: 'csrf-value',
      passkeys: [{ id: 'pk_1', name: 'Passkey', place: 'synced', createdAt: before(day), blocked: false }],
    },
  },
};
