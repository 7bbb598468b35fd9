/**
 * The architecture, checked on the import graph of `src`: which folder may import which, and what is used in one place
 * only. The table is the same as in docs/architecture.md; a change of it is written down there, with the reason.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { errors as engineErrorClasses } from 'oidc-provider';
import { parseSync } from 'oxc-parser';
import { sourceFiles } from './support/source-files.ts';

const root = fileURLToPath(new URL('../src/', import.meta.url));

interface Import {
  readonly from: string;
  /** A file of `src` by its path there, or a package's name. */
  readonly to: string;
  readonly typesOnly: boolean;
}

const leaves = [
  'errors',
  'clock',
  'connection-strings',
  'networks',
  'folders',
  'logging',
  'metrics',
  'backoff',
  'poller',
  'views',
];
/** The deadline and the writes of a request: `http` and `oidc` open this scope, work outside of requests leaves it. */
const requestScope = 'storage/request-scope';
/** The effective settings of a client: plain functions of its document. */
const leniencies = 'services/clients/client-leniencies';
const documentTypes = 'types of storage/collections';

/** By the unit that a file belongs to (see {@link unitOf}); `types of` allows only `import type`. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(leaves.map((leaf) => [leaf, []])),
  // A failed round is repeated after the same delay as every other retry.
  poller: ['backoff'],
  // Pages show times, and an invalid template is a configuration error.
  views: ['errors', 'clock'],
  crypto: leaves,
  config: leaves,
  storage: leaves,
  // Here presented values become digests, and secret fields are sealed.
  'storage/repositories': ['storage', 'crypto', ...leaves],
  // A library for APIs, which is also a package of its own.
  guard: [],
  // The form in which callers see a user, a client and so on, as JSON or on a page.
  presenters: ['types of services', leniencies, documentTypes, ...leaves],
  // The client that other software needs, and the configuration of that software, which names our endpoints.
  presets: ['oidc/endpoints', ...leaves],
  services: ['storage/repositories', documentTypes, 'crypto', ...leaves],
  oidc: ['services', 'storage/repositories', documentTypes, requestScope, 'crypto', 'types of config', ...leaves],
  http: ['oidc', 'presenters', 'services', documentTypes, requestScope, 'crypto', 'types of config', ...leaves],
  // What the development profile adds: data, a card, a page.
  development: ['http', 'presenters', 'services', 'types of storage/repositories', 'config', ...leaves],
  // It knows the server's address, with which the links of mails begin.
  wiring: ['http', 'oidc', 'presenters', 'services', 'storage/repositories', 'storage', 'crypto', 'config', ...leaves],
  lifecycle: [
    'http',
    'types of oidc',
    'types of services',
    'storage',
    'types of development',
    'types of config',
    ...leaves,
  ],
  server: ['wiring', 'lifecycle', 'development', 'oidc', 'http', 'types of config', ...leaves],
  cli: [
    'server',
    'development',
    'testing',
    'presenters',
    'presets',
    'types of services',
    leniencies,
    'config',
    ...leaves,
  ],
  // The server as a test double, which names the endpoints whose answers fail.
  testing: ['server', 'oidc/endpoints', 'config', ...leaves],
  index: ['server', 'development', 'config', ...leaves],
};

/** The folders of `services`: by folder, from which others it may import. */
const servicesMayImport: Readonly<Record<string, readonly string[]>> = {
  values: [],
  foundation: ['values'],
  mails: ['values', 'foundation'],
  tokens: ['values', 'foundation', 'mails'],
  clients: ['values', 'foundation', 'tokens'],
  users: ['values', 'foundation', 'mails', 'tokens'],
  'sign-in': ['values', 'foundation', 'mails', 'tokens', 'users'],
  upstream: ['values', 'foundation', 'mails', 'tokens', 'users'],
};

/**
 * The folder of a file, or the leaf: `views/theme.ts` is a part of `views`, `storage/repositories` is not a part of
 * `storage`.
 */
function unitOf(file: string): string {
  return file.startsWith('storage/repositories/')
    ? 'storage/repositories'
    : (file.split('/', 1)[0] ?? file).replace(/\.[jt]s$/, '');
}

function isAllowed({ from, to, typesOnly }: Import): boolean {
  const [unit, other, module] = [unitOf(from), unitOf(to), to.replace(/\.[jt]s$/, '')];
  const allowed = mayImport[unit] ?? [];
  return (
    unit === other ||
    [other, module].some((name) => allowed.includes(name) || (typesOnly && allowed.includes(`types of ${name}`)))
  );
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of Object.values(node).flat()) {
    if (isNode(child)) {
      yield* walk(child);
    }
  }
}

function nameOf(value: unknown): string {
  return isNode(value) && typeof value['name'] === 'string' ? value['name'] : '';
}

