import type pg from 'pg';
import { isStreaming, makeSlot } from '../../cluster/replication.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { Fault, FaultTarget } from '../fault.ts';

/** A primary that has lost the slot of a replica: it lets the replica in no more, which answers and gets nothing. */
export function slotLost(index = 0): Fault {
  const name = `replica_${index + 1}`;
  const onPrimary = async ({ cluster }: FaultTarget, work: (client: pg.Client) => Promise<unknown>) => {
    const client = await cluster?.primary.connect({ statementMs });
    try {
      if (client !== undefined) await work(client);
    } finally {
      await client?.end();
    }
  };
  return {
    kind: 'slot-lost',
    name: `slot-lost ${name}`,
    object: name,
    says: `the primary has lost the slot of ${name}, which gets nothing any more`,
    statement: `SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '${name}'; SELECT pg_drop_replication_slot('${name}')`,
    scope: 'cluster',
    inject: (target) =>
      onPrimary(target, async (client) => {
        let last: unknown;
        // The replica is back in no time: it is thrown out until the slot is found free.
        const dropped = await until(async () => {
          try {
            await client.query(
              'SELECT pg_terminate_backend(active_pid, 1000) FROM pg_replication_slots WHERE slot_name = $1 AND active',
              [name],
            );
            await client.query('SELECT pg_drop_replication_slot($1)', [name]);
            return true;
          } catch (error) {
            last = error;
            return false;
          }
        }, limitMs);
        if (!dropped) throw last;
      }),
    heal: (target) =>
      onPrimary(target, async (client) => {
        await makeSlot(client, name);
        const streams = await until(() => isStreaming(client, name), limitMs);
        if (!streams) throw new Error(`${name} does not stream over its new slot after ${limitMs} ms`);
      }),
  };
}

const limitMs = 15_000;
