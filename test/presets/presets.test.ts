import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { parse } from 'yaml';
import { ConfigurationError } from '../../src/errors.ts';
import { configurationOf } from '../../src/presets/configuration.ts';
import { loadPreset, parsePreset, presetNames } from '../../src/presets/load.ts';
import { fill, placeholders } from '../../src/presets/placeholders.ts';
import { registrationOf } from '../../src/presets/registration.ts';
import { presetsTable, withPresetsTable } from '../../scripts/presets-table.ts';
import { clientFields } from '../../src/services/clients/client-registration.ts';
import { parseInput } from '../../src/services/values/validation.ts';

const valid = `
title: Thing
kind: software
needs: { url: https://thing.example.com }
client: { type: web, redirectPaths: [/callback], authMethod: client_secret_basic, pkce: required }
tested: documentation
version: '1'
source: https://thing.example/docs
print:
  - where: In thing.ini
    text: |
      id = \${clientId}
      secret = \${secret}
`;

function problemOf(yaml: string): string {
  try {
    parsePreset('thing', yaml);
  } catch (error) {
    return error instanceof ConfigurationError ? error.problems.join('\n') : String(error);
  }
  return 'nothing is wrong with it';
}

describe('a preset', () => {
  it('is read with its defaults', () => {
    expect(problemOf(valid)).to.equal('nothing is wrong with it');
    const { name, client, notes } = parsePreset('thing', valid);
    expect({ name, ...client, notes }).to.deep.include({ name: 'thing', idTokenAlg: 'ES256', scopes: [], notes: [] });
  });

  const wrong: readonly (readonly [string, string, string, string])[] = [
    ['an unknown field', 'kind: software', 'kind: software\ncolour: red', 'colour'],
    ['an unknown field of its client', 'type: web,', 'type: web, firstParty: true,', 'firstParty'],
    ['an unknown placeholder', 'id = ${clientId}', 'id = ${clientId} ${clientIdd}', 'no placeholder "clientIdd"'],
    ['a client id that is not printed', 'id = ${clientId}', 'id =', 'does not use the client id'],
    ['a secret that is not printed', 'secret = ${secret}', 'secret =', 'the secret is printed exactly if'],
    ['a secret that a public client has not', 'client_secret_basic', 'none', 'the secret is printed exactly if'],
    ['paths without the address that they are below', 'needs: { url: https://thing.example.com }', '', '"url"'],
    ['an API that was not asked for', 'id = ${clientId}', 'id = ${clientId} ${api}', '"api"'],
    ['a source that is no https address', 'https://thing.example/docs', 'http://thing.example/docs', 'source'],
    ['a path with an address in it', '[/callback]', '["https://thing.example/callback"]', 'redirectPaths'],
  ];
  for (const [what, before, after, expected] of wrong) {
    it(`is refused for ${what}`, () => {
      expect(valid).to.include(before);
      expect(problemOf(valid.replace(before, () => after)))
        .to.include('config/presets/thing.yaml: ')
        .and.include(expected);
    });
  }

  it('prints a section that is for plain http only where there is plain http', () => {
    const preset = parsePreset(
      'thing',
      `${valid}
  - { where: Without TLS, text: insecure, when: issuer is http }`,
    );
    const client = {
      _id: 'x',
      authMethod: 'none',
      redirectUris: [],
      postLogoutRedirectUris: [],
      apis: [],
      idTokenAlg: 'ES256',
    };
    const printed = (issuer: string): readonly string[] =>
      configurationOf(preset, { issuer, url: 'https://thing.example', client }).sections.map(({ where }) => where);
    expect(printed('https://a.example')).to.deep.equal(['In thing.ini']);
    expect(printed('http://localhost')).to.deep.equal(['In thing.ini', 'Without TLS']);
  });

  it('warns about a registered address that a shell or a configuration file may read as its own', () => {
    const print = (redirectUri: string, api: string): readonly string[] =>
      configurationOf(loadPreset('mcp-client'), {
        issuer: 'https://login.example',
        url: '',
        client: {
          _id: 'mcp',
          authMethod: 'none',
          redirectUris: [redirectUri],
          postLogoutRedirectUris: [],
          apis: [api],
          idTokenAlg: 'ES256',
        },
      }).notes.filter((note) => note.startsWith('Before you paste it'));
    expect(print('http://[::1]:8080/cb?a=b%20c', 'https://mcp.example/api')).to.deep.equal([]);
    for (const address of ["https://x.example/'+alert(1)+'", 'https://x.example/$(id)', 'https://a`id`.example/']) {
      expect(print(address, 'https://mcp.example'), address).to.have.length(1);
      expect(print('http://127.0.0.1/cb', address)[0], address).to.include(address);
    }
  });
});