/** The global that a syntax node uses, of those that one place may use: the clock, the environment, the console. */
function globalUse(node: Node): string | undefined {
  if (node['type'] === 'NewExpression' && nameOf(node['callee']) === 'Date') {
    return Array.isArray(node['arguments']) && node['arguments'].length === 0 ? 'clock' : undefined;
  }
  if (node['type'] === 'MemberExpression') {
    const [object, property] = [nameOf(node['object']), nameOf(node['property'])];
    const isClock =
      object === 'performance' ||
      (object === 'Date' && property === 'now') ||
      (object === 'process' && property === 'hrtime');
    return isClock
      ? 'clock'
      : object === 'console'
        ? 'console'
        : object === 'process' && property === 'env'
          ? 'process.env'
          : undefined;
  }
  return undefined;
}

/** The engine's error classes. Some of ours have the same names, but code imports ours and has no such strings. */
const engineErrors = new Set(Object.keys(engineErrorClasses));

/**
 * What a syntax node uses of the engine outside the interface `Engine`: its request context, or an error by its name.
 */
function engineUse(node: Node): string | undefined {
  if (node['type'] === 'MemberExpression') {
    const property = node['property'];
    const name = isNode(property) && property['type'] === 'Literal' ? property['value'] : nameOf(property);
    const isEngine = name === 'provider' && nameOf(node['object']) === 'engine';
    return name === 'oidc' || isEngine ? name : undefined;
  }
  return node['type'] === 'Literal' && engineErrors.has(String(node['value'])) ? String(node['value']) : undefined;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.d)\.[jt]s$/.test(file))
  .sort();

const parsed = files.map((file) => {
  const { program, module, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  const nodes = [...walk(program as unknown as Node)];
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      value: moduleRequest.value,
      typesOnly: entries.length > 0 && entries.every(({ isType }) => isType),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest === null ? [] : [{ value: moduleRequest.value, typesOnly: isType }],
      ),
    ),
    ...nodes.flatMap(({ type, source }) =>
      (type === 'ImportExpression' || type === 'TSImportType') && isNode(source) && typeof source['value'] === 'string'
        ? [{ value: source['value'], typesOnly: type === 'TSImportType' }]
        : [],
    ),
  ];
  const imports = specifiers.map(({ value, typesOnly }): Import => ({
    from: file,
    to: value.startsWith('.') ? relative(root, join(root, dirname(file), value)) : value,
    typesOnly,
  }));
  const isDefault = nodes.some(({ type }) => type === 'ExportDefaultDeclaration');
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  );
  return {
    file,
    errors,
    imports,
    exported,
    isDefault,
    uses: nodes.flatMap((node) => globalUse(node) ?? []),
    engineUses: nodes.flatMap((node) => engineUse(node) ?? []),
  };
});

const imports = parsed.flatMap((one) => one.imports);
const inside = imports.filter(({ to }) => files.includes(to));

function importersOf(pattern: RegExp): readonly string[] {
  return [...new Set(imports.filter(({ to }) => pattern.test(to)).map(({ from }) => from))];
}

function usersOf(global: string): readonly string[] {
  return parsed.filter(({ uses }) => uses.includes(global)).map(({ file }) => file);
}

/** The first import cycle that is found, as a path. Imports of types count, too: they also tie two files together. */
function findCycle(): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) {
      return [...path.slice(path.indexOf(file)), file];
    }
    if (done.has(file)) {
      return undefined;
    }
    const found = inside
      .filter(({ from }) => from === file)
      .map(({ to }) => visit(to, [...path, file]))
      .find((cycle) => cycle !== undefined);
    done.add(file);
    return found;
  };
  return files.map((file) => visit(file, [])).find((cycle) => cycle !== undefined);
}

