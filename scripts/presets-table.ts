/** The table of all presets in `docs/presets.md`. `npm run docs:presets` writes it; a test compares. */
import { basisTexts } from '../src/presets/basis.ts';
import { loadPreset, presetNames } from '../src/presets/load.ts';

/** In Markdown. */
export function presetsTable(): string {
  const rows = presetNames()
    .map(loadPreset)
    .map(({ name, title, kind, needs, tested, version, source }) => {
      const options = Object.keys(needs).map((option) => `\`--${option}\``);
      return `| \`${name}\` | ${title} | ${kind} | ${options.join(', ')} | [${basisTexts[tested]}](${source}), ${version} |`;
    });
  return ['| preset | for | kind | needs | basis |', '|---|---|---|---|---|', ...rows].join('\n');
}

const tableStart = '<!-- presets:start -->';
const tableEnd = '<!-- presets:end -->';

/** @returns the text of a page with its table replaced by the present one. @throws when it has no such table. */
export function withPresetsTable(page: string): string {
  const start = page.indexOf(tableStart);
  const end = page.indexOf(tableEnd);
  if (start === -1 || end < start) {
    throw new Error(`The page has no section between ${tableStart} and ${tableEnd}.`);
  }
  return `${page.slice(0, start)}${tableStart}\n${presetsTable()}\n${page.slice(end)}`;
}
