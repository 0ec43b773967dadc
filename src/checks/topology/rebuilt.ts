import path from 'node:path';
import { copyBase } from '../../cluster/base-copy.ts';
import type { Host } from '../../cluster/host.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { makeSlot } from '../../cluster/replication.ts';
import { statementMs } from '../../cluster/server.ts';

/**
 * Does work after which a replica may be of another timeline, and makes it a replica again from a new copy of the primary.
 * @param lost the replica, once the work has chosen it; none is made again before
 */
export async function withReplicaToLose<T>(
  host: Host,
  primary: Postgres,
  lost: () => Replica | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    const replica = lost();
    if (replica !== undefined) await rebuild(host, primary, replica);
  }
}

async function rebuild(host: Host, primary: Postgres, replica: Replica): Promise<void> {
  const { data } = replica.server;
  const settings = path.join(data, 'postgresql.auto.conf');
  await replica.kill();
  // Its own: those of the copy are the primary's.
  const own = await host.readFile(settings);
  await host.remove(data);
  // Before the copy: the slot keeps the WAL that it will need. A fault may have taken it away.
  const client = await primary.connect({ statementMs });
  await makeSlot(client, replica.name).finally(() => client.end());
  await copyBase(host, primary, data);
  await host.writeFile(settings, own);
  await host.writeFile(path.join(data, 'standby.signal'), '');
  await replica.start();
}
