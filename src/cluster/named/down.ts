import { ClusterError } from '../error.ts';
import { endEstate } from '../estate.ts';
import { retire } from '../folder-removal.ts';
import { type Machine, thisMachine } from '../machine.ts';
import { Owner } from '../owner.ts';
import { processTable } from '../process-table.ts';
import { type NamedCluster, partsOf } from './find.ts';

/** What `takeDown` did. */
export interface TakenDown {
  readonly name: string;
  readonly folder: string;
  /** What was ended: `primary (4711)`. */
  readonly processes: readonly string[];
  readonly milliseconds: number;
}

/**
 * Ends the servers of a kept cluster and removes its files; its data is gone. First the folder becomes an ordinary run of this
 * process, so that the next start finishes what is left when this one is killed. Safe by two at once.
 */
export async function takeDown(cluster: NamedCluster, machine: Machine = thisMachine()): Promise<TakenDown> {
  const { folder, record, kept } = cluster;
  const started = performance.now();
  if (cluster.state === 'unknown') {
    throw new ClusterError('not-able', `${kept.name} cannot be taken down: ${cluster.why}`, '');
  }
  const table = processTable(machine.platform);
  const parts = partsOf(folder, machine);
  takeOver(machine, cluster);
  const processes = await endEstate(folder, record, table);
  await retire(folder);
  for (const part of parts) await retire(part);
  return { name: kept.name, folder, processes, milliseconds: performance.now() - started };
}

/** On a full disk there is no room for a new record, and the way to make some is to go on. */
function takeOver(machine: Machine, { folder, record }: NamedCluster): void {
  try {
    Owner.takeOver(machine, folder, record);
  } catch (error) {
    const code = error instanceof ClusterError ? error.code : (error as NodeJS.ErrnoException).code;
    if (code !== 'no-space' && code !== 'ENOENT') throw error;
  }
}
