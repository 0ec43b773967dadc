// Puts this package's own command where npx looks first. Without it npx installs the working tree into a cache of its own
// at each first call, which takes seconds and breaks when a clone is made again at the same path.
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
if (existsSync(folder) && process.platform !== 'win32') {
  rmSync(`${folder}pgattest`, { force: true });
  symlinkSync('../../bin/pgattest.js', `${folder}pgattest`);
}
