import { expect } from 'chai';
import { describeAppSettings } from '../../src/presets/app-settings.ts';

const api = (name: string) => ({ identifier: `https://${name}.example/api`, scopes: [`${name}:read`] });

describe('the settings of an app', () => {
  it('say that a token is for one of several APIs (RFC 8707 §2)', () => {
    const printed = (apis: readonly ReturnType<typeof api>[]): string | undefined =>
      describeAppSettings({
        issuer: 'https://id.example',
        client: { type: 'machine', authMethod: 'client_secret_basic', redirectUris: [], idTokenAlg: 'ES256' },
        pkce: 'required',
        apis,
      })['resource'];
    expect(printed([])).to.equal(undefined);
    expect(printed([api('photos')])).to.equal('https://photos.example/api');
    expect(printed([api('photos'), api('archive')])).to.equal(
      'https://photos.example/api\nhttps://archive.example/api\none of them in each token request',
    );
  });

  it('name the grant of a machine: assertions alone, if it has neither secret nor key (RFC 7523 §2.1)', () => {
    const grantType = (authMethod: 'none' | 'client_secret_basic'): string | undefined =>
      describeAppSettings({
        issuer: 'https://id.example',
        client: { type: 'machine', authMethod, redirectUris: [], idTokenAlg: 'ES256' },
        pkce: 'required',
        apis: [],
      })['grant_type'];
    expect(grantType('none')).to.equal('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(grantType('client_secret_basic')).to.equal('client_credentials');
  });
});
