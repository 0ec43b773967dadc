import type { Fault } from '../fault.ts';
import { reloadingPrimary } from '../reloading-primary.ts';

/** A setting of the running primary that can be changed without a restart. */
export function primarySetting(name: string, value: string, says: string): Fault {
  const set = (to: string) => `ALTER SYSTEM SET ${name} = '${to.replaceAll("'", "''")}'`;
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
      reloadingPrimary(target, async (client) => {
        before = (await client.query<{ setting: string }>(bySystem, [name])).rows[0]?.setting;
        injected = true;
        await client.query(set(value));
      }),
    // What was there before is known only then.
    heal: async (target) => {
      if (!injected) return;
      await reloadingPrimary(target, (client) =>
        client.query(before === undefined ? `ALTER SYSTEM RESET ${name}` : set(before)),
      );
      injected = false;
    },
  };
}

/** What postgresql.auto.conf says of a setting. */
export const bySystem = `SELECT setting FROM pg_file_settings
WHERE name = $1 AND sourcefile LIKE '%postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1`;
