/** `npm run docs:settings`: writes what `documents.ts` makes from the schema. Run from the repository's root. */
import { readFileSync, writeFileSync } from 'node:fs';
import { defaultYaml, withSettingsTable } from './documents.ts';

writeFileSync('config/default.yaml', defaultYaml());
writeFileSync('README.md', withSettingsTable(readFileSync('README.md', 'utf8')));
