import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSecrets } from '../../src/config/secret-list.ts';
import { freePort } from '../support/server.ts';
import { onEachDatabase, password } from './installation.ts';
import { run } from './terminal.ts';

describe('gatehouse config', () => {
  describe('check', () => {
    it('reports that the configuration is valid, and prints warnings', async () => {
      const { exitCode, stdout } = await run(['config', 'check'], { environment: { ISUER: 'x' } });
      expect(exitCode).to.equal(0);
      expect(stdout).to.include('The development configuration is valid.').and.include('did you mean ISSUER?');
    });

    it('lists every problem and exits with 78', async () => {
      const { exitCode, stdout, stderr } = await run(['config', 'check'], {
        environment: { PORT: 'x', LOG_LEVEL: 'loud' },
      });
      expect(exitCode).to.equal(78);
      expect(stdout).to.equal('');
      expect(stderr).to.include('  - PORT: ').and.include('  - LOG_LEVEL: ');
    });

    it('lists the problems as JSON with --json', async () => {
      const { exitCode, stdout, stderr } = await run(['config', 'check', '--json'], {
        environment: { PORT: 'x', LOG_LEVEL: 'loud' },
      });
      expect(exitCode).to.equal(78);
      expect(stderr).to.equal('');
      const { error } = JSON.parse(stdout);
      expect(error.code).to.equal('configuration_invalid');
      expect(error.problems).to.have.length(2);
    });
  });

  describe('show', () => {
    it('masks secrets from the environment and from files, in text and JSON', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-show-'));
      try {
        const secret = randomBytes(32).toString('base64url');
        writeFileSync(join(folder, 'secret'), secret);
        const environment = {
          SECRET_FILE: join(folder, 'secret'),
          DATABASE_URL: 'mongodb://app:c4n4ry@db/x',
          METRICS_TOKEN: 'c4n4ry-c4n4ry-c4n4ry',
        };
        for (const json of [[], ['--json']]) {
          const { exitCode, stdout } = await run(['config', 'show', ...json], { environment });
          expect(exitCode).to.equal(0);
          expect(stdout).to.include('mongodb://***@db/x').and.include('SESSION_IDLE');
          expect(stdout).not.to.include(secret).and.not.to.include('c4n4ry');
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('reports that a secret was created by the first run', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-show-'));
      mkdirSync(join(folder, 'data'));
      writeFileSync(join(folder, 'data', 'secret'), randomBytes(32).toString('base64url'));
      const { stdout } = await run(['config', 'show', '--json'], { workingDirectory: folder });
      expect(JSON.parse(stdout).settings.find(({ name }: { readonly name: string }) => name === 'SECRET')).to.include({
        value: '***',
        origin: 'first run',
      });
      rmSync(folder, { recursive: true });
    });

    it('creates nothing', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-show-'));
      await run(['config', 'show'], { workingDirectory: folder });
      expect(existsSync(join(folder, 'data'))).to.equal(false);
      rmSync(folder, { recursive: true });
    });
  });

  describe('secret', () => {
    it('prints a new valid SECRET, also when the configuration is invalid', async () => {
      const environment = { PORT: 'x' };
      const first = await run(['config', 'secret'], { environment });
      const second = await run(['config', 'secret', '--json'], { environment });
      expect(first.exitCode).to.equal(0);
      expect(parseSecrets(first.stdout.trim())).to.have.property('secrets').with.length(1);
      expect(JSON.parse(second.stdout).secret)
        .to.match(/^[\w-]{43}$/)
        .and.not.to.equal(first.stdout.trim());
    });
  });
});

onEachDatabase('gatehouse config check in production', (installation) => {
  /** Production settings with the database of the installation. */
  const production = (): Readonly<Record<string, string>> => ({
    ...installation().environment,
    NODE_ENV: 'production',
    ISSUER: 'https://login.example.com',
    PASSWORD_HASH_MEMORY_KIB: '19456',
    PASSWORD_HASH_PASSES: '2',
  });

  async function warnings(environment: Readonly<Record<string, string>>): Promise<string> {
    const { exitCode, stdout } = await run(['config', 'check', '--json'], { environment });
    const document = JSON.parse(stdout) as { readonly valid: boolean; readonly warnings: readonly string[] };
    expect([exitCode, document.valid]).to.deep.equal([0, true]);
    return document.warnings.join('\n');
  }

  it('warns that the set-up link was not used yet, until it is used', async () => {
    const { withServices } = installation();
    expect(await warnings(production())).to.include('The set-up link was not used yet');
    const token = (await withServices(({ setup }) => setup.setupLinkToken())) ?? '';
    expect(await warnings(production())).to.include('The set-up link was not used yet');
    await withServices(({ setup }) =>
      setup.createFirstAdministrator({ token, email: 'root@example.com', password }, {}),
    );
    expect(await warnings(production())).not.to.include('set-up');
  });

  it('warns about the demo user of the development profile, until it is deleted', async () => {
    const { withServices } = installation();
    const email = 'demo@example.com';
    expect(await warnings(production())).not.to.include(email);
    const user = await withServices(({ users }) => users.create({ email, password }, { actor: 'system' }));
    expect(await warnings(production())).to.include(`gatehouse user delete ${email}`);
    await withServices(({ users }) => users.remove(user._id, { actor: 'system' }));
    expect(await warnings(production())).not.to.include(email);
  });

  it('names each client that is allowed more than others, with what that means', async () => {
    const { withServices } = installation();
    const by = { actor: 'system' } as const;
    const create = (more: Readonly<Record<string, unknown>>) =>
      withServices(({ clients }) =>
        clients.create({ name: 'Shop', type: 'web', redirectUris: ['https://shop.example/cb'], ...more }, by),
      );
    await create({ id: 'strict' });
    expect(await warnings(production())).not.to.include('leniency');
    await create({ id: 'lenient', pkce: 'optional', development: true });
    expect(await warnings(production()))
      .to.include('The client Shop (lenient) has the leniency pkce-optional. It may sign users in without PKCE')
      .and.include('The client Shop (lenient) has the leniency development.')
      .and.not.include('strict');
    await withServices(({ clients }) => clients.remove('lenient', by));
    expect(await warnings(production())).not.to.include('leniency');
  });

  it('warns about important settings that are not set', async () => {
    expect(await warnings(production()))
      .to.include('SMTP_URL is not set')
      .and.include('TRUSTED_PROXIES is not set')
      .and.include('METRICS_TOKEN is not set');
  });
});

describe('gatehouse config check where there is no database yet', () => {
  it('creates none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-check-'));
    try {
      const environment = {
        NODE_ENV: 'production',
        ISSUER: 'https://login.example.com',
        DATABASE_URL: 'sqlite:gatehouse.db',
        SECRET: randomBytes(32).toString('base64url'),
      };
      const { exitCode, stdout } = await run(['config', 'check'], { environment, workingDirectory: folder });
      expect(exitCode).to.equal(0);
      expect(stdout).to.include('The set-up link was not used yet');
      expect(readdirSync(folder)).to.deep.equal([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reports that the database does not answer', async function silent() {
    this.timeout(30_000);
    const environment = {
      NODE_ENV: 'production',
      ISSUER: 'https://login.example.com',
      DATABASE_URL: `mongodb://127.0.0.1:${await freePort()}/gatehouse?replicaSet=rs0`,
      SECRET: randomBytes(32).toString('base64url'),
    };
    const { exitCode, stdout } = await run(['config', 'check'], { environment });
    expect(exitCode).to.equal(0);
    expect(stdout).to.include('The production configuration is valid.').and.include('The database does not answer');
  });
});