describe('the placeholders', () => {
  const filling = {
    issuer: 'https://login.example',
    clientId: 'thing',
    secret: 'gth_cs_x',
    url: 'https://thing.example:8443/sub',
    redirectUri: 'https://thing.example:8443/sub/callback',
    postLogoutRedirectUri: 'https://thing.example:8443/sub/',
    api: 'https://api.example',
    idTokenAlg: 'ES256',
    scopes: ['openid', 'email'],
  };

  it('name the addresses that the server has', () => {
    const addresses = Object.keys(placeholders).filter((name) => /Endpoint$|Uri$|^discovery$/.test(name));
    const named = fill(addresses.map((name) => `\${${name}}`).join('\n'), filling).split('\n');
    expect(named).to.have.length(addresses.length);
    expect(named).to.include('https://login.example/.well-known/openid-configuration');
    expect(named).to.include('https://login.example/logout');
  });

  it('print host and scopes in the ways that configurations are written', () => {
    expect(fill('${host} ${secureCookies} ${scope} ${scopesByComma} [${scopesQuoted}]', filling)).to.equal(
      'thing.example:8443 true openid email openid,email ["openid", "email"]',
    );
  });

  it('are an error when they are unknown', () => {
    expect(() => fill('${nothing}', filling)).to.throw('no placeholder "nothing"');
    expect(() => fill('${toString}', filling)).to.throw('no placeholder "toString"');
  });
});

describe('the presets that come with Gatehouse', () => {
  it('are all read, and each has a file of its own and nothing else is in the folder', () => {
    const files = readdirSync(new URL('../../config/presets/', import.meta.url));
    expect(files.toSorted()).to.deep.equal(presetNames().map((name) => `${name}.yaml`));
    expect(presetNames().map(loadPreset)).to.have.length(files.length);
    for (const name of presetNames()) {
      expect(name).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    }
  });

  for (const name of presetNames()) {
    it(`registers for ${name} what a production server accepts`, () => {
      const { needs, client } = loadPreset(name);
      const url = needs.url ?? '';
      const registration = registrationOf(loadPreset(name), url);
      const { type, ...fields } = registration;
      const own = needs['redirect-uri'];
      const { redirectUris, ...parsed } = parseInput(clientFields(type, { allowHttpLoopback: false }), {
        ...fields,
        ...(own === undefined ? {} : { redirectUris: [own] }),
      });
      expect(needs.name ?? parsed.name, 'the name that users see').to.match(/^[\w.: -]{1,40}$/);
      expect(redirectUris).to.have.length(own === undefined ? registration.redirectUris.length : 1);
      expect(client.redirectPaths.every((path) => redirectUris?.includes(url + path))).to.equal(true);
    });
  }

  /** What all presets print, with the examples of what they need. */
  const printed = presetNames().flatMap((name) => {
    const preset = loadPreset(name);
    const url = preset.needs.url ?? '';
    const { redirectUris, postLogoutRedirectUris, authMethod, idTokenAlg } = registrationOf(preset, url);
    const client = {
      _id: 'client-id',
      authMethod,
      redirectUris: redirectUris.length === 0 ? [preset.needs['redirect-uri'] ?? ''] : redirectUris,
      postLogoutRedirectUris,
      apis: preset.needs.api === undefined ? [] : [preset.needs.api],
      idTokenAlg,
    };
    const target = { issuer: 'https://login.example', client, url, secret: 'gth_cs_x' };
    return configurationOf(preset, target).sections.map((section) => ({ name, ...section }));
  });

  it('print JavaScript that parses', () => {
    const scripts = printed.filter(({ text }) => /^import .* from '|^window\./m.test(text));
    expect(scripts).to.have.length.greaterThan(8);
    for (const { name, text } of scripts) {
      const { errors } = parseSync('printed.tsx', text);
      expect(
        errors.map(({ message }) => message),
        `${name}: ${text}`,
      ).to.deep.equal([]);
    }
  });

  it('print YAML that parses', () => {
    const kinds = /yaml|ConfigMap|configuration-as-code|--authentication-config|role|dynamic|OpenAPI/;
    const documents = printed.filter(({ where }) => kinds.test(where));
    expect(documents).to.have.length.greaterThan(8);
    for (const { name, text } of documents) {
      expect(parse(text), name).to.be.an('object');
    }
  });

  it('are the table of docs/presets.md (npm run docs:presets)', () => {
    const page = readFileSync(new URL('../../docs/presets.md', import.meta.url), 'utf8');
    expect(withPresetsTable(page)).to.equal(page);
    expect(presetsTable().split('\n')).to.have.length(presetNames().length + 2);
    expect(() => withPresetsTable('nothing')).to.throw('presets:start');
  });
});
