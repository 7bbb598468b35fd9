/** The APIs and clients of the model, and how they are registered, also again after they were deleted. */
import type { TestServer } from '../support/server.ts';
import { archive, photos, type AppClient } from '../support/app.ts';

type Services = TestServer['services'];
export type ApiRegistration = Parameters<Services['apis']['create']>[0];
type ClientRegistration = Parameters<Services['clients']['create']>[0];
export type Exchange = NonNullable<ClientRegistration['mayExchange']>[number];

export interface AppRegistration {
  /** The client's id, so that it is the same after a deletion. */
  readonly id: string;
  readonly type: 'web' | 'browser' | 'machine';
  readonly firstParty?: boolean;
  readonly apis: readonly string[];
  readonly mayExchange?: readonly Exchange[];
}

/** Who changes a registration. */
export const operator = { actor: 'system' } as const;

const ledger = 'https://ledger.example/api';

function scopes(...values: readonly string[]): ApiRegistration['scopes'] {
  return values.map((value) => ({ value, description: value }));
}

export const apiRegistrations: readonly ApiRegistration[] = [
  { identifier: photos, name: 'Photos', tokenFormat: 'jwt', scopes: scopes('photos:read', 'photos:write') },
  { identifier: archive, name: 'Archive', tokenFormat: 'opaque', scopes: scopes('archive:read', 'archive:write') },
  { identifier: ledger, name: 'Ledger', tokenFormat: 'jwt', scopes: scopes('ledger:read') },
].map((api) => ({ ...api, tokenFormat: api.tokenFormat as 'jwt' | 'opaque', personalTokens: true }));

const ofArchive = ['archive:read', 'archive:write'];

/** Apps of users, and for each API a machine client that asks about tokens and exchanges them in the API's name. */
export const appRegistrations: readonly AppRegistration[] = [
  {
    id: 'prints',
    type: 'web',
    apis: [photos, archive, ledger],
    mayExchange: [{ from: photos, to: archive, scopes: ofArchive }],
  },
  { id: 'gallery', type: 'web', firstParty: true, apis: [photos, archive] },
  { id: 'calendar', type: 'browser', apis: [photos, archive] },
  {
    id: 'photos-api',
    type: 'machine',
    apis: [photos],
    mayExchange: [
      { from: photos, to: archive, scopes: ofArchive },
      { from: photos, to: ledger, scopes: ['ledger:read'] },
    ],
  },
  {
    id: 'archive-api',
    type: 'machine',
    apis: [archive],
    mayExchange: [
      { from: archive, to: ledger, scopes: ['ledger:read'] },
      { from: archive, to: photos, scopes: ['photos:read'] },
    ],
  },
  {
    id: 'ledger-api',
    type: 'machine',
    apis: [ledger],
    mayExchange: [{ from: ledger, to: archive, scopes: ['archive:read'] }],
  },
];

/** The machine client of each API, by the API's identifier. */
export const machineOf: Readonly<Record<string, string>> = {
  [photos]: 'photos-api',
  [archive]: 'archive-api',
  [ledger]: 'ledger-api',
};

/** The API that has this scope; undefined for scopes of OpenID Connect. */
export function apiOfScope(scope: string): string | undefined {
  return apiRegistrations.find((api) => api.scopes.some(({ value }) => value === scope))?.identifier;
}

/** Registers a client. Nothing listens at its redirect URI: the model does not follow the redirect to the app. */
export async function registerClient({ clients }: Services, registration: AppRegistration): Promise<AppClient> {
  const { id, type } = registration;
  const redirectUri = `http://127.0.0.1:9/${id}`;
  const { secret } = await clients.create(
    {
      ...clientFields(registration),
      id,
      name: id,
      type,
      ...(type === 'machine' ? {} : { redirectUris: [redirectUri] }),
    },
    operator,
  );
  return { clientId: id, secret, redirectUri };
}

function clientFields({ apis, firstParty = false, mayExchange = [] }: AppRegistration) {
  return { apis: [...apis], ...(firstParty ? { firstParty } : {}), mayExchange: [...mayExchange] };
}

/** Gives an API back to all clients that had it, or had rules for it, before it or its scopes were removed. */
export async function giveBackApi({ clients }: Services, identifier: string): Promise<void> {
  const concerned = appRegistrations.filter(
    ({ apis, mayExchange = [] }) => apis.includes(identifier) || mayExchange.some(({ to }) => to === identifier),
  );
  await Promise.all(
    concerned.map(async ({ id, apis, mayExchange = [] }) =>
      clients.update(id, { apis: [...apis], mayExchange: [...mayExchange] }, operator),
    ),
  );
}
