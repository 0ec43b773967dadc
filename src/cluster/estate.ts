import path from 'node:path';
import { bootOf } from './boot.ts';
import { containers } from './container/client.ts';
import { removeRun } from './container/removal.ts';
import { endProcesses } from './ending.ts';
import type { OwnerRecord } from './owner-record.ts';
import type { ProcessTable } from './process-table.ts';
import { until } from './until.ts';

/**
 * Ends all that belongs to the folder of a run, whoever started it: processes, and containers with their network and volume.
 * Returns what it ended, by name. Throws ClusterError `no-docker` when there may be containers and nobody can tell.
 */
export async function endEstate(
  folder: string,
  record: OwnerRecord,
  table: ProcessTable,
): Promise<readonly string[]> {
  const rebooted = bootOf(record.space) !== bootOf(table.space);
  // A pid of an earlier boot is a stranger's.
  const ended = rebooted ? [] : [...(await endProcesses({ ...record, folder }, table))];
  if (record.docker === undefined) return ended;
  const { docker } = await containers(record.docker);
  const sweep = async () => {
    const removed = await removeRun(docker, path.basename(folder));
    ended.push(...removed);
    return removed.length === 0;
  };
  await sweep();
  // What a program asked for at the moment of its death comes into being a little later; one that kept its cluster asked for no more.
  if (record.kept !== undefined) return ended;
  await new Promise((resolve) => setTimeout(resolve, 200));
  await until(sweep, 10_000);
  return ended;
}
