#!/usr/bin/env node
// The launcher. Plain JavaScript without imports, so that an old Node can still run it and print why it does not start.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `Gatehouse needs Node.js 24 or later; this is Node.js ${process.versions.node}. In a clone, \`npm ci\` brings its own.\n`,
  );
  process.exit(78);
}

const { existsSync } = await import('node:fs');
const { enableCompileCache } = await import('node:module');
enableCompileCache();

// A start allocates much that lives on, so V8 would grow its new space to the maximum, and an idle server would keep it
// (about 25 MiB). The new space grows as usual once the server is ready (`growNewSpace` in commands/serve.ts). This is
// a call and not a flag of `node`, so that it is the same for npm start, the package, a container and a service.
if (process.argv.includes('serve')) {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}

// A clone runs the TypeScript directly. The published package has none, since Node strips no types below node_modules.
const source = new URL('main.ts', import.meta.url);
const runsSource = !import.meta.url.includes('/node_modules/') && existsSync(source);

/** @returns the program; undefined if the packages that it imports are not installed */
async function load() {
  try {
    return await import(runsSource ? source.href : '../../dist/cli/main.js');
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND' && error.message.startsWith('Cannot find package ')) {
      return undefined;
    }
    throw error;
  }
}

const program = await load();
if (program === undefined) {
  process.stderr.write('The packages that Gatehouse needs are not installed. Run `npm ci` first.\n');
  process.exit(78);
}
await program.main();
