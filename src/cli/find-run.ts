import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '../design/config-error.ts';
import { isRunId, listRuns, planFile } from '../evidence/index.ts';

/** The folder of a run, by its id, its path, or `latest`. Throws ConfigError when there is none. */
export async function findRun(name: string, runs: string): Promise<string> {
  const root = resolve(runs);
  if (name === 'latest') {
    const last = (await listRuns(root)).at(-1);
    if (last === undefined)
      throw new ConfigError(root, 'no run is kept there', 'start one with pgattest run <design>');
    return last.folder;
  }
  const candidates = [...(isRunId(name) ? [join(root, name)] : []), resolve(name)];
  const folder = candidates.find((path) => existsSync(join(path, planFile)));
  if (folder === undefined) {
    throw new ConfigError(name, `no such run in ${root}`, 'give the id or the folder of a run, or latest');
  }
  return folder;
}
