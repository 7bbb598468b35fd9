/**
 * What a development server knows from its first start: the APIs and clients of `examples/`, and a user to sign in as.
 * Plain data, without secrets: those are random and made where it is seeded. The addresses are the examples' default
 * ports on `127.0.0.1`, another site than the server's `localhost`.
 */
import type { Clock } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import type { ApiService, NewApi } from '../services/apis.ts';
import type { Actor } from '../services/audit.ts';
import type { ClientService, NewClient } from '../services/clients.ts';
import type { UserService } from '../services/users.ts';
import type { DemoUser } from './secrets.ts';

export interface DemoDefinitions {
  readonly apis: readonly NewApi[];
  /** Each has an `id`, which the examples know it by. */
  readonly clients: readonly (NewClient & { readonly id: string })[];
}

const photos = 'http://127.0.0.1:4003';
const archive = 'http://127.0.0.1:4003/archive';

const demoDefinitions: DemoDefinitions = {
  apis: [
    {
      identifier: photos,
      name: 'Photos',
      tokenFormat: 'jwt',
      scopes: [
        { value: 'photos:read', description: 'See your photos' },
        { value: 'photos:write', description: 'Add photos to your library' },
      ],
    },
    {
      identifier: archive,
      name: 'Photo archive',
      tokenFormat: 'opaque',
      scopes: [{ value: 'archive:read', description: 'See what is in the archive' }],
    },
  ],
  clients: [
    {
      id: 'prints',
      name: 'Prints',
      type: 'web',
      redirectUris: ['http://127.0.0.1:4001/callback'],
      postLogoutRedirectUris: ['http://127.0.0.1:4001/'],
      backchannelLogoutUri: 'http://127.0.0.1:4001/backchannel-logout',
      apis: [photos],
      color: '#8f4426',
    },
    {
      id: 'calendar',
      name: 'Calendar',
      type: 'browser',
      redirectUris: ['http://127.0.0.1:4002/'],
      postLogoutRedirectUris: ['http://127.0.0.1:4002/'],
      color: '#2a5f8f',
      // The operator's own: people are not asked for consent.
      firstParty: true,
    },
    { id: 'nightly', name: 'Nightly job', type: 'machine', apis: [photos, archive] },
    // The Photos API as a client of the server: it introspects the archive's opaque tokens.
    { id: 'photos-api', name: 'Photos API', type: 'machine', apis: [archive] },
  ],
};

const seeded = 'demo-seed';
const system: Actor = { actor: 'system' };

/** The demo clients that authenticate by a secret. */
export const demoClientsWithSecret: readonly string[] = demoDefinitions.clients
  .filter(({ type }) => type === 'web' || type === 'machine')
  .map(({ id }) => id);

async function unlessThere(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof ConflictError)) {
      throw error;
    }
  }
}

/**
 * Creates the demo APIs, clients and user in a database that never had them; what is changed or deleted later stays so.
 * @param secrets the clients' secrets by client id
 * @param user none where others may reach the server
 */
export async function seedDemo(
  services: {
    readonly apis: ApiService;
    readonly clients: ClientService;
    readonly users: UserService;
    readonly installation: InstallationRepository;
    readonly clock: Clock;
  },
  secrets: Readonly<Record<string, string>>,
  user: DemoUser | undefined,
): Promise<void> {
  const { apis, clients, users, installation, clock } = services;
  if ((await installation.find(seeded)) !== null) {
    return;
  }
  for (const api of demoDefinitions.apis) {
    await unlessThere(() => apis.create(api, system));
  }
  for (const client of demoDefinitions.clients) {
    await unlessThere(() => clients.create(client, system, secrets[client.id]));
  }
  if (user !== undefined) {
    await unlessThere(() => users.create({ ...user, emailVerified: true, profile: { name: 'Dana Demo' } }, system));
  }
  await installation.claim({ _id: seeded, value: 'done', at: clock.now() });
}

/** Lines for the first start's card that work when pasted. */
export function demoLines(
  issuer: string,
  secrets: Readonly<Record<string, string>>,
): readonly { readonly title: string; readonly curl: string }[] {
  const nightly = `-u 'nightly:${secrets['nightly'] ?? ''}'`;
  return [
    {
      title: 'A token for a machine client: the nightly job may read photos',
      curl: `curl -s ${issuer}/token ${nightly} -d grant_type=client_credentials -d resource=${photos} -d scope=photos:read`,
    },
    {
      title: 'An opaque one, and what the server says of it',
      curl: `curl -s ${issuer}/introspect ${nightly} -d token=$(curl -s ${issuer}/token ${nightly} -d grant_type=client_credentials -d resource=${archive} -d scope=archive:read | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    },
    { title: 'What apps discover', curl: `curl -s ${issuer}/.well-known/openid-configuration` },
  ];
}
