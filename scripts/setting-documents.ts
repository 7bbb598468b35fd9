/**
 * The texts that are generated from the schema: `config/default.yaml` and the README's settings table. `npm run
 * docs:settings` writes them, and tests check that they are up to date. The files `config/<profile>.yaml` are written
 * by hand; tests check them, too.
 */
import { stringify } from 'yaml';
import { defaultOf, type Profile } from '../src/config/setting.ts';
import { settingList, type NamedSetting } from '../src/config/setting-list.ts';
import type { Raw } from '../src/config/value-types.ts';

const maxLineLength = 120;

function wrapComment(sentence: string, indent: string): string {
  const lines = [`${indent}#`];
  for (const word of sentence.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (`${line} ${word}`.length > maxLineLength) {
      lines.push(`${indent}# ${word}`);
    } else {
      lines[lines.length - 1] = `${line} ${word}`;
    }
  }
  return lines.join('\n');
}

/** Writes settings as YAML, group by group; `line` returns the text for one setting. */
function yamlLines(named: readonly NamedSetting[], line: (one: NamedSetting, indent: string) => string): string {
  const lines: string[] = [];
  let open: readonly string[] = [];
  for (const one of named) {
    const groups = one.path.split('.').slice(0, -1);
    const shared = groups.findIndex((group, depth) => group !== open[depth]);
    for (let depth = shared === -1 ? groups.length : shared; depth < groups.length; depth += 1) {
      lines.push(`${depth === 0 ? '\n' : ''}${'  '.repeat(depth)}${groups[depth] ?? ''}:`);
    }
    lines.push(`${groups.length === 0 ? '\n' : ''}${line(one, '  '.repeat(groups.length))}`);
    open = groups;
  }
  return lines.join('\n');
}

function scalar(raw: Raw): string {
  return stringify(raw).trim();
}

function entry({ path }: NamedSetting, raw: Raw, indent: string): string {
  return `${indent}${path.split('.').at(-1) ?? ''}: ${scalar(raw)}`;
}

/** The text of `config/default.yaml`: every setting with its description and default. */
export function defaultYaml(): string {
  const head = [
    '# Every setting of Gatehouse and its default. Generated from src/config/schema.ts (npm run docs:settings).',
    '# <profile>.yaml overrides this file, and the environment overrides both: use the name in brackets, or that name with',
    '# _FILE and the path of a file that contains the value. Durations: 30s, 10m, 1h, 14d, or a plain number of seconds.',
    '# Do not write secrets into this file: set them with NAME_FILE.',
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
    'Each setting is an environment variable, or a line in `config/<profile>.yaml` (`config/default.yaml` shows all lines).',
    'Every name also works with `_FILE`: the path of a file that contains the value. `NODE_ENV` selects the profile: `production`,',
    '`test`, or `development` (also if it is not set); any other value is rejected. Durations are `30s`, `10m`, `1h`, `14d`, or a plain',
    'number of seconds. `CONFIG_DIR` names another folder of YAML files. The environment overrides `<profile>.yaml`, which overrides',
    '`default.yaml`.',
    '',
    '| setting | default | what it does |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

const sectionStart = '<!-- settings:start -->';
const sectionEnd = '<!-- settings:end -->';

/**
 * @returns the text of a README with the current table in its settings section
 * @throws Error if the text has no such section
 */
export function withSettingsTable(readme: string): string {
  const start = readme.indexOf(sectionStart);
  const end = readme.indexOf(sectionEnd);
  if (start === -1 || end < start) {
    throw new Error(`README.md has no section between ${sectionStart} and ${sectionEnd}.`);
  }
  return `${readme.slice(0, start)}${sectionStart}\n${settingsTable()}\n${readme.slice(end)}`;
}
