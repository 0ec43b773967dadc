import type pg from 'pg';
import { statementMs } from '../../cluster/server.ts';
import type { Fault, FaultTarget } from '../fault.ts';

/** A setting of the running primary that can be changed without a restart. */
export function primarySetting(name: string, value: string, says: string): Fault {
  const set = (to: string) => `ALTER SYSTEM SET ${name} = '${to.replaceAll("'", "''")}'`;
  const onPrimary = async ({ cluster }: FaultTarget, work: (client: pg.Client) => Promise<unknown>) => {
    const client = await cluster?.primary.connect({ statementMs });
    if (client === undefined) return;
    try {
      await work(client);
      await client.query('SELECT pg_reload_conf()');
    } finally {
      await client.end();
    }
  };
  /** What ALTER SYSTEM had set before, as the cluster may have done itself. */
  let before: string | undefined;
  let injected = false;
  return {
    kind: 'primary-setting',
    name: `primary-setting ${name} ${value}`,
    object: name,
    says,
    statement: set(value),
    scope: 'cluster',
    inject: (target) =>
      onPrimary(target, async (client) => {
        before = (await client.query<{ setting: string }>(bySystem, [name])).rows[0]?.setting;
        injected = true;
        await client.query(set(value));
      }),
    // What was there before is known only then.
    heal: async (target) => {
      if (!injected) return;
      await onPrimary(target, (client) =>
        client.query(before === undefined ? `ALTER SYSTEM RESET ${name}` : set(before)),
      );
      injected = false;
    },
  };
}

/** What postgresql.auto.conf says of a setting. */
export const bySystem = `SELECT setting FROM pg_file_settings
WHERE name = $1 AND sourcefile LIKE '%postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1`;
