import { rm } from 'node:fs/promises';
import { cacheFolder, sweepCache } from '../cluster/cache.ts';
import { removeOrphansAtHand } from '../cluster/container/orphans.ts';
import { thisMachine } from '../cluster/machine.ts';
import { type NamedCluster, namedClusters } from '../cluster/named/find.ts';
import { type Reaped, reapOrphans } from '../cluster/reap.ts';
import { ConfigError } from '../design/config-error.ts';
import { print } from './output.ts';

/** `pgattest clean` */
export async function clean(options: { readonly json?: boolean; readonly cache?: boolean }): Promise<void> {
  const runs = await reapOrphans();
  const orphans = await removeOrphansAtHand(thisMachine(), process.env);
  const unfinished = await sweepCache();
  const stay = await namedClusters();
  if (options.cache === true) refuseCacheInUse(stay);
  const cache = options.cache === true ? cacheFolder(thisMachine()) : undefined;
  if (cache !== undefined) await rm(cache, { recursive: true, force: true });
  if (options.json === true) {
    const named = stay.map(({ kept: { name, design }, state, folder }) => ({ name, design, state, folder }));
    return print(JSON.stringify({ runs, orphans, unfinished, cache: cache ?? null, named }, null, 2));
  }
  const lines = [
    ...runs.map(describe),
    ...orphans.map((what) => `removed ${what}, of a run whose folder is gone`),
    ...unfinished.map((folder) => `removed ${folder}, half made`),
    ...(cache === undefined ? [] : [`removed ${cache}`]),
  ];
  print([...(lines.length === 0 ? ['nothing to clean'] : lines), ...stay.map(staying)].join('\n'));
}

/** Servers of the embedded PostgreSQL run from the cache. */
function refuseCacheInUse(stay: readonly NamedCluster[]): void {
  const user = stay.find(({ kept, state }) => kept.source === 'embedded' && state !== 'dead');
  if (user === undefined) return;
  const { name } = user.kept;
  throw new ConfigError(
    '--cache',
    `${name} runs from the cache`,
    `take it down first: pgattest down ${name}`,
  );
}

function staying({ kept: { name, design }, state }: NamedCluster): string {
  return `${name} (${design}${state === 'dead' ? ', dead' : ''}) stays; pgattest down ${name} removes it`;
}

function describe(one: Reaped): string {
  if (one.status === 'kept') return `kept ${one.folder}: ${one.why}`;
  const processes = one.processes.length === 0 ? '' : `, and ended ${one.processes.join(', ')}`;
  return `removed ${one.folder}${one.since === null ? '' : `, left by a run of ${one.since}`}${processes}`;
}
