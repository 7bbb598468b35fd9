/**
 * A machine client: there is no user to sign in, so it gets tokens in its own name (client credentials, RFC 6749 §4.4),
 * one for each API that it calls.
 */
import {
  allowInsecureRequests,
  clientCredentialsGrant,
  ClientSecretBasic,
  discovery,
  fetchProtectedResource,
} from 'openid-client';

export interface NightlyOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The identifiers of the two APIs, and the address of both. */
  readonly photosResource: string;
  readonly archiveResource: string;
  readonly photosUrl: string;
}

async function expectOk(response: Response): Promise<unknown> {
  if (!response.ok) {
    throw new Error(
      `${response.url} answered ${response.status} ${response.headers.get('www-authenticate') ?? ''}`.trim(),
    );
  }
  return await response.json();
}

/** Publishes the picture of the day, then reads the numbers of the archive. @returns one line for each thing done */
export async function run(options: NightlyOptions): Promise<readonly string[]> {
  const server = await discovery(
    new URL(options.issuer),
    options.clientId,
    undefined,
    ClientSecretBasic(options.clientSecret),
    {
      // Plain http is allowed for a server on this machine only.
      execute: options.issuer.startsWith('http:') ? [allowInsecureRequests] : [],
    },
  );
  // `resource` names the API that a token is for. The other API rejects it (RFC 8707).
  const forPhotos = await clientCredentialsGrant(server, { resource: options.photosResource, scope: 'photos:write' });
  const forArchive = await clientCredentialsGrant(server, { resource: options.archiveResource, scope: 'archive:read' });

  const title = `Picture of the day, ${new Date().toISOString().slice(0, 10)}`;
  const published = await fetchProtectedResource(
    server,
    forPhotos.access_token,
    new URL(`${options.photosUrl}/photos`),
    'POST',
    JSON.stringify({ title }),
    new Headers({ 'content-type': 'application/json' }),
  );
  await expectOk(published);

  const numbers = await expectOk(
    await fetchProtectedResource(server, forArchive.access_token, new URL(`${options.photosUrl}/archive`), 'GET'),
  );
  return [`published "${title}"`, `archive: ${JSON.stringify(numbers)}`];
}
