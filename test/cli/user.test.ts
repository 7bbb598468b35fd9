import { expect } from 'chai';
import { onEachDatabase, password } from './installation.ts';

const other = 'paper lantern over the harbour';

onEachDatabase('gatehouse user', (installation) => {
  describe('create', () => {
    it('prints a one-time link for a user without a password, by which they set one', async () => {
      const { issuer, json, withServices } = installation();
      const { exitCode, document } = await json([
        'user',
        'create',
        '--email',
        'ada@example.com',
        '--name',
        'Ada Lovelace',
        '--email-verified',
      ]);
      expect(exitCode).to.equal(0);
      const { sub, link, link_expires_at: expiresAt, created_at: createdAt, updated_at: updatedAt, ...rest } = document;
      expect(rest).to.deep.equal({
        email: 'ada@example.com',
        email_verified: true,
        name: 'Ada Lovelace',
        role: 'user',
        disabled: false,
        has_password: false,
      });
      expect(sub).to.match(/^usr_/);
      expect([createdAt, updatedAt].every(Number.isInteger)).to.equal(true);
      expect(expiresAt).to.be.closeTo(Date.now() / 1000 + 1800, 60);
      expect(String(link).startsWith(`${issuer}/password/`)).to.equal(true);
      const token = String(link).split('/').at(-1) ?? '';
      await withServices(({ users }) => users.redeemPasswordLink(token, password, { actor: 'system' }));
      expect((await json(['user', 'show', 'ada@example.com'])).document).to.include({ has_password: true });
    });

    it('takes a password from standard input, and prints no link then', async () => {
      const { json } = installation();
      const { exitCode, document } = await json(
        ['user', 'create', '--email', 'grace@example.com', '--password-stdin', '--admin'],
        `${password}\n`,
      );
      expect(exitCode).to.equal(0);
      expect(document)
        .to.include({ role: 'administrator', has_password: true, email_verified: false })
        .and.not.have.property('link');
      expect(JSON.stringify(document)).not.to.include(password).and.not.include('argon2');
    });

    it('prints the user and the link for people', async () => {
      const { exitCode, stdout } = await installation().gatehouse(['user', 'create', '--email', 'Emmy@Example.com']);
      expect(exitCode).to.equal(0);
      expect(stdout)
        .to.match(/^Link: +http:\/\/localhost:3000\/password\/[\w-]{43}$/m)
        .and.match(/^Works until: +\S+ \S+ UTC, once$/m);
    });

    const wrong: readonly (readonly [string, readonly string[], number, string, string?])[] = [
      ['an email that is taken, however it is written', ['--email', 'ADA@example.com'], 4, 'conflict'],
      ['an email that is none', ['--email', 'ada'], 2, 'invalid_input'],
      ['no email', [], 2, 'usage'],
      [
        'a password of 14 characters (NIST SP 800-63B-4 §3.1.1.2)',
        ['--email', 'x@example.com', '--password-stdin'],
        2,
        'invalid_input',
        'kdJ38fhskQo2mv',
      ],
      ['an empty password', ['--email', 'x@example.com', '--password-stdin'], 2, 'invalid_input', ''],
      ['a password as an argument', ['--email', 'x@example.com', '--password', password], 2, 'usage'],
    ];
    for (const [what, options, exitCode, code, input] of wrong) {
      it(`refuses ${what} with ${exitCode}`, async () => {
        const outcome = await installation().json(['user', 'create', ...options], input);
        expect(outcome.exitCode).to.equal(exitCode);
        expect(outcome.document).to.have.nested.property('error.code', code);
      });
    }
  });

  describe('list and show', () => {
    it('list users in the order of their creation, page by page', async () => {
      const { gatehouse, json } = installation();
      const emails: unknown[] = [];
      let after: readonly string[] = [];
      for (let page = 0; page < 3; page += 1) {
        const { document } = await json(['user', 'list', '--limit', '1', ...after]);
        emails.push(
          ...(document['users'] as readonly Readonly<Record<string, unknown>>[]).map((user) => user['email']),
        );
        after = ['--after', String(document['next'])];
        expect(document['next'] === undefined).to.equal(page === 2);
      }
      expect(emails).to.deep.equal(['ada@example.com', 'grace@example.com', 'Emmy@Example.com']);
      const { stdout } = await gatehouse(['user', 'list']);
      expect(stdout)
        .to.match(/^EMAIL +ID +STATE +ROLE +CREATED\n/)
        .and.match(/^ada@example\.com +usr_\S+ +active +user /m)
        .and.match(/^Emmy@Example\.com +usr_\S+ +invited /m);
      expect((await gatehouse(['user', 'list', '--limit', '2'])).stdout).to.include('There are more: --after ');
    });

    it('refuse a limit and a cursor that are none, with 2', async () => {
      const { gatehouse } = installation();
      expect((await gatehouse(['user', 'list', '--limit', '0'])).exitCode).to.equal(2);
      expect((await gatehouse(['user', 'list', '--after', 'there'])).exitCode).to.equal(2);
    });

    it('show a user by email and by user id alike', async () => {
      const { gatehouse, json } = installation();
      const { document } = await json(['user', 'show', 'ADA@example.com']);
      expect(await json(['user', 'show', String(document['sub'])])).to.deep.equal({ exitCode: 0, document });
      expect(document)
        .to.include({ email: 'ada@example.com', name: 'Ada Lovelace' })
        .and.have.property('password_changed_at');
      expect((await gatehouse(['user', 'show', 'ada@example.com'])).stdout).to.match(/^State: +active$/m);
    });
  });

  describe('every command that names a user', () => {
    const verbs: readonly (readonly string[])[] = [
      ['show'],
      ['reset-link'],
      ['set-password', '--password-stdin'],
      ['disable'],
      ['enable'],
      ['delete'],
    ];
    for (const [verb = '', ...options] of verbs) {
      it(`${verb} ends with 3 when there is no such user`, async () => {
        for (const reference of ['nobody@example.com', 'usr_nobody', '']) {
          const { exitCode, stderr } = await installation().gatehouse(['user', verb, reference, ...options], password);
          expect(exitCode).to.equal(3);
          expect(stderr).to.include(`"${reference}"`);
        }
      });
    }
  });

  describe('reset-link', () => {
    it('prints a link, and the one before works no more', async () => {
      const { gatehouse, json, withServices } = installation();
      const first = (await json(['user', 'reset-link', 'ada@example.com'])).document;
      expect(first).to.have.all.keys('sub', 'email', 'link', 'link_expires_at');
      const { stdout } = await gatehouse(['user', 'reset-link', 'ada@example.com']);
      const second = /\/password\/(\S+)$/m.exec(stdout)?.[1] ?? '';
      const owners = await withServices(async ({ users }) => {
        const tokens = [String(first['link']).split('/').at(-1) ?? '', second];
        return Promise.all(tokens.map((token) => users.peekPasswordLink(token)));
      });
      expect(owners.map((owner) => owner?.email)).to.deep.equal([undefined, 'ada@example.com']);
    });

    it('puts it into the outbox with --mail, and prints it nowhere', async () => {
      const { json, withServices } = installation();
      const { exitCode, document } = await json(['user', 'reset-link', 'emmy@example.com', '--mail']);
      expect(exitCode).to.equal(0);
      expect(document).to.include({ mailed: true }).and.have.all.keys('sub', 'email', 'mailed', 'link_expires_at');
      const mail = await withServices(async ({ outbox }) => {
        const [newest] = await outbox.list({ limit: 1, kind: 'mail' });
        return outbox.show(newest?.id ?? '');
      });
      expect(JSON.stringify(mail?.content))
        .to.include('mmy@')
        .and.match(/http:\/\/localhost:3000\/password\/[\w-]{43}/);
    });
  });

  describe('set-password', () => {
    it('sets it: the new one opens, the old one does not', async () => {
      const { json, withServices } = installation();
      const { exitCode, document } = await json(['user', 'set-password', 'ada@example.com', '--password-stdin'], other);
      expect(exitCode).to.equal(0);
      expect(document).to.include({ email: 'ada@example.com', has_password: true });
      const results = await withServices(async ({ authentication }) => {
        const attempt = async (tried: string): Promise<string> =>
          (await authentication.signIn({ email: 'ada@example.com', password: tried })).outcome;
        return [await attempt(other), await attempt(password)];
      });
      expect(results).to.deep.equal(['success', 'refused']);
    });

    it('has the same rules as everywhere, and says which one was broken', async () => {
      const { exitCode, stderr } = await installation().gatehouse(
        ['user', 'set-password', 'ada@example.com', '--password-stdin'],
        'short',
      );
      expect(exitCode).to.equal(2);
      expect(stderr).to.include('15');
      expect((await installation().gatehouse(['user', 'set-password', 'ada@example.com'], other)).exitCode).to.equal(2);
    });
  });

  describe('disable, enable and delete', () => {
    it('lock a user out and let them in again', async () => {
      const { gatehouse, json } = installation();
      expect((await json(['user', 'disable', 'ada@example.com'])).document).to.include({
        email: 'ada@example.com',
        disabled: true,
      });
      expect((await gatehouse(['user', 'show', 'ada@example.com'])).stdout).to.match(/^State: +disabled$/m);
      expect((await json(['user', 'enable', 'ada@example.com'])).document).to.include({
        email: 'ada@example.com',
        disabled: false,
      });
      expect((await gatehouse(['user', 'disable', 'ada@example.com'])).stdout).to.include('Disabled ada@example.com.');
      expect((await gatehouse(['user', 'enable', 'ada@example.com'])).stdout).to.equal('Enabled ada@example.com.\n');
    });

    it('never take the last administrator: 4', async () => {
      const { gatehouse, json } = installation();
      for (const verb of ['disable', 'delete']) {
        expect((await json(['user', verb, 'grace@example.com'])).document).to.have.nested.property(
          'error.code',
          'conflict',
        );
        expect((await gatehouse(['user', verb, 'grace@example.com'])).exitCode).to.equal(4);
      }
    });

    it('say who was deleted', async () => {
      const { gatehouse, json } = installation();
      const { document } = await json(['user', 'show', 'ada@example.com']);
      expect((await json(['user', 'delete', 'ada@example.com'])).document).to.deep.equal({
        deleted: true,
        sub: document['sub'],
        email: 'ada@example.com',
      });
      expect((await gatehouse(['user', 'delete', 'emmy@example.com'])).stdout).to.match(
        /^Deleted the user Emmy@Example\.com \(usr_/,
      );
      expect((await gatehouse(['user', 'show', 'ada@example.com'])).exitCode).to.equal(3);
    });
  });

  describe('the audit trail', () => {
    it('has each change, by the command line, and no password', async () => {
      const events = (await installation().withServices(({ audit }) => audit.list({ limit: 200 }))).filter(
        ({ actor }) => actor === 'command line',
      );
      const types = [
        'user.created',
        'user.disabled',
        'user.enabled',
        'user.deleted',
        'password.changed',
        'password.link_created',
      ];
      expect(events.map(({ type }) => type)).to.include.members(types);
      expect(JSON.stringify(events)).not.to.include(password).and.not.include(other);
    });
  });
});
