import pg from 'pg';
import { until } from '../../cluster/until.ts';
import { bySystem } from '../../faults/topology/primary-setting.ts';

const readMs = 1_000;

/** Changes a setting of a running server that needs no restart; the returned function puts it back as it was. */
export async function changeSetting(
  client: pg.Client,
  name: string,
  value: string,
): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ setting: string }>(bySystem, [name]);
  const before = rows[0]?.setting;
  const identifier = pg.escapeIdentifier(name);
  const set = (to: string) => `ALTER SYSTEM SET ${identifier} = ${pg.escapeLiteral(to)}`;
  const apply = async (statement: string) => {
    const was = await shown(client, name);
    await client.query(statement);
    await client.query('SELECT pg_reload_conf()');
    // This session stands for all; the same value again is never seen to change.
    await until(async () => (await shown(client, name)) !== was, readMs);
  };
  await apply(set(value));
  let changed = true;
  return async () => {
    if (!changed) return;
    changed = false;
    await apply(before === undefined ? `ALTER SYSTEM RESET ${identifier}` : set(before));
  };
}

export async function shown(client: pg.Client, name: string): Promise<string> {
  const { rows } = await client.query<{ setting: string }>(
    'SELECT setting FROM pg_settings WHERE name = $1',
    [name],
  );
  return rows[0]?.setting ?? '';
}
