/** `npm run docs:presets`: writes the table of presets. Run from the repository's root. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withPresetsTable } from './presets-table.ts';

const page = 'docs/presets.md';
writeFileSync(page, withPresetsTable(readFileSync(page, 'utf8')));
