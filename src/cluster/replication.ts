import type pg from 'pg';

/** Makes the slot of a replica on its primary, unless it is there. */
export async function makeSlot(primary: pg.Client, name: string): Promise<void> {
  await primary.query(
    `SELECT pg_create_physical_replication_slot($1::text, true)
     WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1::text)`,
    [name],
  );
}

/** Whether a replica gets WAL from its primary, at this moment. */
export async function isStreaming(primary: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await primary.query(
    "SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'",
    [name],
  );
  return rowCount === 1;
}
