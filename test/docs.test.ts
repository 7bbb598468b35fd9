/**
 * The documentation is correct: the commands of the README are run as a newcomer pastes them, and everything that the
 * pages name (files, settings, commands, metrics, audit events, stored fields) exists.
 */
import { execFileSync, spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { exitCodes } from '../src/cli/output.ts';
import { nouns } from '../src/cli/program.ts';
import { settingList } from '../src/config/setting-list.ts';
import { loadPreset, presetNames } from '../src/presets/load.ts';
import { allCollections } from '../src/storage/collections.ts';
import { openBrowser } from './support/browser.ts';
import { freePort } from './support/server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const pages = [
  'CONTRIBUTING.md',
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const tracked = execFileSync('git', ['-c', 'safe.directory=*', 'ls-files'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((path) => existsSync(join(root, path)));

/** The code blocks of a page in one language, in order. */
function blocks(page: string, language: string): readonly string[] {
  return [...read(page).matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , code = '']) => code);
}

/** The words in code style in the text of a page. */
function spans(page: string): readonly string[] {
  return [
    ...read(page)
      .replaceAll(/^```[^]*?^```$/gm, '')
      .matchAll(/`([^`\n]+)`/g),
  ].map(([, text = '']) => text);
}

/** The first cells of the table between two markers. */
function firstCells(page: string, marker: string): readonly string[] {
  const table = new RegExp(`<!-- ${marker}:start -->\\n([^]*?)<!-- ${marker}:end -->`).exec(read(page))?.[1];
  if (table === undefined) {
    throw new Error(`${page} has no table ${marker}`);
  }
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => (row.split('|')[1] ?? '').trim().replaceAll('`', ''));
}

/** The anchor that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

interface Command {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly string[];
  readonly required: readonly string[];
}

function longName({ flags }: { readonly flags: string }): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

async function listCommands(): Promise<readonly Command[]> {
  const loaded = await Promise.all(nouns.map(async ({ noun, load }) => ({ noun, commands: (await load()).commands })));
  return loaded.flatMap(({ noun, commands }) =>
    commands.map((command) => ({
      name: [noun, command.verb, ...(command.arguments ?? []).map(({ name }) => name)]
        .filter((word) => word !== '')
        .join(' '),
      summary: command.summary,
      options: (command.options ?? []).map(longName),
      required: (command.options ?? []).filter(({ required }) => required === true).map(longName),
    })),
  );
}

describe('the README, pasted by a newcomer', function newcomer() {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-readme-'));
  const data = join(folder, 'data');
  const running: ChildProcessWithoutNullStreams[] = [];
  let card = '';
  let printedByApp = '';
  let issuer = '';
  let shop = '';

  /** Code of the README with the address and the folder of this server. */
  function adapt(code: string): string {
    return code
      .replaceAll('http://localhost:3000', issuer)
      .replaceAll('127.0.0.1:4000', shop)
      .replaceAll('listen(4000', `listen(${shop.split(':')[1]}`)
      .replaceAll('data/', `${data}/`);
  }

  /** Without `PORT`, because commands find the server that runs in this folder. */
  function newcomersEnvironment(): Readonly<Record<string, string | undefined>> {
    const { NODE_ENV: _profile, PORT: _port, ISSUER: _issuer, ...inherited } = process.env;
    return { ...inherited, DATA_DIR: data, LOG_LEVEL: 'warn' };
  }

  /** Starts a program in the clone, and resolves with its output when that includes `sign`. */
  function start(command: string, argv: readonly string[], sign: string): Promise<string> {
    const environment = { ...newcomersEnvironment(), ...(command === 'npm' ? { PORT: new URL(issuer).port } : {}) };
    const child = spawn(command, argv, { cwd: root, env: environment, detached: true });
    running.push(child);
    let [output, problems] = ['', ''];
    child.stderr.on('data', (chunk: Buffer) => {
      problems += chunk.toString();
    });
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${command} ended with ${code}: ${output}\n${problems}`)));
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(sign)) {
          resolve(output);
        }
      });
    });
  }

  before(async () => {
    issuer = `http://localhost:${await freePort()}`;
    shop = `127.0.0.1:${await freePort()}`;
    mkdirSync(data);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    card = await start('npm', ['start'], 'openid-configuration');
    const [firstClient = '', firstApp = ''] = blocks('README.md', 'sh').map(adapt);
    printedByApp = await start('bash', ['-euc', `${firstClient}\n${firstApp}`], 'Open http://');
  });
  after(async () => {
    for (const child of running.toReversed()) {
      child.removeAllListeners('exit');
      const ended = new Promise((resolve) => {
        child.once('exit', resolve);
      });
      if (child.exitCode === null && child.pid !== undefined) {
        process.kill(-child.pid, 'SIGTERM');
        await ended;
      }
    }
    rmSync(folder, { recursive: true });
    delete process.env['API_CLIENT_ID'];
    delete process.env['API_CLIENT_SECRET'];
  });

  /** Imports a JavaScript block of the README as a module of the newcomer. */
  async function importBlock(
    containing: string,
    api: string,
  ): Promise<Record<string, (...given: unknown[]) => unknown>> {
    const code = blocks('README.md', 'js').find((block) => block.includes(containing)) ?? '';
    const file = join(data, `${containing}-${encodeURIComponent(api)}.mjs`);
    writeFileSync(file, adapt(code).replaceAll(/https:\/\/\w+\.example\/api/g, api));
    return (await import(pathToFileURL(file).href)) as Record<string, (...given: unknown[]) => unknown>;
  }

  function machineToken(): string {
    return /"access_token":"([^"]+)"/.exec(printedByApp)?.[1] ?? '';
  }

  it('prints a card with the lines that the README lists, and its link works', async () => {
    for (const line of firstCells('README.md', 'card').slice(0, -1)) {
      expect(card).to.include(`${line}:`);
    }
    const link = /http\S+\/setup\/\S+/.exec(card)?.[0] ?? '';
    expect((await fetch(link)).status).to.equal(200);
  });

  it('prints curl lines that work', () => {
    const lines = card.split('\n').filter((line) => line.startsWith('curl '));
    expect(lines).to.have.length.greaterThan(2);
    const answers = lines.map((line) => execFileSync('bash', ['-euc', line], { encoding: 'utf8' }));
    expect(JSON.parse(answers[0] ?? '')).to.include({ token_type: 'Bearer' });
    expect(JSON.parse(answers[1] ?? '')).to.include({ active: true });
    expect(JSON.parse(answers[2] ?? '')).to.include({ issuer });
  });

  it('gets a token for the first client', () => {
    expect(machineToken().split('.')).to.have.length(3);
  });

  it('reports what exists already, and how to create another secret, when the first client is pasted again', () => {
    const [firstClient = ''] = blocks('README.md', 'sh').map(adapt);
    const again = spawnSync('bash', ['-c', firstClient], { cwd: root, encoding: 'utf8', env: newcomersEnvironment() });
    expect(again.stderr)
      .to.include('identifier "https://photos.example/api" already exists')
      .and.include('gatehouse client rotate-secret backup');
    expect(again.stdout).to.equal('');
  });

  it('signs a user in to the first web app', async () => {
    const browser = openBrowser();
    const { location } = await browser.get(`http://${shop}/`);
    const login = await browser.visit(location ?? '');
    const consent = await browser.submit(login, '/login', {
      email: 'ada@example.com',
      password: /printf %s '([^']+)'/.exec(read('README.md'))?.[1] ?? '',
    });
    const { location: callback } = await browser.submit(consent, '/consent', { decision: 'allow' });
    const page = await browser.get(callback ?? '');
    expect(page.html)
      .to.match(/^You are \S+, and this app may use: /)
      .and.include('photos:read');
    const again = await browser.get(callback ?? '');
    expect(again.status, 'the page loaded again').to.equal(400);
    const denied = await browser.get(`http://${shop}/callback?error=access_denied&error_description=no`);
    expect(denied.status, 'a callback with an error').to.equal(400);
    expect((await browser.get(`http://${shop}/`)).status, 'the app still runs').to.equal(302);
  });

  it('checks a JWT as the README describes', async () => {
    const { checkToken } = await importBlock('checkToken', 'https://photos.example/api');
    expect(await checkToken?.(machineToken(), 'photos:read')).to.include({ sub: 'backup', client_id: 'backup' });
    const refusal = async (token: string, scope: string): Promise<unknown> =>
      Promise.resolve(checkToken?.(token, scope)).catch((error: unknown) => error);
    expect(await refusal(machineToken(), 'photos:write')).to.be.instanceOf(Error);
    expect(await refusal(`${machineToken().slice(0, -8)}AAAAAAAA`, 'photos:read')).to.be.instanceOf(Error);
  });

  it('introspects an opaque token as the README describes', async () => {
    const line = card.split('\n').find((one) => one.includes('/introspect ')) ?? '';
    const token = execFileSync('bash', ['-euc', `echo ${/token=(\$\(.*\))$/.exec(line)?.[1] ?? ''}`], {
      encoding: 'utf8',
    }).trim();
    const [, , opaque = ''] = blocks('README.md', 'sh').map(adapt);
    const printed = execFileSync('bash', ['-euc', `${opaque}\necho; echo "secret: $API_CLIENT_SECRET"`], {
      cwd: root,
      encoding: 'utf8',
      env: newcomersEnvironment(),
    });
    const own = /"access_token":"([^"]+)"/.exec(printed)?.[1] ?? '';
    process.env['API_CLIENT_ID'] = /API_CLIENT_ID=(\S+)/.exec(opaque)?.[1];
    process.env['API_CLIENT_SECRET'] = /^secret: (\S+)$/m.exec(printed)?.[1];
    const { askAbout } = await importBlock('askAbout', 'https://archive.example/api');
    expect(await askAbout?.(own)).to.include({ active: true, client_id: 'archive-api', scope: 'archive:read' });
    expect(await askAbout?.(`${own.slice(0, -1)}~`)).to.equal(undefined);
    expect(await askAbout?.(token), 'a token for another API').to.equal(undefined);
    expect(await askAbout?.(machineToken()), 'a JWT').to.equal(undefined);
  });

  it('backs the database up beside the running server as docs/operations.md describes', () => {
    const [command = ''] = blocks('docs/operations.md', 'sh');
    execFileSync('bash', ['-euc', adapt(command)], { cwd: root, stdio: 'pipe' });
    const listed = execFileSync('npx', ['gatehouse', 'client', 'list', '--json'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, DATA_DIR: data, DATABASE_URL: `sqlite:${join(data, 'backup.db')}` },
    });
    expect(listed).to.include('"client_id": "shop"');
  });
});

