import type { Catalog } from '../../catalog/catalog.ts';
import type { Session } from '../../cluster/session.ts';
import type { FunctionCost, TriggerCost } from './model.ts';
import { type Explained, readExplain } from './plan.ts';
import type { Probe } from './probe.ts';
import { explain, ProbeError, type Rig, type Way } from './rig.ts';

/** What one execution did, counted: by function, by trigger, by table. */
export interface Counted {
  readonly explained: Explained;
  readonly functions: readonly Omit<FunctionCost, 'byPolicies'>[];
  readonly triggers: readonly TriggerCost[];
  /** Identities of tables that it wrote, triggers' included; partitions count as their table. */
  readonly written: readonly string[];
}

/** Counts so far of this transaction; SQL functions that are inlined are in none. */
const functionsSql = /* sql */ `
  SELECT pg_catalog.quote_ident(schemaname) || '.' || pg_catalog.quote_ident(funcname) AS name, sum(calls)::float8 AS calls,
         sum(self_time)::float8 AS "selfMs", sum(total_time)::float8 AS "totalMs"
  FROM pg_catalog.pg_stat_xact_user_functions GROUP BY 1`;

const tablesSql = /* sql */ `
  SELECT relid::int8::text AS oid, n_tup_ins + n_tup_upd + n_tup_del AS written
  FROM pg_catalog.pg_stat_xact_user_tables`;

/** Runs a probe once, with the clock on every node and trigger, and counts. */
export async function count(rig: Rig, catalog: Catalog, probe: Probe, way: Way): Promise<Counted> {
  return rig.undone(async (session) => {
    await session.script(`SET LOCAL track_functions = 'all'`);
    await rig.prepare(session, probe, way);
    const run = async () => {
      const outcome = await session.attempt(explain(probe.sql, true), probe.values, true);
      if (outcome.status === 'error') throw new ProbeError(outcome.error, undefined);
      return readExplain(outcome.rows[0]?.['QUERY PLAN']);
    };
    // Catalogue caches and plans of functions are made by the first.
    if (probe.kind === 'write') await session.undone(run);
    else await run();
    const before = await looks(session);
    const explained = await run();
    const after = await looks(session);
    return {
      explained,
      functions: [...after.functions].flatMap(([name, now]) => {
        const then = before.functions.get(name);
        const calls = now.calls - (then?.calls ?? 0);
        if (calls <= 0) return [];
        return [
          {
            name,
            calls,
            selfMs: Math.max(0, now.selfMs - (then?.selfMs ?? 0)),
            totalMs: Math.max(0, now.totalMs - (then?.totalMs ?? 0)),
          },
        ];
      }),
      triggers: triggersIn(explained, catalog),
      written: writtenBetween(before.tables, after.tables, catalog),
    };
  });
}

interface Looks {
  readonly functions: ReadonlyMap<
    string,
    { readonly calls: number; readonly selfMs: number; readonly totalMs: number }
  >;
  readonly tables: ReadonlyMap<string, number>;
}

async function looks(session: Session): Promise<Looks> {
  const functions = await session.query(functionsSql);
  const tables = await session.query(tablesSql);
  return {
    functions: new Map(
      functions.map(({ name, calls, selfMs, totalMs }) => [
        String(name),
        { calls: Number(calls), selfMs: Number(selfMs), totalMs: Number(totalMs) },
      ]),
    ),
    tables: new Map(tables.map(({ oid, written }) => [String(oid), Number(written)])),
  };
}

function writtenBetween(
  before: Looks['tables'],
  after: Looks['tables'],
  catalog: Catalog,
): readonly string[] {
  const byOid = new Map(catalog.relations.map((each) => [String(each.oid), each]));
  const found = [...after].flatMap(([oid, written]) => {
    const relation = byOid.get(oid);
    return relation !== undefined && written > (before.get(oid) ?? 0)
      ? [relation.root ?? relation.identity]
      : [];
  });
  return [...new Set(found)].sort();
}

/** Triggers of partitions are their table's; those of foreign keys go by the constraint. */
function triggersIn({ triggers, root }: Explained, catalog: Catalog): readonly TriggerCost[] {
  const sums = new Map<string, TriggerCost>();
  for (const raw of triggers) {
    const relation = String(raw.Relation ?? root.relation ?? '');
    const found = catalog.relations.filter(({ name }) => name === relation);
    const own =
      found.find(({ schema }) => schema === (raw.Schema ?? root.schema)) ??
      found.find(({ root: top }) => top !== null) ??
      found[0];
    const table = own?.root ?? own?.identity ?? relation;
    const name = String(raw['Constraint Name'] ?? raw['Trigger Name'] ?? '');
    const key = JSON.stringify([table, name]);
    const sum = sums.get(key) ?? { table, name, calls: 0, ms: 0 };
    sums.set(key, { ...sum, calls: sum.calls + Number(raw.Calls ?? 0), ms: sum.ms + Number(raw.Time ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.ms - a.ms);
}
