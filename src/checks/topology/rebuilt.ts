import path from 'node:path';
import { copyBase } from '../../cluster/base-copy.ts';
import type { Host } from '../../cluster/host.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';

/** Does work after which a replica may be of another timeline, and makes it a replica again from a new copy of the primary. */
export async function withReplicaToLose<T>(
  host: Host,
  primary: Postgres,
  replica: Replica,
  work: () => Promise<T>,
): Promise<T> {
  const { data } = replica.server;
  const settings = path.join(data, 'postgresql.auto.conf');
  const before = await host.readFile(settings);
  try {
    return await work();
  } finally {
    await replica.kill();
    await host.remove(data);
    // Before the copy: the slot keeps the WAL that it will need. A fault may have taken it away.
    await makeSlotAgain(primary, replica.name);
    await copyBase(host, primary, data);
    await host.writeFile(settings, before);
    await host.writeFile(path.join(data, 'standby.signal'), '');
    await replica.start();
  }
}

async function makeSlotAgain(primary: Postgres, name: string): Promise<void> {
  const client = await primary.connect({ statementMs });
  try {
    await client.query(
      `SELECT pg_create_physical_replication_slot($1::text, true)
       WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1::text)`,
      [name],
    );
  } finally {
    await client.end();
  }
}
