#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  const { main: start } = await import(main.href);
  await start(process.argv.slice(2));
} else {
  process.stderr.write('pgattest: not built yet; run npm ci in its folder\n');
  process.exitCode = 2;
}
