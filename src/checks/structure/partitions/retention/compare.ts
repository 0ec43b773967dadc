import type { Session } from '../../../../cluster/session.ts';
import type { Parameters } from './parameters.ts';
import { allRelations, goesWith } from './partitions.ts';
import type { Prepared } from './prepare.ts';

/** What there was before retention. */
export interface Inventory {
  /** Relations by oid. */
  readonly relations: ReadonlyMap<string, string>;
  /** Rows of what must stay, by oid. */
  readonly rows: ReadonlyMap<string, number>;
  /** What may go: too old, or a part of what is. */
  readonly mayGo: ReadonlySet<string>;
}

export interface Difference {
  readonly object: string;
  readonly says: string;
  readonly expected: string;
  readonly actual: string;
}

export async function inventory(session: Session, prepared: Prepared): Promise<Inventory> {
  const { going, open } = prepared;
  const relations = await allRelations(session);
  const mayGo = new Set<string>();
  for (const { oid } of [...going, ...open]) {
    for (const each of [oid, ...(await goesWith(session, oid))]) mayGo.add(each);
  }
  return {
    relations,
    rows: await rowsOf(session, prepared, relations),
    mayGo,
  };
}

/** One entry for each relation that had to go, that had to stay for a reason, or that has gone. */
export async function compare(
  session: Session,
  { table, keep }: Parameters,
  prepared: Prepared,
  before: Inventory,
): Promise<readonly Difference[]> {
  const after = await allRelations(session);
  const rows = await rowsOf(session, prepared, after);
  const reasons = reasonsToStay(prepared);
  const gone = prepared.going.map(({ oid, identity }) => ({
    object: `partition ${identity}`,
    says: `partition ${identity} of ${table} is older than ${keep} and still there`,
    expected: 'gone',
    actual: after.has(oid) ? 'still there' : 'gone',
  }));
  const kept = [...before.relations].flatMap(([oid, identity]) => {
    const why = reasons.get(oid);
    if (before.mayGo.has(oid) || (why === undefined && after.has(oid))) return [];
    const expected = words(before.rows.get(oid));
    const actual = after.has(oid) ? words(rows.get(oid)) : 'gone';
    const because = why === undefined ? '' : `, ${why}`;
    return [
      {
        object: `relation ${identity}`,
        says: `retention of ${table} has not left ${identity} alone${because}: ${actual}, expected ${expected}`,
        expected,
        actual,
      },
    ];
  });
  return [...gone, ...kept];
}

function reasonsToStay({ staying, lookAlikes }: Prepared): ReadonlyMap<string, string> {
  return new Map([...staying.map(([{ oid }, why]) => [oid, why] as const), ...lookAlikes]);
}

async function rowsOf(
  session: Session,
  prepared: Prepared,
  relations: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  for (const oid of reasonsToStay(prepared).keys()) {
    const identity = relations.get(oid);
    if (identity === undefined) continue;
    const [row] = await session.query(`SELECT count(*) AS rows FROM ${identity}`);
    rows.set(oid, Number(row?.rows));
  }
  return rows;
}

function words(rows: number | undefined): string {
  return rows === undefined ? 'there' : `there, ${rows === 1 ? '1 row' : `${rows} rows`}`;
}
