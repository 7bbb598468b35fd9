/**
 * What a development server knows from its first start: the APIs and clients of `examples/`. Plain data, without
 * secrets: those are random and made where it is seeded. The addresses are the examples' default ports on `127.0.0.1`,
 * another site than the server's `localhost`.
 */
import type { NewApi } from './apis.ts';
import type { NewClient } from './clients.ts';

export interface DemoDefinitions {
  readonly apis: readonly NewApi[];
  /** Each has an `id`, which the examples know it by. */
  readonly clients: readonly (NewClient & { readonly id: string })[];
}

const photos = 'http://127.0.0.1:4003';
const archive = 'http://127.0.0.1:4003/archive';

export const demoDefinitions: DemoDefinitions = {
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
