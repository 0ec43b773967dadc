import type { AnyCluster } from '../cluster/cluster.ts';
import { ownDatabase } from './own-database.ts';
import type { Stage } from './stage.ts';

/** Work that goes on side by side, each on a database of its own. More than the cores only adds waiting. */
const workers = 2;

/**
 * Workers take items from one queue, each with its own copy of the stage's database; where it may not be copied one of them works on
 * the database itself. Stops at the first that throws, and
 * throws that, or the reason of the signal.
 */
export async function shareOut<Item>(
  cluster: AnyCluster,
  stage: Stage,
  items: readonly Item[],
  signal: AbortSignal,
  work: (item: Item, database: string) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  let failed = false;
  const copies = cluster.capabilities.has('copies');
  const worker = async (): Promise<void> => {
    // A fault locks its table, and workers must not wait for each other.
    const { name: database, drop } = copies
      ? await ownDatabase(cluster.primary, stage.database)
      : { name: stage.database, drop: async () => {} };
    try {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        signal.throwIfAborted();
        if (failed) return;
        await work(item, database);
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await drop();
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(copies ? workers : 1, queue.length) }, worker),
  );
  signal.throwIfAborted();
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
