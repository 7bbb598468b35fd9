import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

const photos = 'https://photos.example/api';
const archive = 'https://archive.example/api';
const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const rule = `${photos} ${archive} archive:read`;
const machine = ['client', 'create', '--type', 'machine', '--name', 'Photos', '--api', photos];

onEachDatabase('gatehouse client --may-exchange', (installation) => {
  beforeEach(() =>
    installation().withServices(async ({ apis }) => {
      for (const [identifier, name] of [
        [photos, 'photos'],
        [archive, 'archive'],
      ] as const) {
        const scopes = ['read', 'write'].map((verb) => ({ value: `${name}:${verb}`, description: `${verb} it` }));
        await apis.create({ identifier, name, tokenFormat: 'jwt', scopes }, { actor: 'system' });
      }
    }),
  );
  afterEach(() =>
    installation().withServices(async ({ apis, clients }) => {
      for (const { _id } of await apis.list()) {
        await apis.remove(_id, { actor: 'system' });
      }
      for (const { _id } of await clients.list()) {
        await clients.remove(_id, { actor: 'system' });
      }
    }),
  );

  async function shown(id: string): Promise<Readonly<Record<string, unknown>>> {
    const { token_exchange: rules, grant_types: grantTypes } = (await installation().json(['client', 'show', id]))
      .document;
    return { rules, mayExchange: (grantTypes as readonly string[]).includes(grantType) };
  }

  const nothing = { rules: [], mayExchange: false };
  const allowed = { rules: [{ from: photos, to: archive, scopes: ['archive:read'] }], mayExchange: true };

  it('is needed: without it a client exchanges nothing', async () => {
    await installation().gatehouse([...machine, '--id', 'photos']);
    expect(await shown('photos')).to.deep.equal(nothing);
  });

  it('allows a client the exchange of tokens, which client show and the audit name', async () => {
    await installation().gatehouse([...machine, '--id', 'photos', '--may-exchange', rule]);
    expect(await shown('photos')).to.deep.equal(allowed);
    const { stdout } = await installation().gatehouse(['client', 'show', 'photos']);
    expect(stdout).to.contain(`${photos} for ${archive}: archive:read`);
    const { document } = await installation().json(['audit', 'list', '--type', 'client.created']);
    const [event] = document['events'] as readonly Readonly<Record<string, unknown>>[];
    expect(event?.['detail']).to.include({ mayExchange: `${photos} for ${archive}: archive:read` });
  });

  it('finds an API by any spelling of its address, and several scopes', async () => {
    const spelled = 'HTTPS://photos.example:443/api https://archive.example/api archive:read archive:write';
    await installation().gatehouse([...machine, '--id', 'photos', '--may-exchange', spelled]);
    expect((await shown('photos'))['rules']).to.deep.equal([
      { from: photos, to: archive, scopes: ['archive:read', 'archive:write'] },
    ]);
  });

  it('replaces all rules, and with an empty value removes them', async () => {
    await installation().gatehouse([...machine, '--id', 'photos', '--may-exchange', rule]);
    const narrower = `${photos} ${photos} photos:read`;
    await installation().gatehouse(['client', 'update', 'photos', '--may-exchange', narrower]);
    expect((await shown('photos'))['rules']).to.deep.equal([{ from: photos, to: photos, scopes: ['photos:read'] }]);
    await installation().gatehouse(['client', 'update', 'photos', '--may-exchange', '']);
    expect(await shown('photos')).to.deep.equal(nothing);
  });

  it('ends with the API that it is from or to, also where an API with the same identifier is created later', async () => {
    for (const api of [photos, archive]) {
      await installation().gatehouse([...machine, '--id', `of-${api.slice(8, 13)}`, '--may-exchange', rule]);
      await installation().gatehouse(['api', 'delete', api]);
      expect(await shown(`of-${api.slice(8, 13)}`), api).to.deep.equal(nothing);
      const recreate = ['api', 'create', '--identifier', api, '--name', 'Again', '--token-format', 'jwt'];
      await installation().gatehouse([...recreate, '--scope', 'archive:read=Read it', '--scope', 'photos:read=Read']);
      expect(await shown(`of-${api.slice(8, 13)}`), api).to.deep.equal(nothing);
    }
  });

  it('ends when the API that it is from is taken from the client', async () => {
    await installation().gatehouse([...machine, '--id', 'photos', '--may-exchange', rule]);
    await installation().gatehouse(['client', 'update', 'photos', '--api', archive]);
    expect(await shown('photos')).to.deep.equal(nothing);
  });

  it('is rejected for what does not exist, for an API that the client does not have, and for a public client', async () => {
    const browserApp = ['client', 'create', '--type', 'browser', '--name', 'Page', '--api', photos, '--api', archive];
    const webApp = ['client', 'create', '--type', 'web', '--name', 'App', '--redirect-uri', 'https://a.example/cb'];
    for (const [command, given, message] of [
      [machine, 'https://unknown.example https://archive.example/api archive:read', 'No API has the identifier'],
      [machine, `${photos} https://unknown.example archive:read`, 'No API has the identifier'],
      [machine, `${photos} ${archive} photos:read`, 'has no scope "photos:read"'],
      [machine, `${archive} ${photos} photos:read`, `"${archive}" is not one of the client's APIs`],
      [machine, `${photos} ${archive}`, 'Expected'],
      [machine, photos, 'Expected'],
      [[...browserApp, '--redirect-uri', 'https://b.example/cb'], rule, 'A public client exchanges no tokens'],
      [[...webApp, '--api', photos], rule, `"${archive}" is not one of the client's APIs`],
    ] as const) {
      const { exitCode, stderr } = await installation().gatehouse([...command, '--may-exchange', given]);
      expect({ exitCode, stderr }, given).to.have.property('exitCode', 2);
      expect(stderr).to.contain('--may-exchange').and.to.contain(message);
    }
    const twice = [...machine, '--may-exchange', rule, '--may-exchange', rule];
    expect((await installation().gatehouse(twice)).stderr).to.contain('Two rules are from');
  });
});
