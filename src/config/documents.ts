/**
 * What is written from the schema: `config/default.yaml` and the README's settings table. `npm run docs:settings`
 * writes them; tests compare. The overlays (`config/<profile>.yaml`) are written by hand, and compared too.
 */
import { stringify } from 'yaml';
import type { NamedSetting, Profile } from './schema.ts';
import { defaultOf, settingList } from './schema.ts';
import type { Raw } from './value-types.ts';

const width = 120;

function wrapComment(sentence: string, indent: string): string {
  const lines = [`${indent}#`];
  for (const word of sentence.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (`${line} ${word}`.length > width) {
      lines.push(`${indent}# ${word}`);
    } else {
      lines[lines.length - 1] = `${line} ${word}`;
    }
  }
  return lines.join('\n');
}

/** The lines of some settings as YAML, topic by topic; `line` says what is written of each. */
function yamlLines(named: readonly NamedSetting[], line: (one: NamedSetting, indent: string) => string): string {
  const lines: string[] = [];
  let open: readonly string[] = [];
  for (const one of named) {
    const topics = one.path.split('.').slice(0, -1);
    const shared = topics.findIndex((topic, depth) => topic !== open[depth]);
    for (let depth = shared === -1 ? topics.length : shared; depth < topics.length; depth += 1) {
      lines.push(`${depth === 0 ? '\n' : ''}${'  '.repeat(depth)}${topics[depth] ?? ''}:`);
    }
    lines.push(`${topics.length === 0 ? '\n' : ''}${line(one, '  '.repeat(topics.length))}`);
    open = topics;
  }
  return lines.join('\n');
}

function scalar(raw: Raw): string {
  return stringify(raw).trim();
}

function entry({ path }: NamedSetting, raw: Raw, indent: string): string {
  return `${indent}${path.split('.').at(-1) ?? ''}: ${scalar(raw)}`;
}

/** `config/default.yaml`: every setting, its default, and what it is. */
export function defaultYaml(): string {
  const head = [
    '# Every setting of Gatehouse and its default. Written from src/config/schema.ts (npm run docs:settings).',
    '# <profile>.yaml wins over this file, the environment over both: the name in brackets, or that name with _FILE for',
    '# the path of a file that holds the value. Durations: 30s, 10m, 1h, 14d, or a plain number of seconds.',
    '# Keep secrets out of here: set them by NAME_FILE.',
  ].join('\n');
  const body = yamlLines(settingList, (one, indent) => {
    const { setting, environmentName } = one;
    const none =
      setting.default === null && setting.none !== undefined && setting.none !== 'none'
        ? ` Not set: ${setting.none}.`
        : '';
    const comment = `${setting.sentence}${none} Expected: ${setting.type.expected}. [${environmentName}]`.replaceAll(
      '`',
      '',
    );
    return `${wrapComment(comment, indent)}\n${entry(one, setting.default, indent)}`;
  });
  return `${head}\n${body}\n`;
}

function cell({ setting }: NamedSetting, profile: Profile): string {
  const raw = defaultOf(setting, profile);
  if (raw === null || (Array.isArray(raw) && raw.length === 0)) {
    return setting.none ?? 'none';
  }
  return `\`${String(raw)}\``;
}

/** The settings table of the README, in Markdown. */
export function settingsTable(): string {
  const rows = settingList.map((named) => {
    const development = cell(named, 'development');
    const production = cell(named, 'production');
    const defaults = development === production ? development : `${development}; ${production} in production`;
    const secret = named.setting.secret === undefined ? '' : ' *Secret.*';
    return `| \`${named.environmentName}\` | ${defaults} | ${named.setting.sentence}${secret} |`;
  });
  return [
    'Each setting is an environment variable, or a line of `config/<profile>.yaml` (the names with dots are in `config/default.yaml`).',
    'Every name also works with `_FILE`: the path of a file that holds the value. `NODE_ENV` picks the profile: `production`, `test`,',
    '`development` (also when it is not set); anything else is refused. Durations are `30s`, `10m`, `1h`, `14d`, or a plain number of seconds. `CONFIG_DIR` names another',
    'folder of YAML files. Later wins: `default.yaml`, `<profile>.yaml`, environment.',
    '',
    '| setting | default | what it does |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

const sectionStart = '<!-- settings:start -->';
const sectionEnd = '<!-- settings:end -->';

/**
 * @returns the text of a README with its settings section replaced by the present table. @throws when it has no such
 * section.
 */
export function withSettingsTable(readme: string): string {
  const start = readme.indexOf(sectionStart);
  const end = readme.indexOf(sectionEnd);
  if (start === -1 || end < start) {
    throw new Error(`README.md has no section between ${sectionStart} and ${sectionEnd}.`);
  }
  return `${readme.slice(0, start)}${sectionStart}\n${settingsTable()}\n${readme.slice(end)}`;
}
