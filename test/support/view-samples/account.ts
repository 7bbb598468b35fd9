/** Sample models of the pages of the account. */
import type { AccountModels } from '../../../src/views/models/account.ts';
import type { ActivityModels } from '../../../src/views/models/activity.ts';
import { ada, archive, before, day, firefox, iphone, photos, sampleNow, type Samples } from './samples.ts';

const inDays = (days: number): Date => new Date(sampleNow.getTime() + days * day);
const oneApi = [
  {
    name: 'Photos',
    identifier: 'https://photos.example/api',
    scopes: [
      {
        field: 'scope-1',
        value: 'https://photos.example/api photos:read',
        description: 'See your photos',
        checked: false,
      },
    ],
  },
];

export const accountSamples: Samples<AccountModels & ActivityModels> = {
  'account/overview': {
    complete: {
      user: { ...ada, emailVerified: false, createdAt: before(400 * day), role: 'administrator' },
      sessions: 3,
      apps: 1,
      tokens: 2,
    },
    plain: {
      user: { email: ada.email, emailVerified: true, createdAt: before(day), role: 'user' },
      sessions: 1,
      apps: 0,
      tokens: 0,
    },
  },
  'account/profile': {
    complete: {
      csrf: 'csrf-value',
      username: 'ada',
      values: {
        name: 'Ada Lovelace',
        given_name: 'Ada',
        middle_name: '',
        family_name: 'Lovelace',
        nickname: '',
        gender: '',
        birthdate: '1815-12-10',
        locale: 'en-GB',
        zoneinfo: 'Europe/London',
        profile: '',
        picture: '',
        website: 'https://ada.example/',
        phone_number: '12',
        'address.street_address': '12 St James’s Square',
        'address.postal_code': 'SW1Y 4JH',
        'address.locality': 'London',
        'address.region': '',
        'address.country': 'England',
      },
      invalid: 'phone_number',
      zones: ['Europe/Berlin', 'Europe/London'],
    },
  },
  'account/data': {
    complete: { csrf: 'csrf-value', isConfirmed: true },
    'confirm first': { csrf: 'csrf-value', isConfirmed: false },
  },
  'account/deletion': {
    complete: { csrf: 'csrf-value', isConfirmed: true, gracePeriod: 604_800, error: 'not_understood' },
    'confirm first': { csrf: 'csrf-value', isConfirmed: false, gracePeriod: 604_800 },
  },
  'account/deletion-requested': { complete: { gracePeriod: 604_800 } },
  'account/undo-deletion': {
    complete: { action: '/undo-deletion/token', csrf: 'csrf-value', email: ada.email, dueAt: inDays(7) },
  },
  'account/security': {
    complete: {
      rows: [
        { name: 'password', state: 'set', href: '/account/password', at: before(40 * day) },
        { name: 'email', state: 'unconfirmed', href: '/account/email', value: ada.email, attention: true },
        { name: 'passkeys', state: 'some', href: '/account/passkeys', count: 1 },
        { name: 'second-factors', state: 'on', href: '/account/second-factors', count: 2 },
        { name: 'devices', state: 'some', href: '/account/devices', count: 3 },
        { name: 'providers', state: 'some', href: '/account/providers', value: 'GitHub, Example' },
        { name: 'activity', state: 'recent', href: '/account/activity', at: before(3_600_000) },
      ],
    },
    'nothing yet': {
      rows: [
        { name: 'password', state: 'none', href: '/account/password', attention: true },
        { name: 'email', state: 'confirmed', href: '/account/email', value: ada.email },
        { name: 'passkeys', state: 'none', href: '/account/passkeys' },
        { name: 'second-factors', state: 'off', href: '/account/second-factors' },
        { name: 'devices', state: 'none', href: '/account/devices' },
        { name: 'providers', state: 'none', href: '/account/providers' },
        { name: 'activity', state: 'none', href: '/account/activity' },
      ],
    },
  },
  'account/activity': {
    complete: {
      events: [
        {
          kind: 'login-success',
          at: before(3_600_000),
          count: 1,
          failed: false,
          from: '203.0.113.9',
          userAgent: firefox,
        },
        {
          kind: 'login-failure',
          at: before(2 * 3_600_000),
          count: 12,
          failed: true,
          from: '2001:db8:1234:5678::/64',
          userAgent: iphone,
        },
        { kind: 'consent-granted', at: before(day), count: 1, failed: false, app: 'Prints' },
        { kind: 'password-changed', at: before(2 * day), count: 1, failed: false, by: 'operator' },
      ],
    },
    none: { events: [] },
  },
  'account/sessions': {
    complete: {
      csrf: 'csrf-value',
      sessions: [
        {
          id: 's1',
          current: true,
          signedInAt: before(2 * 3_600_000),
          lastActiveAt: before(10_000),
          expiresAt: inDays(14),
          apps: ['Prints', 'Photos'],
          userAgent: firefox,
        },
        {
          id: 's2',
          current: false,
          signedInAt: before(3 * day),
          lastActiveAt: before(5 * 3_600_000),
          expiresAt: inDays(11),
          apps: ['Photos'],
          userAgent: iphone,
        },
        {
          id: 's3',
          current: false,
          signedInAt: before(9 * day),
          lastActiveAt: before(6 * day),
          expiresAt: inDays(5),
          apps: [],
        },
      ],
    },
    'only this one': {
      csrf: 'csrf-value',
      sessions: [
        {
          id: 's1',
          current: true,
          signedInAt: before(60_000),
          lastActiveAt: before(1000),
          expiresAt: inDays(1),
          apps: [],
        },
      ],
    },
  },
  'account/apps': {
    complete: {
      csrf: 'csrf-value',
      apps: [
        {
          clientId: 'prints',
          name: 'Prints',
          logo: 'data:image/png;base64,iVBORw0KGgo=',
          host: 'prints.example',
          since: before(40 * day),
          endsAt: inDays(20),
          lastUse: { at: before(2 * 3_600_000), from: '203.0.113.9' },
          scopes: ['Your email address', 'See your photos'],
          offline: true,
        },
        { clientId: 'calendar', name: 'Calendar', since: before(2 * day), scopes: ['Your profile'], offline: false },
      ],
    },
    none: { csrf: 'csrf-value', apps: [] },
  },
  'account/tokens': {
    complete: {
      csrf: 'csrf-value',
      mayCreate: true,
      tokens: [
        {
          id: 'pat_1',
          name: 'Nightly backup of the photos',
          scopes: ['Photos: See your photos', 'Archive: See the archive'],
          createdAt: before(40 * day),
          expiresAt: inDays(50),
          lastUse: { at: before(3_600_000), from: '2001:db8:1234:5678::/64' },
        },
        {
          id: 'pat_2',
          name: 'CI',
          scopes: ['Photos: Add photos and change them'],
          createdAt: before(day),
          expiresAt: inDays(6),
        },
      ],
    },
    'first token': { csrf: 'csrf-value', mayCreate: true, tokens: [] },
  },
  'account/new-token': {
    complete: {
      csrf: 'csrf-value',
      error: 'scope',
      name: 'Nightly backup',
      apis: [photos, archive].map(({ name, identifier, scopes }, ofApi) => ({
        name,
        identifier,
        scopes: scopes.slice(0, 4).map(({ value, description }, at) => ({
          field: `scope-${ofApi}${at}`,
          value: `${identifier} ${value}`,
          description,
          checked: at === 1,
        })),
      })),
      lifetimes: [7, 30, 365].map((days) => ({ seconds: days * 86_400, selected: days === 30 })),
    },
    'no name': { csrf: 'csrf-value', error: 'name', apis: oneApi, lifetimes: [{ seconds: 86_400, selected: true }] },
    fresh: { csrf: 'csrf-value', apis: oneApi, lifetimes: [{ seconds: 86_400, selected: true }] },
    'no API': { csrf: 'csrf-value', apis: [], lifetimes: [] },
  },
  'account/token-created': {
    complete: {
      name: 'Nightly backup',
      value: 'gth_pat_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O50Zb5Hm',
      expiresAt: inDays(30),
      access: ['Photos: See your photos', 'Archive: See the archive'],
    },
  },
};