describe('the documentation', () => {
  it('links to files, pictures and headings that exist', () => {
    const withLinks = tracked.filter((path) => path.endsWith('.md'));
    expect(withLinks).to.include.members(pages);
    const broken = withLinks.flatMap((page) =>
      [...read(page).matchAll(/(?:\]\(|<img src=")([^)"\s]+)[)"]/g)].flatMap(([, target = '']) => {
        if (/^https?:/.test(target)) {
          return [];
        }
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        const headings =
          anchor === undefined
            ? []
            : [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
        return existsSync(join(root, file)) && (anchor === undefined || headings.includes(anchor))
          ? []
          : [`${page}: ${target}`];
      }),
    );
    expect(broken).to.deep.equal([]);
  });

  it('names files that exist', () => {
    const named = pages.flatMap((page) =>
      spans(page)
        .filter((text) => /^(src|scripts|test|docs|views|config|examples|\.ci)\/[\w./-]*$/.test(text))
        // A recipe names a file that the reader creates: only its folder exists.
        .map((text) => [page, text.replace(/\b(?:NAME|NOUN)\b.*$/, '')] as const),
    );
    expect(named).to.have.length.greaterThan(20);
    expect(named.filter(([, path]) => !existsSync(join(root, path)))).to.deep.equal([]);
  });

  it('names settings that exist', () => {
    const known = new Set([
      'NODE_ENV',
      'CONFIG_DIR',
      'MONGODB_URL_TEST',
      ...settingList.flatMap(({ environmentName }) => [environmentName, `${environmentName}_FILE`]),
    ]);
    const others = new Set(['SIGTERM', 'SIGINT', 'PATH', 'NODE_EXTRA_CA_CERTS', 'DEFAULT_AUTHENTICATION_CLASSES']);
    const named = pages
      // These name the settings of other software.
      .filter((page) => !['docs/benchmarks-keycloak.md', 'docs/clients.md', 'docs/django.md'].includes(page))
      .flatMap((page) => spans(page))
      .map((text) => /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)(?:=.*)?$/.exec(text)?.[1])
      .filter((name) => name !== undefined);
    expect(named).to.have.length.greaterThan(50);
    expect(named.filter((name) => !known.has(name) && !others.has(name) && !/^(ES|RS|S)\d+$/.test(name))).to.deep.equal(
      [],
    );
  });

  it('lists every command, and names no command and no option that does not exist', async () => {
    const commands = await listCommands();
    expect(firstCells('README.md', 'commands')).to.deep.equal(commands.map(({ name }) => name));
    for (const { name, summary } of commands) {
      expect(read('README.md')).to.include(`| \`${name}\` | ${summary} |`);
    }
    const used = pages
      .flatMap((page) => [...read(page).matchAll(/\bgatehouse ((?:[a-z]+(?:-[a-z]+)* ?)+)((?:[^\n`|]|\\\n)*)/g)])
      .map(([text, words = '', rest = '']) => ({ text, words: words.trim(), options: rest.match(/--[a-z-]+/g) ?? [] }))
      .filter(({ words }) => nouns.some(({ noun }) => words.split(' ')[0] === noun));
    expect(used).to.have.length.greaterThan(10);
    for (const { text, words, options } of used) {
      const command = commands.find(
        ({ name }) =>
          words === name.replaceAll(/ [<[].*/g, '') || words.startsWith(`${name.replaceAll(/ [<[].*/g, '')} `),
      );
      expect(command, text).to.not.equal(undefined);
      expect([...(command?.options ?? []), '--json', '--help'], text).to.include.members([...options]);
    }
  });

  it('gives the commands of its examples the options that they require', async () => {
    const commands = await listCommands();
    const lines = pages
      .flatMap((page) => ['', 'sh'].flatMap((language) => blocks(page, language)))
      .flatMap((code) => code.replaceAll(/\\\n\s*/g, ' ').split('\n'));
    const examples = commands.flatMap(({ name, required }) =>
      lines
        .filter((line) => line.includes(`gatehouse ${name.replaceAll(/ [<[].*/g, '')} `))
        .map((line) => ({ line, required })),
    );
    expect(examples).to.have.length.greaterThan(10);
    for (const { line, required } of examples) {
      expect(line.match(/--[a-z-]+/g) ?? [], line).to.include.members([...required]);
    }
  });

  it('has a section for every library that has a preset, and for no other', () => {
    const sections = [...read('docs/clients.md').matchAll(/^## Each library$([^]*?)^## /gm)]
      .flatMap(([, text = '']) => [...text.matchAll(/^### (.*)$/gm)])
      .map(([, heading = '']) => heading);
    const libraries = presetNames().filter((name) => loadPreset(name).kind === 'library');
    expect(sections).to.deep.equal(libraries);
  });

  it('explains messages that this server sends', () => {
    const sources = [
      ...tracked.filter((path) => path.startsWith('src/')),
      ...readdirSync(join(root, 'node_modules/oidc-provider/lib'), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.js'))
        .map((path) => `node_modules/oidc-provider/lib/${path}`),
    ].map((path) => read(path).replaceAll("\\'", "'"));
    const messages = firstCells('docs/clients.md', 'messages');
    expect(messages).to.have.length.greaterThan(5);
    expect(messages.filter((message) => !sources.some((source) => source.includes(message)))).to.deep.equal([]);
  });

  it('lists every exit code', () => {
    expect(firstCells('README.md', 'exit-codes').map(Number)).to.deep.equal(Object.values(exitCodes));
  });

  it('lists every metric of this server, with its labels', () => {
    const declared = [
      ...read('src/metrics.ts').matchAll(/name: '(gatehouse_\w+)',\s+help: '[^']*'(?:,\s+labelNames: \[([^\]]*)\])?/g),
    ].map(([, name = '', labels = '']) => `| \`${name}\` | ${labels.replaceAll("'", '`')} |`.replace('|  |', '| |'));
    expect(declared).to.have.length.greaterThan(5);
    expect(firstCells('docs/operations.md', 'metrics')).to.have.length(declared.length);
    for (const row of declared) {
      expect(read('docs/operations.md')).to.include(`\n${row} `);
    }
  });

  it('lists every type of audit event', () => {
    const sources = tracked
      .filter((path) => /^src\/.*\.ts$/.test(path))
      .map(read)
      .join('\n');
    const recorded = [...sources.matchAll(/\btype: (?:\w+ \? )?'([a-z_]+\.[a-z_]+)'(?: : '([a-z_]+\.[a-z_]+)')?/g)]
      .flatMap(([, one, other]) => [one, other])
      .filter((type) => type !== undefined);
    expect(firstCells('docs/security.md', 'audit-events').toSorted()).to.deep.equal([...new Set(recorded)].toSorted());
  });

  it('describes every collection and every field', () => {
    const source = read('src/storage/collections.ts');
    const documented = new Set(firstCells('docs/security.md', 'collections').flatMap((cell) => cell.split(', ')));
    const stored = allCollections.flatMap(({ name }) => {
      const type = new RegExp(`define<(\\w+)>\\(\\{\\s*name: '${name}'`).exec(source)?.[1];
      const body = new RegExp(`interface ${type} extends Document \\{\\n([^]*?)\\n\\}`).exec(source)?.[1] ?? '';
      const fields = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, field]) => `${name}.${field}`);
      expect(fields, name).to.not.deep.equal([]);
      return [`${name}._id`, ...fields];
    });
    expect([...documented].toSorted()).to.deep.equal(stored.toSorted());
  });
});

describe('the container', () => {
  const dockerfile = read('Dockerfile');

  it('copies only files that exist and that .dockerignore does not exclude', () => {
    const ignored = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(ignored[0]).to.equal('*');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' ').filter((path) => !path.startsWith('--')),
    );
    expect(copied).to.have.length.greaterThan(3);
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).to.equal(true);
      expect(ignored, path).to.include(`!${path.replace(/\/$/, '')}`);
    }
  });

  it('runs on the Node.js version of the project, not as root, and has a health check', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const versions = [...dockerfile.matchAll(/^FROM node:(\S+?)(?:-slim)?(?: AS \w+)?$/gm)].map(
      ([, version]) => version,
    );
    expect([...new Set(versions)]).to.deep.equal([devDependencies['node']]);
    expect(dockerfile)
      .to.match(/^USER (?!root)/m)
      .and.match(/^HEALTHCHECK .*\n? *CMD .*\/healthz/m);
  });

  it('fills its cache of compiled code with all that the server loads, for either database', function fillCache() {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-compile-cache-'));
    try {
      expect(dockerfile).to.match(/^ENV NODE_COMPILE_CACHE=\S+$/m);
      const command = /^USER node\nRUN (.+)$/m.exec(dockerfile)?.[1] ?? '';
      expect(command).to.include('node ');
      const options = { cwd: root, env: { ...process.env, NODE_ENV: 'production', NODE_COMPILE_CACHE: folder } };
      const cachedFiles = (): readonly string[] =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
      execFileSync('sh', ['-c', command], { ...options, stdio: 'ignore' });
      const filled = cachedFiles();
      expect(filled).to.have.length.greaterThan(500);
      execFileSync('node', ['--eval', "import('./src/server.ts').then(() => import('./src/storage/mongodb.ts'))"], {
        ...options,
        stdio: 'ignore',
      });
      expect(cachedFiles()).to.deep.equal(filled);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has a compose file whose services, secrets, volumes and files exist', () => {
    const compose = parse(read('compose.yaml'), { merge: true }) as {
      readonly services: Readonly<
        Record<
          string,
          {
            readonly depends_on?: Readonly<Record<string, unknown>>;
            readonly secrets?: readonly string[];
            readonly volumes?: readonly string[];
            readonly environment?: Readonly<Record<string, string>>;
          }
        >
      >;
      readonly secrets: Readonly<Record<string, { readonly file: string }>>;
      readonly volumes: Readonly<Record<string, unknown>>;
    };
    const services = Object.entries(compose.services);
    expect(services.filter(([name]) => name.startsWith('gatehouse'))).to.have.length(2);
    for (const [name, { depends_on: needs = {}, secrets = [], volumes = [], environment = {} }] of services) {
      expect(Object.keys(compose.services), name).to.include.members(Object.keys(needs));
      expect(Object.keys(compose.secrets), name).to.include.members([...secrets]);
      for (const source of volumes.map((volume) => volume.split(':')[0] ?? '')) {
        expect(
          source.startsWith('.') ? existsSync(join(root, source)) : source in compose.volumes,
          `${name}: ${source}`,
        ).to.equal(true);
      }
      const known = new Set([
        'NODE_ENV',
        ...settingList.flatMap(({ environmentName }) => [environmentName, `${environmentName}_FILE`]),
      ]);
      expect(
        name.startsWith('gatehouse') ? Object.keys(environment).filter((variable) => !known.has(variable)) : [],
      ).to.deep.equal([]);
    }
  });
});

describe('the repository', () => {
  it("names no package registry and no folder of a developer's machine", () => {
    const hosts = [
      ['registry', 'npmjs'],
      ['registry', 'yarnpkg'],
      ['deb', 'debian'],
      ['repo', 'maven'],
      ['repo1', 'maven'],
      ['npm', 'pkg'],
    ].map((parts) => parts.join('.'));
    const folders = ['work', 'root', 'home'].map((name) => `/${name}/`);
    const found = tracked
      .filter((path) => !/\.(png|jpe?g|webp|woff2)$/.test(path))
      .flatMap((path) => {
        const text = read(path);
        return [...hosts, ...folders.filter((name) => new RegExp(`(^|[\\s"'\`(=:])${name}`, 'm').test(text))]
          .filter((word) => text.includes(word))
          .map((word) => `${path}: ${word}`);
      });
    expect(found).to.deep.equal([]);
    expect(read('package-lock.json')).to.not.match(/"resolved"/);
  });

  it('has a lock file with the optional packages for every platform, so that it installs everywhere', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      ),
    );
    expect(missing).to.deep.equal([]);
  });
});
