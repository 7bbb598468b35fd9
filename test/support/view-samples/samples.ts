/** What the samples of several areas share. */

export type Samples<M> = {
  readonly [K in keyof M]: { readonly complete: Required<M[K]> } & Readonly<Record<string, M[K]>>;
};

/** The current time for the samples. */
export const sampleNow = new Date('2026-11-24T15:31:00Z');
export const day = 86_400_000;
export const before = (milliseconds: number): Date => new Date(sampleNow.getTime() - milliseconds);
export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
export const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
export const ada = { email: 'ada@example.com', name: 'Ada Lovelace' };
export const photos = {
  name: 'Photos',
  identifier: 'https://photos.example/api',
  scopes: [
    { value: 'photos:read', description: 'See your photos' },
    { value: 'photos:write', description: 'Add photos and change them' },
  ],
  receives: [
    { name: 'https://photos.example/email', scope: 'email' },
    { name: 'groups', scope: 'groups' },
  ],
};
export const archive = {
  name: 'Archive',
  identifier: 'https://archive.example/api',
  scopes: Array.from({ length: 18 }, (_, index) => ({
    value: `archive:part-${index + 1}`,
    description: `Read part ${index + 1} of the archive, with everything that was ever put into it`,
  })),
  receives: [],
};
