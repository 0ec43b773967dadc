import { rm } from 'node:fs/promises';
import { cacheFolder, sweepCache } from '../cluster/cache.ts';
import { thisMachine } from '../cluster/machine.ts';
import { type Reaped, reapOrphans } from '../cluster/reap.ts';
import { print } from './output.ts';

/** `pgattest clean` */
export async function clean(options: { readonly json?: boolean; readonly cache?: boolean }): Promise<void> {
  const runs = await reapOrphans();
  const unfinished = await sweepCache();
  const cache = options.cache === true ? cacheFolder(thisMachine()) : undefined;
  if (cache !== undefined) await rm(cache, { recursive: true, force: true });
  if (options.json === true)
    return print(JSON.stringify({ runs, unfinished, cache: cache ?? null }, null, 2));
  const lines = [
    ...runs.map(describe),
    ...unfinished.map((folder) => `removed ${folder}, half made`),
    ...(cache === undefined ? [] : [`removed ${cache}`]),
  ];
  print(lines.length === 0 ? 'nothing to clean' : lines.join('\n'));
}

function describe(one: Reaped): string {
  if (one.status === 'kept') return `kept ${one.folder}: ${one.why}`;
  const processes = one.processes.length === 0 ? '' : `, and ended ${one.processes.join(', ')}`;
  return `removed ${one.folder}${one.since === null ? '' : `, left by a run of ${one.since}`}${processes}`;
}