describe('the architecture', () => {
  it('is read completely: every file parses and every relative import leads to a file', () => {
    expect(files.length).to.be.greaterThan(50);
    expect(parsed.filter(({ errors }) => errors.length > 0).map(({ file }) => file)).to.deep.equal([]);
    expect(imports.filter(({ to }) => to.endsWith('.ts') && !files.includes(to))).to.deep.equal([]);
  });

  it('lets each folder import only what the table allows', () => {
    expect([...new Set(files.map(unitOf))].filter((unit) => !(unit in mayImport))).to.deep.equal([]);
    expect(inside.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} -> ${to}`)).to.deep.equal([]);
  });

  it('is the table of docs/architecture.md', () => {
    const rows = readFileSync(join(root, '../docs/architecture.md'), 'utf8').matchAll(
      /^\| ((?:`[\w./-]+`[, ]*)+)[^|]*\| ([^|]*) \|$/gm,
    );
    const documented = [...rows].flatMap(([, units = '', allowed = '']) =>
      [...units.matchAll(/`([\w/-]+)(?:\.ts)?`/g)].map(([, unit = '']) => {
        const named = [...allowed.matchAll(/(types of )?`([\w./-]+)`/g)].map(
          ([, types = '', name = '']) => types + name.replace('.ts', ''),
        );
        return [unit, allowed.includes('leaves') ? [...named, ...leaves] : named] as const;
      }),
    );
    for (const [unit, allowed] of Object.entries(mayImport)) {
      const row = documented.find(([name]) => name === unit)?.[1];
      expect(row?.toSorted(), unit).to.deep.equal(allowed.toSorted());
    }
  });

  it('lets each folder of services import only what their table allows, which is the one of docs/architecture.md', () => {
    const folderOf = (file: string): string => /^services\/(?:([\w-]+)\/)?/.exec(file)?.[1] ?? '';
    const ofServices = files.filter((file) => file.startsWith('services/'));
    expect([...new Set(ofServices.map(folderOf))].toSorted()).to.deep.equal(Object.keys(servicesMayImport).toSorted());
    const against = inside
      .filter(({ from, to }) => from.startsWith('services/') && to.startsWith('services/'))
      .map(({ from, to }) => [folderOf(from), folderOf(to)] as const)
      .filter(([from, to]) => from !== to && servicesMayImport[from]?.includes(to) !== true);
    expect(against.map(([from, to]) => `${from} -> ${to}`)).to.deep.equal([]);
    const rows = readFileSync(join(root, '../docs/architecture.md'), 'utf8').matchAll(
      /^\| `services\/([\w-]+)` \| [^|]* \| ([^|]*) \|$/gm,
    );
    const documented = Array.from(rows, ([, folder = '', may = '']) => [
      folder,
      [...may.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(documented)).to.deep.equal(servicesMayImport);
  });

  it('has no import cycle, not even of types', () => {
    expect(findCycle()).to.equal(undefined);
  });

  const onePlace: readonly (readonly [string, RegExp, readonly string[]])[] = [
    [
      'the MongoDB driver',
      /^mongodb$/,
      [
        'storage/mongodb-client.ts',
        'storage/mongodb-collection.ts',
        'storage/mongodb-errors.ts',
        'storage/mongodb-indexes.ts',
        'storage/mongodb-retries.ts',
      ],
    ],
    ['SQLite', /^node:sqlite$/, ['storage/sqlite.ts']],
    ['what the engine does not export', /^oidc-provider\/lib/, ['oidc/engine-internals.ts']],
    ["MongoDB's and SQLite's own files", /^storage\/(mongodb|sqlite)\.ts$/, ['storage/open.ts']],
  ];
  for (const [what, pattern, expected] of onePlace) {
    it(`imports ${what} in ${expected.join(', ')} only`, () => {
      expect(importersOf(pattern)).to.deep.equal(expected);
    });
  }

  it('imports the engine in oidc/ only, and the web framework (except its types) only where pages are created', () => {
    expect(importersOf(/^oidc-provider/).filter((file) => !file.startsWith('oidc/'))).to.deep.equal([]);
    const framework = imports.filter(({ to, typesOnly }) => /^(@koa\/|koa)/.test(to) && !typesOnly);
    const pageFiles = /^(http|oidc)\/|^development\/outbox-page\.ts$/;
    expect(framework.map(({ from }) => from).filter((file) => !pageFiles.test(file))).to.deep.equal([]);
  });

  it('uses the engine in oidc/ only: no other folder uses its context, its errors by name, or its types', () => {
    const outside = parsed.filter(({ file }) => !file.startsWith('oidc/'));
    expect(outside.flatMap(({ file, engineUses }) => engineUses.map((use) => `${file}: ${use}`))).to.deep.equal([]);
    const passesOn = parsed.filter(({ exported }) => exported.some((from) => from.startsWith('oidc-provider')));
    expect(passesOn.map(({ file }) => file)).to.deep.equal(['oidc/engine-internals.ts']);
  });

  it('imports nothing but jose and Node in the guard', () => {
    const packages = imports.filter(({ from, to }) => from.startsWith('guard/') && !to.startsWith('guard/'));
    expect(packages.map(({ to }) => to).filter((name) => name !== 'jose' && !name.startsWith('node:'))).to.deep.equal(
      [],
    );
  });

  it('reads the time in clock.ts (of the server, and of the guard; the test double moves it), the environment in config/load.ts and cli/main.ts, and writes to the console in logging.ts, cli/ and guard/trouble.ts only', () => {
    expect(usersOf('clock')).to.deep.equal(['clock.ts', 'guard/clock.ts', 'testing/movable-clock.ts']);
    expect(usersOf('process.env')).to.deep.equal(['cli/main.ts', 'config/load.ts']);
    expect(usersOf('console').filter((file) => file !== 'logging.ts' && !file.startsWith('cli/'))).to.deep.equal([
      'guard/trouble.ts',
    ]);
  });

  it('has comment lines of at most 120 characters; the formatter keeps the code within as many', () => {
    const folder = join(root, '..');
    const sources = sourceFiles(['src', 'scripts', 'test', 'examples'], ['js', 'ts']);
    const long = sources.flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .flatMap((line, at) => (line.length > 120 && /^\s*(?:\/\/|\/?\*)/.test(line) ? [`${file}:${at + 1}`] : [])),
    );
    expect(sources.length).to.be.greaterThan(300);
    expect(long).to.deep.equal([]);
  });

  it('uses named exports, and names each file by its subject', () => {
    expect(parsed.filter(({ isDefault }) => isDefault).map(({ file }) => file)).to.deep.equal([]);
    expect(
      files.filter(
        (file) =>
          /^(utils?|helpers?|common|shared|misc)\b/.test(basename(file)) ||
          /\/(utils?|helpers?|common|shared)\//.test(`/${file}`),
      ),
    ).to.deep.equal([]);
  });
});
