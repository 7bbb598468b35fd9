/** The document about an API that clients read (RFC 9728). With a server: matrix.test.ts. */
import { expect } from 'chai';
import { guard } from '../../src/guard/index.ts';
import { challengeOf } from './apps.ts';

const issuer = 'https://login.example';

describe('the protected-resource metadata of the guard', () => {
  async function documentAt(url: string, audience: string, scopes: readonly string[] = []): Promise<unknown> {
    const photos = guard({ issuer, audience }).fetch();
    photos.require(...scopes);
    return photos.metadata(new Request(url))?.json();
  }

  it('is at the path of the identifier, behind the well-known path, and at that alone (RFC 9728 §3.1)', async () => {
    for (const [audience, path] of [
      ['https://photos.example', ''],
      ['https://photos.example/', ''],
      ['https://photos.example/api', '/api'],
      ['https://photos.example/api/', '/api/'],
      ['https://photos.example/api/?tenant=1', '/api/?tenant=1'],
    ] as const) {
      const address = `https://photos.example/.well-known/oauth-protected-resource${path}`;
      const photos = guard({ issuer, audience }).fetch();
      const refused = await photos.require()(() => new Response())(new Request('https://photos.example/photos'));
      expect(challengeOf(refused), audience).to.equal(`Bearer resource_metadata="${address}"`);
      for (const url of [address, 'https://photos.example/.well-known/oauth-protected-resource']) {
        expect(await documentAt(url, audience), url).to.include({ resource: audience });
      }
      expect(await documentAt('https://photos.example/.well-known/elsewhere', audience)).to.equal(undefined);
    }
  });

  it('has the scopes that routes need, and no list of them without any (RFC 9728 §3.2)', async () => {
    const url = 'https://photos.example/.well-known/oauth-protected-resource/api';
    const audience = 'https://photos.example/api';
    expect(await documentAt(url, audience, ['photos:write', 'photos:read'])).to.deep.include({
      scopes_supported: ['photos:read', 'photos:write'],
    });
    expect(await documentAt(url, audience)).not.to.have.property('scopes_supported');
  });
});
