/** An API that accepts JWT access tokens, by Express and the example of docs/clients.md. */
import { readFileSync, writeFileSync } from 'node:fs';

const { ISSUER, PORT } = process.env;
const page = readFileSync(new URL('../../../docs/clients.md', import.meta.url), 'utf8');
const [, example] = /^```js\n(import express [^]*?)^```$/m.exec(page);

const ours = {
  'http://localhost:3000': ISSUER,
  'https://photos.example/api': `http://localhost:${PORT}/notes`,
  "'/photos'": "'/notes'",
  "'photos:read'": "'notes:read'",
  'app.listen(4100)': `app.get('/', (request, response) => response.json({}));\napp.listen(${PORT}, 'localhost')`,
};
let code = example;
for (const [theirs, text] of Object.entries(ours)) {
  if (!code.includes(theirs)) {
    throw new Error(`The example has no ${theirs}`);
  }
  code = code.replaceAll(theirs, text);
}
// It imports express and jose, so it must be where they are installed.
const module = new URL('node_modules/.express-api.mjs', import.meta.url);
writeFileSync(module, code);
await import(module.href);
