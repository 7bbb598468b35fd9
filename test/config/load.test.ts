import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { loadConfig } from '../../src/config/load.ts';
import type { LoadOptions } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/errors.ts';

const goodSecret = randomBytes(32).toString('base64url');
const production = {
  NODE_ENV: 'production',
  ISSUER: 'https://login.example.com',
  DATABASE_URL: 'mongodb://db.example.com/gatehouse?replicaSet=rs0',
  SECRET: goodSecret,
};

/** The problems of a configuration; empty when it loads. */
function problemsOf(environment: Readonly<Record<string, string>>, options: LoadOptions = {}): readonly string[] {
  try {
    loadConfig({ environment, workingDirectory: '/srv', ...options });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
}

function onlyProblem(environment: Readonly<Record<string, string>>, options: LoadOptions = {}): string {
  const problems = problemsOf(environment, options);
  expect(problems, problems.join('\n')).to.have.length(1);
  return problems[0] ?? '';
}

describe('loadConfig', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const inFolder = (name: string, content: string): string => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  describe('profiles', () => {
    it('are set by NODE_ENV, and development is the default', () => {
      expect(loadConfig({ environment: {} }).profile).to.equal('development');
      expect(loadConfig({ environment: { NODE_ENV: '' } }).profile).to.equal('development');
      expect(loadConfig({ environment: { NODE_ENV: 'development' } }).profile).to.equal('development');
      expect(loadConfig({ environment: { NODE_ENV: 'test' } }).profile).to.equal('test');
      expect(loadConfig({ environment: production }).profile).to.equal('production');
    });

    it('need no setting in development: loopback, SQLite in data/, no warning', () => {
      const config = loadConfig({ environment: {}, workingDirectory: '/srv' });
      expect(config.issuer).to.equal('http://localhost:3000');
      expect(config.host).to.equal('127.0.0.1');
      expect(config.database.url).to.equal('sqlite:/srv/data/gatehouse.db');
      expect(config.secret).to.deep.equal([]);
      expect(config.outbound.privateNetworks).to.equal(true);
      expect(config.warnings).to.deep.equal([]);
    });

    it('differ: in production the server listens on all addresses and calls no private ones', () => {
      const config = loadConfig({ environment: production });
      expect(config.host).to.equal('0.0.0.0');
      expect(config.outbound.privateNetworks).to.equal(false);
    });

    it('refuse a NODE_ENV that is not a profile, and suggest the one that was meant', () => {
      const advice = {
        prod: 'Set NODE_ENV=production',
        Production: 'Set NODE_ENV=production',
        PRODUCTION: 'Set NODE_ENV=production',
        'production ': 'Set NODE_ENV=production',
        dev: 'Set NODE_ENV=development',
        Test: 'Set NODE_ENV=test',
        staging: 'Set NODE_ENV to one of these',
        qa: 'Set NODE_ENV to one of these',
      };
      for (const [name, sentence] of Object.entries(advice)) {
        const problems = problemsOf({ NODE_ENV: name });
        expect(problems, name).to.have.length(1);
        expect(problems[0], name).to.include(`NODE_ENV: received "${name}"`).and.include(sentence);
      }
    });

    it('report all other problems together with a NODE_ENV that is not a profile', () => {
      expect(problemsOf({ NODE_ENV: 'staging', PORT: 'x' }).map((problem) => problem.split(':')[0])).to.deep.equal([
        'NODE_ENV',
        'PORT',
      ]);
    });

    it('warn about a public address outside production', () => {
      expect(loadConfig({ environment: { ISSUER: 'https://login.example.com' } }).warnings.join()).to.include(
        'set NODE_ENV=production',
      );
      expect(loadConfig({ environment: { NODE_ENV: 'development' } }).warnings).to.deep.equal([]);
    });

    it('warn in production if SMTP_URL, TRUSTED_PROXIES or METRICS_TOKEN is not set', () => {
      const named = (environment: Readonly<Record<string, string>>): readonly (string | undefined)[] =>
        loadConfig({ environment }).warnings.map((warning) => warning.split(' ')[0]);
      expect(named(production)).to.deep.equal(['SMTP_URL', 'TRUSTED_PROXIES', 'METRICS_TOKEN']);
      expect(
        named({
          ...production,
          SMTP_URL: 'smtps://mail.example.com',
          TRUSTED_PROXIES: '10.0.0.2',
          METRICS_TOKEN: 'a-token-of-some-length',
        }),
      ).to.deep.equal([]);
      expect(named({})).to.deep.equal([]);
    });
  });

  describe('precedence', () => {
    it('is: arguments, then the environment, then the file of the profile, then default.yaml', () => {
      inFolder('default.yaml', 'port: 4001\nhost: 10.0.0.1\nbrand:\n  name: Default\nlog:\n  level: debug\n');
      inFolder('development.yaml', 'port: 4002\nhost: 10.0.0.2\nbrand:\n  name: Profile\n');
      const config = loadConfig({
        environment: { PORT: '4003', HOST: '10.0.0.3' },
        directory: folder,
        overrides: { PORT: 4004 },
      });
      expect(config.port).to.equal(4004);
      expect(config.host).to.equal('10.0.0.3');
      expect(config.brand.name).to.equal('Profile');
      expect(config.log.level).to.equal('debug');
      expect(config.origins).to.include({
        PORT: 'argument',
        HOST: 'environment',
        BRAND_NAME: 'file development.yaml',
        LOG_LEVEL: 'file default.yaml',
        DATA_DIR: 'default',
      });
    });

    it('puts a changed default.yaml before the default of a profile', () => {
      inFolder('default.yaml', 'host: 10.0.0.1\n');
      expect(loadConfig({ environment: production, directory: folder }).host).to.equal('10.0.0.1');
    });

    it('treats an empty variable as not set', () => {
      expect(loadConfig({ environment: { PORT: '', SMTP_URL: '' } }).port).to.equal(3000);
    });

    it('includes the YAML files of CONFIG_DIR; each of them is optional', () => {
      inFolder('development.yaml', 'port: 4100\n');
      expect(loadConfig({ environment: { CONFIG_DIR: folder } }).port).to.equal(4100);
    });

    it('refuses a CONFIG_DIR that is not a folder', () => {
      expect(onlyProblem({ CONFIG_DIR: join(folder, 'confg') })).to.match(
        /^CONFIG_DIR: .*confg is not a folder; expected/,
      );
    });
  });

  describe('YAML files', () => {
    it('refuses an unknown key and suggests a similar one', () => {
      inFolder('default.yaml', 'databse:\n  url: sqlite:x\n');
      expect(onlyProblem({}, { directory: folder })).to.match(/^databse in default\.yaml: .*did you mean database\?/);
    });

    it('refuses an unknown key inside a group', () => {
      inFolder('default.yaml', 'lifetime:\n  acess_token_jwt: 5m\n');
      expect(onlyProblem({}, { directory: folder })).to.include('did you mean lifetime.access_token_jwt?');
    });

    it('refuses a flattened name and shows where the setting is', () => {
      inFolder('default.yaml', 'database_url: sqlite:x\n');
      expect(onlyProblem({}, { directory: folder })).to.include('did you mean database.url?');
    });

    it('refuses __proto__ like any other unknown key', () => {
      inFolder('default.yaml', '__proto__:\n  port: 1\n');
      expect(onlyProblem({}, { directory: folder })).to.include('__proto__ in default.yaml');
      expect({}).not.to.have.property('port');
    });

    it('refuses a group where a value is expected, and a value where a group is expected', () => {
      inFolder('default.yaml', 'port:\n  number: 1\ndatabase: sqlite:x\n');
      const problems = problemsOf({}, { directory: folder });
      expect(problems).to.have.length(2);
      expect(problems[0]).to.include('port in default.yaml');
      expect(problems[1]).to.include('database in default.yaml');
    });

    it('names a file that is not valid YAML', () => {
      inFolder('default.yaml', 'port: [1\n');
      expect(onlyProblem({}, { directory: folder })).to.match(/^default\.yaml: cannot be read/);
    });
  });

  describe('NAME_FILE', () => {
    it('reads a value from a file, for secrets and all other settings, without the newline at its end', () => {
      const secret = inFolder('secret', `${goodSecret}\n`);
      const port = inFolder('port', '4200\r\n');
      const config = loadConfig({ environment: { SECRET_FILE: secret, PORT_FILE: port } });
      expect(config.secret.map((key) => key.toString('base64url'))).to.deep.equal([goodSecret]);
      expect(config.port).to.equal(4200);
      expect(config.origins['PORT']).to.equal(`file ${port}`);
    });

    it('resolves a relative path against the working directory', () => {
      inFolder('port', '4200');
      expect(loadConfig({ environment: { PORT_FILE: 'port' }, workingDirectory: folder }).port).to.equal(4200);
    });

    it('refuses NAME and NAME_FILE together', () => {
      expect(onlyProblem({ PORT: '1', PORT_FILE: inFolder('port', '2') })).to.include('both PORT and PORT_FILE');
    });

    it('refuses a file that is missing or empty', () => {
      expect(onlyProblem({ PORT_FILE: join(folder, 'nowhere') })).to.include('PORT_FILE');
      expect(onlyProblem({ PORT_FILE: inFolder('empty', '\n') })).to.include('empty');
      for (const content of ['', '\n', '\r\n', ' \n\n']) {
        const problem = onlyProblem({ ...production, SECRET_FILE: inFolder('secret', content), SECRET: '' });
        expect(problem).to.match(/^SECRET: the file that SECRET_FILE names \(.*secret\) is empty\./);
      }
    });
  });

  describe('problems', () => {
    it('are all reported together', () => {
      const problems = problemsOf({
        NODE_ENV: 'production',
        PORT: 'x',
        LOG_LEVEL: 'loud',
        SESSION_IDLE: '2h',
        SECRET: 'short',
      });
      expect(problems.map((problem) => problem.split(':')[0])).to.have.members([
        'PORT',
        'LOG_LEVEL',
        'SECRET',
        'ISSUER',
        'DATABASE_URL',
        'SESSION_IDLE',
      ]);
    });

    it('name what was received, what was expected, and what to set', () => {
      expect(onlyProblem({ PORT: 'eighty' })).to.equal(
        'PORT: received "eighty"; expected a whole number from 0 to 65535. Set PORT (port in YAML).',
      );
    });

    it('never show the value of a secret', () => {
      const canary = 'c4n4ry';
      const environment = {
        SECRET: canary,
        METRICS_TOKEN: canary,
        SMTP_URL: `http://user:${canary}@mail`,
        DATABASE_URL: `mongodb://user:${canary}@db/x?readPreference=nearest`,
      };
      const problems = problemsOf(environment);
      expect(problems.map((problem) => problem.split(':')[0])).to.have.members([
        'SECRET',
        'METRICS_TOKEN',
        'SMTP_URL',
        'DATABASE_URL',
      ]);
      expect(problems.join('\n')).not.to.include(canary);
    });
  });

  describe('misspelt variables', () => {
    for (const [wrong, right] of [
      ['ISUER', 'ISSUER'],
      ['DATABSE_URL', 'DATABASE_URL'],
      ['SECERT_FILE', 'SECRET_FILE'],
      ['GATEHOUSE_PORT', 'PORT'],
      ['issuer', 'ISSUER'],
    ] as const) {
      it(`warns about ${wrong} and suggests ${right}`, () => {
        const { warnings } = loadConfig({ environment: { [wrong]: 'x' } });
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.include(wrong).and.include(`did you mean ${right}?`);
      });
    }

    it('ignores variables of other programs', () => {
      const environment = {
        PATH: '/bin',
        HOME: '/root',
        HOSTNAME: 'x',
        LANG: 'C',
        TERM: 'xterm',
        SHELL: 'sh',
        USER: 'u',
        PWD: '/',
        npm_config_port: '1',
        NODE_OPTIONS: '',
        CI: '1',
        EDITOR: 'vi',
        GATEHOUSE_PORT: 'tcp://10.0.0.1:3000',
      };
      expect(loadConfig({ environment }).warnings).to.deep.equal([]);
    });
  });

  describe('ISSUER', () => {
    it('derives from PORT in development; its own port does not change PORT', () => {
      expect(loadConfig({ environment: { PORT: '4300' } }).issuer).to.equal('http://localhost:4300');
      const config = loadConfig({ environment: { ISSUER: 'http://localhost:9000' } });
      expect(config.issuer).to.equal('http://localhost:9000');
      expect(config.port).to.equal(3000);
    });

    it('is required when PORT is 0, because the port is not known before the start', () => {
      expect(onlyProblem({ PORT: '0' })).to.match(/^ISSUER: .*PORT is 0/);
      expect(problemsOf({ PORT: '0', ISSUER: 'http://localhost:4400' })).to.deep.equal([]);
    });

    it('loses a trailing slash and the default port, and has a lower-case host (OIDC Core §2)', () => {
      expect(loadConfig({ environment: { ISSUER: 'https://Login.Example.com:443/' } }).issuer).to.equal(
        'https://login.example.com',
      );
    });

    for (const issuer of [
      'http://localhost:3000',
      'http://127.0.0.1:3000',
      'http://[::1]:3000',
      'https://login.example.com',
    ]) {
      it(`accepts ${issuer} in development`, () => {
        expect(problemsOf({ ISSUER: issuer })).to.deep.equal([]);
      });
    }

    for (const issuer of [
      'login.example.com',
      'http://login.example.com',
      'http://localhost.example.com',
      'http://10.0.0.1',
      'ftp://localhost',
      'https://u:p@example.com',
      'https://example.com?x',
      'https://example.com/?',
      'https://example.com#x',
      'https://example.com/#',
      'https://example.com/path',
    ]) {
      it(`refuses ${issuer}`, () => {
        expect(onlyProblem({ ISSUER: issuer })).to.match(/^ISSUER: /);
      });
    }

    it('refuses plain http in production, loopback or not', () => {
      expect(onlyProblem({ ...production, ISSUER: 'http://localhost:3000' })).to.match(/^ISSUER: .*https/);
    });
  });

  describe('production', () => {
    it('accepts safe settings', () => {
      expect(problemsOf(production)).to.deep.equal([]);
      expect(problemsOf({ ...production, DATABASE_URL: 'sqlite:/var/lib/gatehouse.db' })).to.deep.equal([]);
    });

    for (const name of ['ISSUER', 'DATABASE_URL', 'SECRET'] as const) {
      it(`requires ${name}`, () => {
        expect(onlyProblem({ ...production, [name]: '' })).to.match(
          new RegExp(`^${name}: received nothing; expected .* Set ${name} or ${name}_FILE`),
        );
      });
    }

    const refused: readonly (readonly [Readonly<Record<string, string>>, string, string])[] = [
      [
        { PASSWORD_MINIMUM_LENGTH: '14' },
        'PASSWORD_MINIMUM_LENGTH',
        'NIST SP 800-63B-4: 15 where a password is the only factor',
      ],
      [{ PASSWORD_HASH_MEMORY_KIB: '19455' }, 'PASSWORD_HASH_MEMORY_KIB', 'OWASP: 19456 KiB at two passes'],
      [{ PASSWORD_HASH_PASSES: '1' }, 'PASSWORD_HASH_MEMORY_KIB', 'OWASP: 47104 KiB at one pass'],
      [{ SESSION_IDLE: '61m' }, 'SESSION_IDLE', 'NIST: idle at most 1 h'],
      [{ SESSION_ABSOLUTE: '25h' }, 'SESSION_ABSOLUTE', 'NIST: at most 24 h'],
      [{ KEYS_CACHE_MAX_AGE: '11m' }, 'KEYS_PUBLISH_AHEAD', 'published before caches have expired'],
      [{ REQUEST_DEADLINE: '6s' }, 'REQUEST_DEADLINE', 'every request is answered within 5 s'],
      [{ TRUSTED_PROXIES: '0.0.0.0/0' }, 'TRUSTED_PROXIES', 'every caller could claim any address'],
      [{ TRUSTED_PROXIES: '::/0' }, 'TRUSTED_PROXIES', 'every caller could claim any address'],
      [{ OUTBOUND_PRIVATE_NETWORKS: 'true' }, 'OUTBOUND_PRIVATE_NETWORKS', 'ASVS 1.3.6: server-side request forgery'],
    ];
    for (const [environment, name, why] of refused) {
      it(`refuses ${JSON.stringify(environment)} (${why}), which development accepts`, () => {
        expect(onlyProblem({ ...production, ...environment })).to.match(new RegExp(`^${name}: received `));
        expect(problemsOf(environment)).to.deep.equal([]);
      });
    }

    it('accepts passwords of 8 characters only where every user has a second factor (NIST SP 800-63B-4 §3.1.1.2)', () => {
      const short = { ...production, PASSWORD_MINIMUM_LENGTH: '8' };
      expect(problemsOf({ ...short, SECOND_FACTOR: 'all' })).to.deep.equal([]);
      expect(onlyProblem({ ...short, SECOND_FACTOR: 'administrators' })).to.match(/^PASSWORD_MINIMUM_LENGTH: /);
      expect(onlyProblem({ ...short, SECOND_FACTOR: 'all', PASSWORD_MINIMUM_LENGTH: '7' })).to.match(
        /^PASSWORD_MINIMUM_LENGTH: /,
      );
    });

    it('accepts the other argon2id parameters that OWASP lists', () => {
      for (const [memory, passes] of [
        ['47104', '1'],
        ['12288', '3'],
        ['9216', '4'],
        ['7168', '5'],
      ] as const) {
        expect(
          problemsOf({ ...production, PASSWORD_HASH_MEMORY_KIB: memory, PASSWORD_HASH_PASSES: passes }),
        ).to.deep.equal([]);
      }
    });
  });

  describe('every profile', () => {
    const refused: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
      [{ LIFETIME_ACCESS_TOKEN_JWT: '11m' }, 'LIFETIME_ACCESS_TOKEN_JWT'],
      [{ LIFETIME_CODE: '61s' }, 'LIFETIME_CODE'],
      [{ LIFETIME_INTERACTION: '2h' }, 'LIFETIME_INTERACTION'],
      [{ SESSION_REMEMBER: '31d' }, 'SESSION_REMEMBER'],
      [{ SESSION_IDLE: '25h' }, 'SESSION_IDLE'],
      [{ SESSION_ABSOLUTE: '20d', SESSION_REMEMBER: '10d' }, 'SESSION_ABSOLUTE'],
      [{ LIFETIME_REFRESH_IDLE: '91d' }, 'LIFETIME_REFRESH_IDLE'],
      [{ THROTTLE_ACCOUNT_LIMIT: '101' }, 'THROTTLE_ACCOUNT_LIMIT'],
      [{ THROTTLE_ACCOUNT_LIMIT: '3' }, 'THROTTLE_ACCOUNT_FREE'],
      [{ THROTTLE_FIRST_WAIT: '2h', THROTTLE_LONGEST_WAIT: '1h' }, 'THROTTLE_FIRST_WAIT'],
      [{ PORT: '65536' }, 'PORT'],
      [{ PORT: '-1' }, 'PORT'],
      [{ PORT: '3e3' }, 'PORT'],
      [{ PORT: '0x50' }, 'PORT'],
      [{ SESSION_IDLE: '1 hour' }, 'SESSION_IDLE'],
      [{ SESSION_IDLE: '-1h' }, 'SESSION_IDLE'],
      [{ OUTBOUND_PRIVATE_NETWORKS: 'yes' }, 'OUTBOUND_PRIVATE_NETWORKS'],
      [{ BRAND_COLOR: 'red;}' }, 'BRAND_COLOR'],
      [{ BRAND_LOGO: 'javascript:alert(1)' }, 'BRAND_LOGO'],
      [{ BRAND_LOGO: '//evil.example/logo.png' }, 'BRAND_LOGO'],
      [{ BRAND_NAME: 'Two\nlines' }, 'BRAND_NAME'],
      [{ BRAND_LOGO_DARK: 'http://cdn.example/logo.png' }, 'BRAND_LOGO_DARK'],
      [{ BRAND_LOGO_DARK: '/assets/dark.svg' }, 'BRAND_LOGO_DARK'],
      [{ BRAND_SHOW_NAME: 'false' }, 'BRAND_SHOW_NAME'],
      [{ SECOND_FACTOR: 'everybody' }, 'SECOND_FACTOR'],
      [{ SECOND_FACTOR: 'groups' }, 'SECOND_FACTOR_GROUPS'],
      [{ SECOND_FACTOR: 'all', SECOND_FACTOR_GROUPS: 'staff' }, 'SECOND_FACTOR_GROUPS'],
      [{ SECOND_FACTOR_REMEMBER: '91d' }, 'SECOND_FACTOR_REMEMBER'],
      [{ SUPPORT_CONTACT: 'javascript:alert(1)' }, 'SUPPORT_CONTACT'],
      [{ SUPPORT_CONTACT: 'http://help.example/' }, 'SUPPORT_CONTACT'],
      [{ SUPPORT_CONTACT: 'help@harbour.example?bcc=eve@example.com' }, 'SUPPORT_CONTACT'],
      [{ SUPPORT_CONTACT: 'tel:help' }, 'SUPPORT_CONTACT'],
      [{ PRIVACY_URL: 'http://harbour.example/privacy' }, 'PRIVACY_URL'],
      [{ TERMS_URL: 'https://user:password@harbour.example/' }, 'TERMS_URL'],
      [{ MAIL_FROM: 'a@example.com\r\nBcc: b@example.com' }, 'MAIL_FROM'],
      [{ MAIL_FROM: 'nobody' }, 'MAIL_FROM'],
      [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN'],
      [{ SMTP_URL: 'mail.example.com' }, 'SMTP_URL'],
      [{ DATABASE_URL: 'postgres://db/x' }, 'DATABASE_URL'],
      [{ DATABASE_URL: 'sqlite::memory:' }, 'DATABASE_URL'],
      [{ DATABASE_URL: 'sqlite:' }, 'DATABASE_URL'],
      [{ DATABASE_URL: 'mongodb://db/x?readPreference=secondaryPreferred' }, 'DATABASE_URL'],
      [{ DATABASE_URL: 'mongodb://db/x?readpreference=nearest' }, 'DATABASE_URL'],
      [{ DATABASE_URL: 'mongodb://db/x?w=1' }, 'DATABASE_URL'],
      [{ DATABASE_URL: 'mongodb://db/x?journal=false' }, 'DATABASE_URL'],
      [{ TRUSTED_PROXIES: 'proxy.example.com' }, 'TRUSTED_PROXIES'],
      [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES'],
      [{ TRUSTED_PROXIES: '10.1' }, 'TRUSTED_PROXIES'],
      [{ OUTBOUND_ALLOW: 'app.internal' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '10.0.0.0/33' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '10.0.0.0/8,0.0.0.0/0' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '::/0' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '10.0.0.0/7' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '93.184.216.34' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '169.254.0.0/16' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '169.254.169.254' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: 'fe80::/10' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: 'fd00:ec2::254' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '100.100.100.200' }, 'OUTBOUND_ALLOW'],
      [{ OUTBOUND_ALLOW: '::ffff:0:0/96' }, 'OUTBOUND_ALLOW'],
      [{ PASSKEY_RP_ID: 'https://localhost' }, 'PASSKEY_RP_ID'],
      [{ PASSKEY_RP_ID: '127.0.0.1', ISSUER: 'http://127.0.0.1:3000' }, 'PASSKEY_RP_ID'],
      [{ PASSKEY_RP_ID: 'example.org' }, 'PASSKEY_RP_ID'],
      [{ PASSKEY_RP_ID: 'com', ISSUER: 'https://login.example.com', NODE_ENV: 'test' }, 'PASSKEY_RP_ID'],
      [{ PASSKEY_RP_ID: 'in.example.com', ISSUER: 'https://login.example.com', NODE_ENV: 'test' }, 'PASSKEY_RP_ID'],
      [{ PASSKEY_ORIGINS: 'login.example.com' }, 'PASSKEY_ORIGINS'],
      [{ PASSKEY_ORIGINS: 'http://login.example.com' }, 'PASSKEY_ORIGINS'],
      [{ PASSKEY_ORIGINS: 'http://localhost:4000/' }, 'PASSKEY_ORIGINS'],
      [{ PASSKEY_ORIGINS: 'https://login.example.com' }, 'PASSKEY_ORIGINS'],
    ];
    for (const [environment, name] of refused) {
      it(`refuses ${JSON.stringify(environment)}`, () => {
        expect(onlyProblem(environment)).to.match(new RegExp(`^${name}: received `));
      });
    }

    it('reads durations as seconds', () => {
      const config = loadConfig({
        environment: {
          SESSION_IDLE: '90',
          SESSION_ABSOLUTE: '2h',
          REQUEST_DEADLINE: '3s',
          AUDIT_RETENTION: '500d',
          LIFETIME_INTERACTION: '10m',
        },
      });
      expect(config.session.idle).to.equal(90);
      expect(config.session.absolute).to.equal(7200);
      expect(config.request.deadline).to.equal(3);
      expect(config.audit.retention).to.equal(43_200_000);
      expect(config.lifetime.interaction).to.equal(600);
    });

    it('has passkeys for the host of ISSUER, unless that is an IP address, or for a domain above it', () => {
      expect(loadConfig({ environment: production }).passkey).to.deep.include({
        rpId: 'login.example.com',
        origins: [],
      });
      const { passkey } = loadConfig({
        environment: {
          ...production,
          PASSKEY_RP_ID: 'Example.com',
          PASSKEY_ORIGINS: 'https://id.example.com, https://example.com:8443',
        },
      });
      expect(passkey).to.deep.include({
        rpId: 'example.com',
        origins: ['https://id.example.com', 'https://example.com:8443'],
      });
      for (const issuer of ['http://127.0.0.1:3000', 'http://[::1]:3000']) {
        expect(loadConfig({ environment: { ISSUER: issuer } }).passkey.rpId, issuer).to.equal(undefined);
      }
    });

    it('names the network of OUTBOUND_ALLOW that is rejected, and why', () => {
      expect(onlyProblem({ OUTBOUND_ALLOW: '10.0.0.0/8,169.254.0.0/16' })).to.match(/"169\.254\.0\.0\/16".*metadata/);
      expect(onlyProblem({ OUTBOUND_ALLOW: '10.0.0.0/8,0.0.0.0/0' })).to.match(/"0\.0\.0\.0\/0".*networks inside 10\./);
    });

    it('accepts private networks and loopback in OUTBOUND_ALLOW, in production, too', () => {
      const allow = '10.1.0.0/16,172.30.0.0/24,192.168.7.7,100.64.0.0/10,127.0.0.0/8,::1,fd12::/64';
      const config = loadConfig({ environment: { ...production, OUTBOUND_ALLOW: allow } });
      expect(config.outbound).to.deep.equal({ privateNetworks: false, allow: allow.split(',') });
      expect(loadConfig({ environment: production }).outbound.allow).to.deep.equal([]);
    });

    it('reads proxies from a list and from YAML', () => {
      expect(
        loadConfig({ environment: { TRUSTED_PROXIES: '10.0.0.0/8, ::1,192.0.2.7' } }).trustedProxies,
      ).to.deep.equal(['10.0.0.0/8', '::1', '192.0.2.7']);
      inFolder('default.yaml', 'trusted_proxies:\n  - 10.0.0.0/8\n');
      expect(loadConfig({ environment: {}, directory: folder }).trustedProxies).to.deep.equal(['10.0.0.0/8']);
    });

    it('resolves paths against the working directory; the default database is in DATA_DIR', () => {
      const config = loadConfig({ environment: { DATA_DIR: 'd', VIEWS_DIR: 'v' }, workingDirectory: '/srv' });
      expect(config.data.dir).to.equal('/srv/d');
      expect(config.views.dir).to.equal('/srv/v');
      expect(config.database.url).to.equal('sqlite:/srv/d/gatehouse.db');
      expect(
        loadConfig({ environment: { DATABASE_URL: 'sqlite:x.db' }, workingDirectory: '/srv' }).database.url,
      ).to.equal('sqlite:/srv/x.db');
    });

    it("sends mail from the issuer's host unless MAIL_FROM is set", () => {
      expect(loadConfig({ environment: production }).mail.from).to.equal('no-reply@login.example.com');
      expect(loadConfig({ environment: { ...production, MAIL_FROM: 'Us <us@example.com>' } }).mail.from).to.equal(
        'Us <us@example.com>',
      );
    });
  });
});
