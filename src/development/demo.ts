/**
 * The demo data of a development server: the APIs and clients of `examples/`, and a user. The secrets are random and
 * passed in by the caller. The addresses are the examples' default ports on `127.0.0.1`, which is another site than the
 * server's `localhost`.
 */
import type { Clock } from '../clock.ts';
import { ConflictError } from '../errors.ts';
import type { InstallationRepository } from '../storage/repositories/installation.ts';
import type { ApiService, NewApi } from '../services/clients/apis.ts';
import type { Actor } from '../services/foundation/audit.ts';
import type { ClientService, NewClient } from '../services/clients/clients.ts';
import type { UserService } from '../services/users/users.ts';
import type { DemoUser } from './secrets.ts';

export interface DemoDefinitions {
  readonly apis: readonly NewApi[];
  /** Each has an `id`, which the examples use. */
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
      personalTokens: true,
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
      // A first-party app: users are not asked for consent.
      firstParty: true,
    },
    { id: 'nightly', name: 'Nightly job', type: 'machine', apis: [photos, archive] },
    // The Photos API as a client of the server: it introspects the archive's opaque tokens.
    { id: 'photos-api', name: 'Photos API', type: 'machine', apis: [archive] },
  ],
};

const seeded = 'demo-seed';
const system: Actor = { actor: 'system' };

/** The demo clients that authenticate with a secret. */
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
 * Creates the demo APIs, clients and user, once for each database. Later changes and deletions are kept.
 * @param secrets the clients' secrets by client id
 * @param user absent if other machines may reach the server
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

/** Commands for the card that work when pasted into a terminal. */
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
      title: 'An opaque token, and its introspection',
      curl: `curl -s ${issuer}/introspect ${nightly} -d token=$(curl -s ${issuer}/token ${nightly} -d grant_type=client_credentials -d resource=${archive} -d scope=archive:read | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    },
    { title: 'The metadata that apps discover', curl: `curl -s ${issuer}/.well-known/openid-configuration` },
  ];
}
