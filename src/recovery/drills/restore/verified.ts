import type { Postgres } from '../../../cluster/postgres.ts';
import { type Fingerprint, fingerprint, inspect } from '../../integrity/index.ts';
import type { Scene, Seen } from '../../model.ts';

/** The design's tables, of which the ledger's writers change none. */
export async function tablesOf({ database }: Scene, server: Postgres): Promise<Fingerprint> {
  const all = await fingerprint(server, database);
  return new Map([...all].filter(([table]) => !table.startsWith('pgattest_ledger.')));
}

/** A restored copy from inside: whole, and the design's tables as they were. Marks that it is verified. */
export async function verifyCopy(
  scene: Scene,
  server: Postgres,
  before: Fingerprint,
): Promise<readonly Seen[]> {
  scene.progress('verifies the restored copy');
  const inside = await inspect(server, scene.database);
  const tables = sameTables(before, await tablesOf(scene, server));
  scene.timeline.mark('verified', 'indexes, rows and keys of the restored copy were looked at');
  return [...inside, tables];
}

export function sameTables(before: Fingerprint, after: Fingerprint): Seen {
  const differ = [...before].flatMap(([table, was]) => {
    const is = after.get(table);
    if (is === undefined) return [`${table} is gone`];
    return is.rows === was.rows && is.hash === was.hash
      ? []
      : [`${table} had ${was.rows} rows and has ${is.rows}, or others`];
  });
  const more = [...after.keys()].filter((table) => !before.has(table)).map((table) => `${table} is new`);
  const wrong = [...differ, ...more];
  return {
    subject: 'tables of the design',
    way: 'counts and order-independent hashes of all rows, before the disaster and after the restore',
    statement: 'count(*), sum of two hashes of each row',
    expected: `${before.size} tables as they were`,
    actual: wrong.length === 0 ? 'as they were' : wrong.slice(0, 10).join('; '),
    agrees: wrong.length === 0,
    tried: before.size,
  };
}
