import pg from 'pg';
import type { Session } from '../../cluster/session.ts';
import { until } from '../../cluster/until.ts';
import { bySystem } from '../../faults/topology/primary-setting.ts';

/** Does work while the primary runs with another value of a setting that needs no restart. */
export async function withSetting<T>(
  session: Session,
  name: string,
  value: string,
  work: () => Promise<T>,
): Promise<T> {
  const identifier = pg.escapeIdentifier(name);
  const shown = async () => {
    const [row] = await session.query('SELECT setting FROM pg_settings WHERE name = $1', [name]);
    return String(row?.setting);
  };
  const reload = async () => {
    const before = await shown();
    await session.query('SELECT pg_reload_conf()');
    // Each process reads it at its next command; this one stands for all. The same value again is never seen to change.
    await until(async () => (await shown()) !== before, 1_000);
  };
  const set = (to: string) => `ALTER SYSTEM SET ${identifier} = ${pg.escapeLiteral(to)}`;
  const [before] = await session.query(bySystem, [name]);
  await session.query(set(value));
  try {
    await reload();
    return await work();
  } finally {
    await session.query(
      before === undefined ? `ALTER SYSTEM RESET ${identifier}` : set(String(before.setting)),
    );
    await reload();
  }
}
