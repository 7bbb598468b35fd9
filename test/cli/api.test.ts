import { expect } from 'chai';
import { onEachDatabase } from './installation.ts';

const identifier = 'https://photos.example/api';
const scope = ['--scope', 'photos:read=See your photos'];

onEachDatabase('gatehouse api', (installation) => {
  describe('create', () => {
    it('creates an API and prints it', async () => {
      const { exitCode, document } = await installation().json([
        'api',
        'create',
        '--identifier',
        identifier,
        '--name',
        'Photos',
        '--token-format',
        'jwt',
        ...scope,
        '--scope',
        'photos:write=Add photos = change your library',
        '--token-lifetime',
        '300',
      ]);
      expect(exitCode).to.equal(0);
      const { created_at: createdAt, updated_at: updatedAt, ...rest } = document;
      expect(rest).to.deep.equal({
        identifier,
        name: 'Photos',
        token_alg: 'ES256',
        token_format: 'jwt',
        token_lifetime: 300,
        hide_username: false,
        personal_tokens: false,
        scopes: [
          { value: 'photos:read', description: 'See your photos' },
          { value: 'photos:write', description: 'Add photos = change your library' },
        ],
        scope_groups: [],
        claims: [],
      });
      expect(createdAt).to.be.closeTo(Date.now() / 1000, 60);
      expect(updatedAt).to.equal(createdAt);
    });

    it('prints it as text, with the scopes in a column', async () => {
      const { exitCode, stdout } = await installation().gatehouse([
        'api',
        'create',
        '--identifier',
        'https://archive.example',
        '--name',
        'Archive',
        '--token-format',
        'opaque',
        '--scope',
        'a=A',
        '--scope',
        'archive:read=Read',
      ]);
      expect(exitCode).to.equal(0);
      expect(stdout)
        .to.include('Created the API Archive.')
        .and.include('Scopes:     a             A\n            archive:read  Read\n');
    });

    it('hides the email address of users from introspection where asked, and shows it again', async () => {
      const hidden = 'https://hidden.example';
      const created = await installation().json([
        'api',
        'create',
        '--identifier',
        hidden,
        '--name',
        'Hidden',
        '--token-format',
        'opaque',
        ...scope,
        '--hide-username',
      ]);
      expect(created.document['hide_username']).to.equal(true);
      const listed = (await installation().json(['api', 'list'])).document['apis'] as Record<string, unknown>[];
      expect(listed.find((api) => api['identifier'] === hidden)).to.include({ hide_username: true });
      const { stdout } = await installation().gatehouse(['api', 'update', hidden, '--name', 'Still hidden']);
      expect(stdout).to.include("Introspection: without the user's email address");
      const shown = await installation().json(['api', 'update', hidden, '--show-username']);
      expect(shown.document['hide_username']).to.equal(false);
      const both = await installation().gatehouse(['api', 'update', hidden, '--show-username', '--hide-username']);
      expect(both.exitCode).to.equal(2);
      await installation().gatehouse(['api', 'delete', hidden]);
    });

    const wrong: readonly (readonly [string, readonly string[], number, string])[] = [
      [
        'an identifier that is already used',
        ['--identifier', identifier, '--name', 'x', '--token-format', 'jwt', ...scope],
        4,
        'conflict',
      ],
      [
        'an identifier that is not a URI',
        ['--identifier', 'photos', '--name', 'x', '--token-format', 'jwt', ...scope],
        2,
        'invalid_input',
      ],
      [
        'an unknown format',
        ['--identifier', 'https://x.example', '--name', 'x', '--token-format', 'saml', ...scope],
        2,
        'usage',
      ],
      ['no format', ['--identifier', 'https://x.example', '--name', 'x', ...scope], 2, 'usage'],
      ['no scope', ['--identifier', 'https://x.example', '--name', 'x', '--token-format', 'jwt'], 2, 'invalid_input'],
      [
        'a scope without a description',
        ['--identifier', 'https://x.example', '--name', 'x', '--token-format', 'jwt', '--scope', 'photos:read'],
        2,
        'invalid_input',
      ],
      [
        'an invalid lifetime',
        [
          '--identifier',
          'https://x.example',
          '--name',
          'x',
          '--token-format',
          'jwt',
          ...scope,
          '--token-lifetime',
          'long',
        ],
        2,
        'invalid_input',
      ],
      [
        'a JWT that lives longer than ten minutes',
        [
          '--identifier',
          'https://x.example',
          '--name',
          'x',
          '--token-format',
          'jwt',
          ...scope,
          '--token-lifetime',
          '1h',
        ],
        2,
        'invalid_input',
      ],
    ];
    for (const [what, options, exitCode, code] of wrong) {
      it(`rejects ${what} with ${exitCode}`, async () => {
        const outcome = await installation().json(['api', 'create', ...options]);
        expect(outcome.exitCode).to.equal(exitCode);
        expect(outcome.document).to.have.nested.property('error.code', code);
      });
    }

    it('reports what is wrong with a scope, and what is expected', async () => {
      const { stderr } = await installation().gatehouse([
        'api',
        'create',
        '--identifier',
        'https://x.example',
        '--name',
        'x',
        '--token-format',
        'jwt',
        '--scope',
        'photos:read',
      ]);
      expect(stderr).to.include('VALUE=DESCRIPTION').and.include('"photos:read"');
    });
  });

  describe('list', () => {
    it('lists the APIs', async () => {
      const { gatehouse, json } = installation();
      const { document } = await json(['api', 'list']);
      expect(document['apis']).to.be.an('array').with.length(2);
      expect(document).to.have.nested.property('apis[1].identifier', identifier);
      expect((await gatehouse(['api', 'list'])).stdout)
        .to.match(/^IDENTIFIER +NAME +TOKENS +SCOPES\n/)
        .and.include('photos:read photos:write');
    });
  });

  describe('update', () => {
    it('changes the given fields and nothing else', async () => {
      const { json } = installation();
      const { exitCode, document } = await json([
        'api',
        'update',
        identifier,
        '--scope',
        'photos:print=Print your photos',
      ]);
      expect(exitCode).to.equal(0);
      expect(document).to.include({ name: 'Photos', token_format: 'jwt', token_lifetime: 300 });
      expect(document['scopes']).to.deep.equal([{ value: 'photos:print', description: 'Print your photos' }]);
      expect((await json(['api', 'update', identifier, '--name', 'Pictures'])).document)
        .to.include({ name: 'Pictures' })
        .and.have.nested.property('scopes[0].value', 'photos:print');
    });

    it('rejects an update without a change with 2, and an unknown API with 3', async () => {
      const { gatehouse } = installation();
      expect((await gatehouse(['api', 'update', identifier])).exitCode).to.equal(2);
      const { exitCode, stderr } = await gatehouse(['api', 'update', 'https://nowhere.example', '--name', 'x']);
      expect(exitCode).to.equal(3);
      expect(stderr).to.include('https://nowhere.example');
    });
  });

  describe('delete', () => {
    it('prints what was deleted, and does not find it again', async () => {
      const { gatehouse, json } = installation();
      expect((await json(['api', 'delete', identifier])).document).to.deep.equal({
        deleted: true,
        identifier,
        name: 'Pictures',
      });
      expect((await gatehouse(['api', 'delete', 'https://archive.example'])).stdout).to.equal(
        'Deleted the API Archive (https://archive.example).\n',
      );
      expect((await gatehouse(['api', 'delete', identifier])).exitCode).to.equal(3);
      expect((await gatehouse(['api', 'list'])).stdout).to.equal('There is no API yet.\n');
    });
  });

  describe('the audit trail', () => {
    it('contains each change, with the command line as actor', async () => {
      const events = await installation().withServices(({ audit }) => audit.list({ limit: 100 }));
      const ofApis = events.filter(({ type }) => type.startsWith('api.'));
      expect(new Set(ofApis.map(({ type }) => type))).to.deep.equal(
        new Set(['api.created', 'api.updated', 'api.deleted']),
      );
      expect(ofApis.every(({ actor }) => actor === 'command line')).to.equal(true);
    });
  });
});
