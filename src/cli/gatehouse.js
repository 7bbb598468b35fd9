#!/usr/bin/env node
// The launcher. Plain JavaScript without imports, so that an old Node can still read why it is refused.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`Gatehouse needs Node.js 24 or later; this is Node.js ${process.versions.node}. In a clone, \`npm start\` brings its own.\n`);
  process.exit(78);
}

const { enableCompileCache } = await import('node:module');
enableCompileCache();

// A clone runs its TypeScript as it is. Node strips no types below node_modules, so the published package runs what was built.
const isPackaged = import.meta.url.includes('/node_modules/');
const { main } = await import(isPackaged ? '../../dist/cli/main.js' : './main.ts');
await main();
