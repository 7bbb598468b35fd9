/** `npm run docs:settings`: writes the texts of `documents.ts`. Run it in the repository's root. */
import { readFileSync, writeFileSync } from 'node:fs';
import { defaultYaml, withSettingsTable } from './documents.ts';

writeFileSync('config/default.yaml', defaultYaml());
writeFileSync('README.md', withSettingsTable(readFileSync('README.md', 'utf8')));
