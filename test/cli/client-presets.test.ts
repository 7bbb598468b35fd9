import { expect } from 'chai';
import { loadPreset, presetNames } from '../../src/presets/load.ts';
import { onEachDatabase, type Installation } from './installation.ts';

const photos = 'https://photos.example/api';
const grafana = ['client', 'create', '--for', 'grafana'];
const at = ['--url', 'https://grafana.example.com'];

interface Printed {
  readonly preset: string;
  readonly sections: readonly { readonly where: string; readonly text: string }[];
  readonly notes: readonly string[];
}

function textOf(document: Readonly<Record<string, unknown>>): string {
  const { sections } = document['configuration'] as Printed;
  return sections.map(({ text }) => text).join('\n');
}

/** What the operator must give, by the preset's own examples. */
function needed(name: string): readonly string[] {
  return Object.entries(loadPreset(name).needs).flatMap(([option, example]) => [
    `--${option}`,
    option === 'api' ? photos : (example ?? ''),
  ]);
}

onEachDatabase('gatehouse client, with a preset', (installation) => {
  before(() =>
    installation().withServices(({ apis }) =>
      apis.create(
        {
          identifier: photos,
          name: 'Photos',
          tokenFormat: 'jwt',
          scopes: [{ value: 'photos:read', description: 'See your photos' }],
        },
        { actor: 'system' },
      ),
    ),
  );

  it('registers what the software needs and prints its configuration, with the secret', async () => {
    const { exitCode, document } = await installation().json([...grafana, ...at, '--id', 'grafana']);
    expect(exitCode).to.equal(0);
    expect(document).to.deep.include({
      client_id: 'grafana',
      client_name: 'Grafana',
      type: 'web',
      redirect_uris: ['https://grafana.example.com/login/generic_oauth'],
      post_logout_redirect_uris: ['https://grafana.example.com/login'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'ES256',
    });
    const lines = textOf(document).split('\n');
    expect(lines).to.include('client_id = grafana');
    expect(lines).to.include(`client_secret = ${String(document['client_secret'])}`);
    expect(lines).to.include(`token_url = ${installation().issuer}/token`);
    const { stdout } = await installation().gatehouse([...grafana, ...at]);
    expect(stdout).to.match(/^Secret: (gth_cs_\S+)$[^]*^In grafana\.ini:$[^]*^client_secret = \1$/m);
  });

  it('prints it again for a client that exists, without the secret, and says how to get another', async () => {
    const { json, gatehouse } = installation();
    await json([...grafana, '--url', 'https://example.com/grafana/', '--id', 'again']);
    const shown = await json(['client', 'show', 'again', '--for', 'grafana']);
    expect(textOf(shown.document).split('\n'))
      .to.include.members(['root_url = https://example.com/grafana/', 'client_secret = THE-SECRET-YOU-KEPT'])
      .and.include('client_id = again');
    const { stdout } = await gatehouse([
      'client',
      'show',
      'again',
      '--for',
      'grafana',
      '--url',
      'https://other.example',
    ]);
    expect(stdout)
      .to.include('root_url = https://other.example/\n')
      .and.include('gatehouse client rotate-secret again');
  });

  it('prints the configuration alone with --print, and needs --for for that', async () => {
    const { json, gatehouse } = installation();
    await json([...grafana, '--url', 'https://example.com/grafana/', '--id', 'alone']);
    const show = ['client', 'show', 'alone', '--print'];
    expect(Object.keys((await json([...show, '--for', 'grafana'])).document)).to.deep.equal(['configuration']);
    const { stdout } = await gatehouse([...show, '--for', 'grafana']);
    expect(stdout).to.include('client_id = alone').and.not.include('Redirect URIs:');
    const { exitCode, stderr } = await gatehouse(show);
    expect(exitCode).to.equal(2);
    expect(stderr).to.include('--print: Expected --for');
  });

  it('lets every other option win', async () => {
    const { document } = await installation().json([
      ...grafana,
      '--name',
      'Dashboards',
      '--redirect-uri',
      'https://d.example/login/generic_oauth',
      '--id-token-alg',
      'RS256',
      '--auth-method',
      'client_secret_post',
      '--api',
      photos,
      '--first-party',
    ]);
    expect(document).to.deep.include({
      client_name: 'Dashboards',
      redirect_uris: ['https://d.example/login/generic_oauth'],
      post_logout_redirect_uris: ['https://d.example/login'],
      id_token_signed_response_alg: 'RS256',
      token_endpoint_auth_method: 'client_secret_post',
      apis: [photos],
      first_party: true,
    });
    expect(textOf(document)).to.include('root_url = https://d.example/\n');
  });

  it('prints the secret alone with --secret-only', async () => {
    const { stdout } = await installation().gatehouse([...grafana, ...at, '--secret-only']);
    expect(stdout).to.match(/^gth_cs_[\w-]{43}\n$/);
  });

  it('prints no configuration for a client that cannot be used for it', async () => {
    const { gatehouse, json } = installation();
    await gatehouse(['client', 'create', '--id', 'job', '--name', 'Job', '--type', 'machine']);
    for (const more of [[], at]) {
      const { exitCode, document } = await json(['client', 'show', 'job', '--for', 'grafana', ...more]);
      expect(exitCode).to.equal(2);
      expect(document).to.have.nested.property(
        'error.message',
        '--for: Grafana needs a web client; "job" is a machine client.',
      );
    }
  });

  it('says what is missing or wrong, by the option', async () => {
    const refused: readonly (readonly [readonly string[], string, string])[] = [
      [['--for', 'grafna', ...at], 'for', 'There is no preset "grafna"; did you mean grafana?'],
      [['--for', '../default', ...at], 'for', 'There is no preset "../default". "gatehouse client presets" lists'],
      [['--for', 'django'], 'for', 'did you mean django-allauth or django-oauth-toolkit or mozilla-django-oidc?'],
      [['--for', 'grafana'], 'url', 'Expected the address of Grafana, such as --url https://grafana.example.com'],
      [['--for', 'grafana', '--url', ''], 'url', 'such as https://grafana.example.com, not "".'],
      [['--for', 'grafana', '--url', 'grafana.example.com'], 'url', 'not "grafana.example.com".'],
      [['--for', 'grafana', '--url', 'ftp://grafana.example.com'], 'url', 'not "ftp://grafana.example.com".'],
      [['--for', 'grafana', '--url', 'http://grafana.example.com'], 'url', 'must use https'],
      [['--for', 'grafana', '--url', 'https://a:b@grafana.example.com'], 'url', 'credentials'],
      [['--for', 'grafana', '--url', 'https://grafana.example.com/?a'], 'url', 'without a query'],
      [['--for', 'grafana', '--url', "https://grafana.example.com/'$(x)"], 'url', 'its path may have letters'],
      [['--for', 'traefik', '--url', 'https://a`id`.example.com'], 'url', 'its host may have letters'],
      [['--for', 'vaultwarden', '--url', 'https://$(id)'], 'url', 'its host may have letters'],
      [['--for', 'argocd', '--url', 'https://a"b'], 'url', 'its host may have letters'],
      [['--for', 'grafana', ...at, '--redirect-uri', 'http://x.example/'], 'redirect-uri', 'must use https'],
      [['--name', 'Prints', '--type', 'web', ...at], 'url', 'expected --for, too'],
      [['--for', 'appauth', '--name', 'Prints'], 'redirect-uri', 'such as --redirect-uri com.example.app:/'],
      [['--for', 'mcp-client', '--name', 'Prints'], 'api', 'such as --api https://mcp.example.com'],
      [['--for', 'mcp-client', '--api', photos], 'name', 'such as --name Prints'],
      [['--for', 'mcp-client', ...at], 'url', 'has no address of its own: leave out --url.'],
      [['--type', 'machine'], 'name', 'Expected --name, or --for'],
      [['--name', 'Prints'], 'type', 'Expected --type, or --for'],
    ];
    for (const [options, option, message] of refused) {
      const { exitCode, document } = await installation().json(['client', 'create', ...options]);
      expect(exitCode, options.join(' ')).to.equal(2);
      expect(document).to.have.nested.property('error.field', option);
      expect(document).to.have.nested.property('error.message').that.includes(message);
    }
  });

  it('lists the presets, and shows one', async () => {
    const { json, gatehouse } = installation();
    const { document } = await json(['client', 'presets']);
    const listed = document['presets'] as readonly Readonly<Record<string, unknown>>[];
    expect(listed.map(({ name }) => name)).to.deep.equal(presetNames());
    expect((await gatehouse(['client', 'presets'])).stdout).to.match(/^grafana +Grafana +software +written from/m);
    const { source, version } = loadPreset('grafana');
    const { stdout } = await gatehouse(['client', 'presets', 'grafana']);
    expect(stdout)
      .to.include('<url>/login/generic_oauth')
      .and.include(source)
      .and.include(version)
      .and.include('gatehouse client create --for grafana --url https://grafana.example.com\n')
      .and.include('In grafana.ini:\n')
      .and.include('client_id = ${clientId}\n');
    expect((await json(['client', 'presets', 'grafana'])).document).to.deep.include({ name: 'grafana', source });
    const unknown = await json(['client', 'presets', 'grafna']);
    expect(unknown.exitCode).to.equal(3);
    expect(unknown.document).to.have.nested.property('error.message').that.includes('did you mean grafana?');
  });

  for (const name of presetNames()) {
    it(`registers ${name}, and prints its configuration twice`, async () => {
      await registersAndPrints(installation(), name);
    });
  }
});

async function registersAndPrints({ json, issuer }: Installation, name: string): Promise<void> {
  const { exitCode, document } = await json(['client', 'create', '--for', name, ...needed(name)]);
  expect(exitCode, JSON.stringify(document)).to.equal(0);
  const { client } = loadPreset(name);
  expect(document['type']).to.equal(client.type);
  const pkce = client.type === 'machine' ? undefined : client.pkce;
  expect(document['pkce']).to.equal(pkce);
  const id = String(document['client_id']);
  const secret = document['client_secret'];
  expect(secret !== undefined).to.equal(client.authMethod !== 'none');
  const printed = JSON.stringify(document['configuration']);
  expect(printed).to.include(id).and.include(issuer);
  expect(printed.includes('gth_cs_')).to.equal(secret !== undefined);
  expect(printed).to.not.match(/\$\{|THE-SECRET|NO-SECRET/);
  const again = await json(['client', 'show', id, '--for', name]);
  expect(again.exitCode).to.equal(0);
  const shownAgain = JSON.parse(
    JSON.stringify(again.document['configuration']).replaceAll('THE-SECRET-YOU-KEPT', String(secret)),
  ) as Printed;
  expect(shownAgain.sections).to.deep.equal((document['configuration'] as Printed).sections);
}
