/** `npm run docs:settings`: writes the texts of `setting-documents.ts`. Run it in the repository's root. */
import { readFileSync, writeFileSync } from 'node:fs';
import { defaultYaml, withSettingsTable } from './setting-documents.ts';

writeFileSync('config/default.yaml', defaultYaml());
writeFileSync('README.md', withSettingsTable(readFileSync('README.md', 'utf8')));
