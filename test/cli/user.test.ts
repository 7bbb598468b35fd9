import { expect } from 'chai';
import { totpCode } from '../../src/crypto/totp.ts';
import { startTestServer } from '../support/server.ts';
import { onEachDatabase, password } from './installation.ts';

const otherPassword = 'paper lantern over the harbour';

onEachDatabase('gatehouse user', (installation) => {
  describe('create', () => {
    it('prints a one-time link for a user without a password, who sets one with it', async () => {
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
        groups: [],
        role: 'user',
        disabled: false,
        has_password: false,
      });
      expect(sub).to.match(/^usr_/);
      expect([createdAt, updatedAt].every(Number.isInteger)).to.equal(true);
      expect(expiresAt).to.be.closeTo(Date.now() / 1000 + 1800, 60);
      expect(String(link).startsWith(`${issuer}/invitation/`)).to.equal(true);
      const token = String(link).split('/').at(-1) ?? '';
      await withServices(({ signUp }) =>
        signUp.complete({ purpose: 'invitation', token }, { name: 'Ada Lovelace', password }, {}),
      );
      expect((await json(['user', 'show', 'ada@example.com'])).document).to.include({ has_password: true });
    });

    it('reads a password from standard input, and then prints no link', async () => {
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

    it('prints the user and the link as text', async () => {
      const { exitCode, stdout } = await installation().gatehouse(['user', 'create', '--email', 'Emmy@Example.com']);
      expect(exitCode).to.equal(0);
      expect(stdout)
        .to.match(/^Link: +http:\/\/localhost:3000\/invitation\/[\w-]{43}$/m)
        .and.match(/^Works until: +\S+ \S+ UTC, once$/m);
    });

    const wrong: readonly (readonly [string, readonly string[], number, string, string?])[] = [
      ['an email that is already used, without regard to case', ['--email', 'ADA@example.com'], 4, 'conflict'],
      ['an invalid email', ['--email', 'ada'], 2, 'invalid_input'],
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
      it(`rejects ${what} with ${exitCode}`, async () => {
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

    it('reject an invalid limit or cursor with 2', async () => {
      const { gatehouse } = installation();
      expect((await gatehouse(['user', 'list', '--limit', '0'])).exitCode).to.equal(2);
      expect((await gatehouse(['user', 'list', '--after', 'there'])).exitCode).to.equal(2);
    });

    it('show a user by email or by user id', async () => {
      const { gatehouse, json } = installation();
      const { document } = await json(['user', 'show', 'ADA@example.com']);
      expect(await json(['user', 'show', String(document['sub'])])).to.deep.equal({ exitCode: 0, document });
      expect(document)
        .to.include({ email: 'ada@example.com', name: 'Ada Lovelace' })
        .and.have.property('password_changed_at');
      expect((await gatehouse(['user', 'show', 'ada@example.com'])).stdout).to.match(/^State: +active$/m);
    });
  });

  describe('create with --mail', () => {
    it('sends an invitation and prints no link; its use verifies the email', async () => {
      const { json, withServices } = installation();
      const { exitCode, document } = await json(['user', 'create', '--email', 'hedy@example.com', '--mail']);
      expect(exitCode).to.equal(0);
      expect(document).to.include({ mailed: true, email_verified: false }).and.not.have.property('link');
      const content = await withServices(async ({ outbox }) => {
        const [newest] = await outbox.list({ limit: 1, kind: 'mail' });
        return JSON.stringify((await outbox.show(newest?.id ?? ''))?.content);
      });
      expect(content).to.include('hedy@example.com').and.include('An account for hedy@example.com');
      const token = /\/invitation\/([\w-]{43})/.exec(content)?.[1] ?? '';
      await withServices(({ signUp }) => signUp.complete({ purpose: 'invitation', token }, { name: '', password }, {}));
      expect((await json(['user', 'show', 'hedy@example.com'])).document).to.include({ email_verified: true });
      await json(['user', 'delete', 'hedy@example.com']);
    });

    it('is rejected together with --password-stdin, with 2', async () => {
      const { exitCode, document } = await installation().json(
        ['user', 'create', '--email', 'hedy@example.com', '--mail', '--password-stdin'],
        password,
      );
      expect(exitCode).to.equal(2);
      expect(document).to.have.nested.property('error.message').that.includes('--mail');
      expect((await installation().json(['user', 'show', 'hedy@example.com'])).exitCode).to.equal(3);
    });
  });

  describe('reset-second-factors', () => {
    it('removes the second factors that show lists, and ends what was proved with them', async () => {
      const { gatehouse, json, withServices } = installation();
      const { document } = await json(['user', 'show', 'ada@example.com']);
      expect(document['second_factors']).to.deep.equal({ required: false, apps: [], passkeys: 0, recovery_codes: 0 });
      await withServices(async ({ secondFactors, users }) => {
        const user = await users.findByEmail('ada@example.com');
        if (user === null) {
          throw new Error('there is no such user');
        }
        const app = await secondFactors.beginApp(user);
        const code = totpCode(app.seed, new Date());
        await secondFactors.addApp(user, { ...app, name: 'Phone', code }, { actor: 'system' });
      });
      const shown = await gatehouse(['user', 'show', 'ada@example.com']);
      expect(shown.stdout).to.match(/^Second factors: +app "Phone", last used .*\n +10 recovery codes$/m);
      const { exitCode, stdout } = await gatehouse(['user', 'reset-second-factors', 'ada@example.com']);
      expect(exitCode).to.equal(0);
      expect(stdout).to.include('has no second factors any more');
      expect((await gatehouse(['user', 'show', 'ada@example.com'])).stdout).to.match(/^Second factors: +none$/m);
      expect((await gatehouse(['user', 'reset-second-factors', 'nobody@example.com'])).exitCode).to.equal(3);
    });
  });

  describe('list --search', () => {
    it('finds users by part of an email, a name or an id, page by page', async () => {
      const { gatehouse, json } = installation();
      const { document: ada } = await json(['user', 'show', 'ada@example.com']);
      const found = async (...search: readonly string[]): Promise<unknown> => {
        const { document } = await json(['user', 'list', '--search', ...search]);
        return (document['users'] as readonly Readonly<Record<string, unknown>>[]).map((user) => user['email']);
      };
      expect(await found('LOVE')).to.deep.equal(['ada@example.com']);
      expect(await found('grace@')).to.deep.equal(['grace@example.com']);
      expect(await found(String(ada['sub']))).to.deep.equal(['ada@example.com']);
      expect(await found('example.com')).to.deep.equal(['ada@example.com', 'grace@example.com', 'Emmy@Example.com']);
      const { document } = await json(['user', 'list', '--search', 'example.com', '--limit', '2']);
      expect(await found('example.com', '--after', String(document['next']))).to.deep.equal(['Emmy@Example.com']);
      expect(await found('nobody of this name')).to.deep.equal([]);
      expect((await gatehouse(['user', 'list', '--search', '%'])).stdout).to.equal('There is no such user.\n');
    });
  });

  describe('update', () => {
    it('changes email, verification, role and every standard claim, and removes claims with an empty value', async () => {
      const { json } = installation();
      const before = (await json(['user', 'show', 'ada@example.com'])).document;
      const claims = [
        ['name', 'Ada King'],
        ['given_name', 'Ada'],
        ['family_name', 'King'],
        ['middle_name', 'Augusta'],
        ['nickname', 'Countess'],
        ['preferred_username', 'ada'],
        ['profile', 'https://people.example/ada'],
        ['picture', 'https://people.example/ada.png'],
        ['website', 'https://ada.example/'],
        ['gender', 'female'],
        ['birthdate', '1815-12-10'],
        ['zoneinfo', 'Europe/London'],
        ['locale', 'en-GB'],
        ['phone_number', '+441234567890'],
      ] as const;
      const options = claims.flatMap(([claim, value]) => [`--${claim.replaceAll('_', '-')}`, value]);
      const { exitCode, document } = await json([
        'user',
        'update',
        'ada@example.com',
        '--email',
        'Ada@Example.org',
        '--role',
        'administrator',
        '--address-locality',
        'London',
        '--address-country',
        'UK',
        '--phone-number-verified',
        'yes',
        ...options,
      ]);
      expect(exitCode).to.equal(0);
      const { updated_at: updatedAt, ...rest } = document;
      expect(updatedAt).to.be.a('number');
      expect(rest).to.deep.equal({
        ...Object.fromEntries(
          Object.entries(before).filter(([name]) => name !== 'updated_at' && name !== 'second_factors'),
        ),
        ...Object.fromEntries(claims),
        address: { locality: 'London', country: 'UK' },
        email: 'Ada@Example.org',
        email_verified: false,
        phone_number_verified: true,
        role: 'administrator',
      });
      const back = await json([
        'user',
        'update',
        'ada@example.org',
        '--email',
        'ada@example.com',
        '--email-verified',
        'yes',
        '--role',
        'user',
        '--name',
        'Ada Lovelace',
        '--address-locality',
        '',
        '--phone-number',
        '',
      ]);
      expect(back.document)
        .to.include({ email: 'ada@example.com', email_verified: true, role: 'user', name: 'Ada Lovelace' })
        .and.not.have.any.keys('address', 'phone_number', 'phone_number_verified');
    });

    it('replaces the groups of a user, and removes all of them with an empty value; the audit has the new ones', async () => {
      const { gatehouse, json, withServices } = installation();
      const group = (...names: readonly string[]) =>
        json(['user', 'update', 'ada@example.com', ...names.flatMap((name) => ['--group', name])]);
      expect((await group('admins', ' Team Größe ')).document['groups']).to.deep.equal(['admins', 'Team Größe']);
      expect((await gatehouse(['user', 'show', 'ada@example.com'])).stdout).to.match(/^Groups: +admins, Team Größe$/m);
      expect(
        (await json(['user', 'update', 'ada@example.com', '--nickname', 'Ada'])).document['groups'],
      ).to.have.length(2);
      const { document } = await group('readers');
      expect(document['groups']).to.deep.equal(['readers']);
      const [event] = await withServices(({ audit }) =>
        audit.list({ limit: 1, type: 'user.updated', accountId: String(document['sub']) }),
      );
      expect(event?.detail).to.deep.equal({ fields: 'groups', groups: 'readers' });
      expect((await group('')).document['groups']).to.deep.equal([]);
      expect((await gatehouse(['user', 'show', 'ada@example.com'])).stdout).to.match(/^Groups: +none$/m);
      await json(['user', 'update', 'ada@example.com', '--nickname', '']);
    });

    it('creates a user with groups, and the audit has them', async () => {
      const { json, withServices } = installation();
      const { document } = await json([
        'user',
        'create',
        '--email',
        'mary@example.com',
        '--group',
        'a',
        '--group',
        'b',
      ]);
      expect(document['groups']).to.deep.equal(['a', 'b']);
      const [event] = await withServices(({ audit }) =>
        audit.list({ limit: 1, type: 'user.created', accountId: String(document['sub']) }),
      );
      expect(event?.detail).to.deep.equal({ role: 'user', groups: 'a, b' });
      await json(['user', 'delete', 'mary@example.com']);
    });

    it('rejects with 2 what is not the name of a group, a name given twice, and more than 50 groups', async () => {
      const { json } = installation();
      const outcomes: readonly (readonly [string, readonly string[]])[] = [
        ['a comma', ['admins,readers']],
        ['65 characters', ['x'.repeat(65)]],
        ['a line break', ['admins\nreaders']],
        ['an invisible character', ['admins\u200b']],
        ['the same name twice', ['admins', 'admins']],
        ['the same name in another Unicode form', ['Gr\u00f6\u00dfe', 'Gro\u0308\u00dfe']],
        ['51 groups', Array.from({ length: 51 }, (_, at) => `group-${at}`)],
      ];
      for (const command of [
        ['update', 'ada@example.com'],
        ['create', '--email', 'new@example.com'],
      ]) {
        for (const [what, names] of outcomes) {
          const outcome = await json(['user', ...command, ...names.flatMap((name) => ['--group', name])]);
          expect(outcome.exitCode, what).to.equal(2);
          expect(outcome.document, what).to.have.nested.property('error.field', 'group');
        }
      }
      const most = Array.from({ length: 50 }, (_, at) => `${at}`.padEnd(64, 'x'));
      const outcome = await json(['user', 'update', 'ada@example.com', ...most.flatMap((name) => ['--group', name])]);
      expect(outcome.document['groups']).to.deep.equal(most);
      await json(['user', 'update', 'ada@example.com', '--group', '']);
    });

    it('has an option for every claim that discovery lists (OpenID Connect Discovery §3)', async () => {
      const { stdout } = await installation().gatehouse(['user', 'update', '--help']);
      const options = new Set(
        [...stdout.matchAll(/--([a-z-]+)/g)].map(([, option = '']) => option.replaceAll('-', '_')),
      );
      const server = await startTestServer();
      const { claims_supported: advertised } = (await (
        await fetch(`${server.issuer}/.well-known/openid-configuration`)
      ).json()) as { readonly claims_supported: readonly string[] };
      await server.stop();
      const derived = ['sub', 'iss', 'sid', 'auth_time', 'acr', 'amr', 'updated_at', 'nonce'];
      const missing = advertised.filter(
        (claim) =>
          !derived.includes(claim) && !options.has({ address: 'address_formatted', groups: 'group' }[claim] ?? claim),
      );
      expect(advertised).to.include.members(['email', 'phone_number_verified', 'address']);
      expect(missing).to.deep.equal([]);
    });

    it('rejects the email of another user with 4, and an invalid email or claim, or an update without a change, with 2', async () => {
      const { json } = installation();
      const outcomes = [
        [['--email', 'GRACE@example.com'], 4, 'email'],
        [['--email', 'ada'], 2, 'email'],
        [['--birthdate', 'soon'], 2, 'birthdate'],
        [['--phone-number-verified', 'yes'], 2, 'phone-number-verified'],
        [['--email-verified', 'perhaps'], 2, undefined],
        [[], 2, undefined],
      ] as const;
      for (const [options, exitCode, field] of outcomes) {
        const outcome = await json(['user', 'update', 'ada@example.com', ...options]);
        expect(outcome.exitCode, options.join(' ')).to.equal(exitCode);
        if (field !== undefined) {
          expect(outcome.document).to.have.nested.property('error.field', field);
        }
      }
      expect((await json(['user', 'show', 'ada@example.com'])).document).to.include({ email: 'ada@example.com' });
    });

    it('never removes the role of the last administrator, and exits with 4', async () => {
      const { exitCode } = await installation().json(['user', 'update', 'grace@example.com', '--role', 'user']);
      expect(exitCode).to.equal(4);
    });

    it('makes the links of a user invalid when the email is changed (C17)', async () => {
      const { json, withServices } = installation();
      const { document } = await json(['user', 'reset-link', 'emmy@example.com']);
      await json(['user', 'update', 'emmy@example.com', '--email', 'emmy@example.org']);
      const token = String(document['link']).split('/').at(-1) ?? '';
      expect(await withServices(({ signUp }) => signUp.find({ purpose: 'invitation', token }, {}))).to.equal(undefined);
      await json(['user', 'update', 'emmy@example.org', '--email', 'Emmy@Example.com']);
    });
  });

  describe('every command that names a user', () => {
    const verbs: readonly (readonly string[])[] = [
      ['show'],
      ['update', '--name', 'Nobody'],
      ['reset-link'],
      ['set-password', '--password-stdin'],
      ['disable'],
      ['enable'],
      ['delete'],
    ];
    for (const [verb = '', ...options] of verbs) {
      it(`${verb} exits with 3 for an unknown user`, async () => {
        for (const reference of ['nobody@example.com', 'usr_nobody', '']) {
          const { exitCode, stderr } = await installation().gatehouse(['user', verb, reference, ...options], password);
          expect(exitCode).to.equal(3);
          expect(stderr).to.include(`"${reference}"`);
        }
      });
    }
  });

  describe('reset-link', () => {
    it('prints a link, and makes the previous one invalid', async () => {
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

    it('mails the link with --mail, and does not print it', async () => {
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
        .and.match(/http:\/\/localhost:3000\/invitation\/[\w-]{43}/);
    });
  });

  describe('set-password', () => {
    it('sets the password: the new one works, the old one does not', async () => {
      const { json, withServices } = installation();
      const { exitCode, document } = await json(
        ['user', 'set-password', 'ada@example.com', '--password-stdin'],
        otherPassword,
      );
      expect(exitCode).to.equal(0);
      expect(document).to.include({ email: 'ada@example.com', has_password: true });
      const results = await withServices(async ({ authentication }) => {
        const attempt = async (tried: string): Promise<string> =>
          (await authentication.signIn({ email: 'ada@example.com', password: tried })).outcome;
        return [await attempt(otherPassword), await attempt(password)];
      });
      expect(results).to.deep.equal(['success', 'refused']);
    });

    it('applies the password policy, and reports the violated rule', async () => {
      const { exitCode, stderr } = await installation().gatehouse(
        ['user', 'set-password', 'ada@example.com', '--password-stdin'],
        'short',
      );
      expect(exitCode).to.equal(2);
      expect(stderr).to.include('15');
      expect(
        (await installation().gatehouse(['user', 'set-password', 'ada@example.com'], otherPassword)).exitCode,
      ).to.equal(2);
    });
  });

  describe('disable, enable and delete', () => {
    it('prevent a user from signing in, and allow it again', async () => {
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

    it('never remove the last administrator, and exit with 4', async () => {
      const { gatehouse, json } = installation();
      for (const verb of ['disable', 'delete']) {
        expect((await json(['user', verb, 'grace@example.com'])).document).to.have.nested.property(
          'error.code',
          'conflict',
        );
        expect((await gatehouse(['user', verb, 'grace@example.com'])).exitCode).to.equal(4);
      }
    });

    it('print the deleted user', async () => {
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
    it('contains each change, with the command line as actor, and no password', async () => {
      const events = (await installation().withServices(({ audit }) => audit.list({ limit: 200 }))).filter(
        ({ actor }) => actor === 'command line',
      );
      const types = [
        'user.created',
        'user.updated',
        'user.disabled',
        'user.enabled',
        'user.deleted',
        'password.changed',
        'password.link_created',
      ];
      expect(events.map(({ type }) => type)).to.include.members(types);
      expect(JSON.stringify(events)).not.to.include(password).and.not.include(otherPassword);
    });
  });
});
