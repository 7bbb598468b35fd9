import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { Provider, type Adapter } from 'oidc-provider';
import { manualClock } from '../../src/clock.ts';
import { accountClientId } from '../../src/oidc/account-client.ts';
import { findStoredClients } from '../../src/oidc/client-lookup.ts';
import { ownMetadata, secretDigestsOf } from '../../src/oidc/client-metadata.ts';
import type { ClientDocument } from '../../src/storage/collections.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const start = new Date('2026-01-01T00:00:00Z');

function stored(fields: Partial<ClientDocument> = {}): ClientDocument {
  return {
    _id: 'job',
    revision: 'first',
    name: 'Job',
    type: 'machine',
    redirectUris: [],
    postLogoutRedirectUris: [],
    allowedOrigins: [],
    grantTypes: ['client_credentials'],
    authMethod: 'client_secret_basic',
    secrets: [{ id: 's1', digest: 'digest of s1', createdAt: start }],
    apis: [],
    idTokenAlg: 'ES256',
    firstParty: true,
    createdAt: start,
    updatedAt: start,
    ...fields,
  };
}

/** An engine with the clients that `present` contains. */
function setUp(present: ClientDocument[]) {
  const clock = manualClock(start);
  const provider = new Provider('https://login.example', {
    clients: [
      {
        client_id: accountClientId,
        redirect_uris: ['https://login.example/account/signed-in'],
        token_endpoint_auth_method: 'none',
      },
    ],
    adapter: () => ({}) as Adapter,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256' }] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    extraClientMetadata: { properties: [...ownMetadata] },
    responseTypes: ['code'],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  });
  const asked: string[] = [];
  findStoredClients(provider, {
    clock,
    clients: {
      find: async (id) => {
        asked.push(id);
        return present.find(({ _id }) => _id === id) ?? null;
      },
    },
  });
  return { clock, asked, find: (id: unknown) => provider.Client.find(id as string) };
}

describe('the lookup of clients', () => {
  it('keeps the client of the engine while the stored one does not change, also if it was read again', async () => {
    const present = [stored()];
    const { find } = setUp(present);
    const client = await find('job');
    expect(client).to.include({ clientId: 'job', clientName: 'Job' });
    present[0] = stored();
    expect(await find('job')).to.equal(client);
  });

  it('makes another client when the stored one has changed, and finds none when it was deleted', async () => {
    const present = [stored()];
    const { find } = setUp(present);
    await find('job');
    present[0] = stored({ name: 'Renamed', revision: 'second' });
    expect(await find('job')).to.include({ clientName: 'Renamed' });
    present.length = 0;
    expect(await find('job')).to.equal(undefined);
  });

  it('leaves out a secret from the moment it expires', async () => {
    const old = { id: 's0', digest: 'digest of s0', createdAt: start, expiresAt: new Date(start.getTime() + 60_000) };
    const { clock, find } = setUp([stored({ secrets: [old, ...stored().secrets] })]);
    const digests = async (): Promise<readonly string[]> => {
      const client = await find('job');
      return client === undefined ? [] : secretDigestsOf(client);
    };
    clock.advance(59);
    expect(await digests()).to.deep.equal(['digest of s0', 'digest of s1']);
    clock.advance(1);
    expect(await digests()).to.deep.equal(['digest of s1']);
  });

  it('keeps more clients than the hundred of the engine', async () => {
    const present = Array.from({ length: 150 }, (_, at) => stored({ _id: `job-${at}` }));
    const { find } = setUp(present);
    const ids = present.map(({ _id }) => _id);
    const first = await Promise.all(ids.map(find));
    expect(await Promise.all(ids.map(find))).to.have.ordered.members(first);
  });

  it('finds the client of the account page, which is not stored, and none by what is not an id', async () => {
    const { asked, find } = setUp([]);
    expect(await find(accountClientId)).to.include({ clientId: accountClientId });
    expect([await find(''), await find(undefined), await find(['job'])]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(asked).to.deep.equal([]);
  });
});
