import { type Query, rowsOf } from '../../catalog/query.ts';
import type { StatementDelta } from './model.ts';

/** Counters of pg_stat_statements at an instant, of the database at hand, by statement. */
export interface StatementCounters {
  readonly at: number;
  readonly byId: ReadonlyMap<string, Counters>;
  readonly total: Counters;
  /** Changes when somebody resets it. */
  readonly resetAt: string;
  /** How often the least used statements were dropped for want of room. */
  readonly dropped: number;
  readonly planning: boolean;
}

interface Counters {
  readonly calls: number;
  readonly execMs: number;
  readonly planMs: number;
  readonly rows: number;
  readonly sharedHit: number;
  readonly sharedRead: number;
  readonly walBytes: number;
}

const presentSql = /* sql */ `
  SELECT pg_catalog.quote_ident(n.nspname) AS schema,
         pg_catalog.current_setting('pg_stat_statements.track_planning', true) = 'on' AS planning
  FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
  WHERE e.extname = 'pg_stat_statements'
    AND pg_catalog.current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'`;

const countersSql = (schema: string) => /* sql */ `
  SELECT s.queryid::text AS id, sum(s.calls)::float8 AS calls, sum(s.total_exec_time)::float8 AS "execMs",
         sum(s.total_plan_time)::float8 AS "planMs", sum(s.rows)::float8 AS rows,
         sum(s.shared_blks_hit)::float8 AS "sharedHit", sum(s.shared_blks_read)::float8 AS "sharedRead",
         sum(s.wal_bytes)::float8 AS "walBytes"
  FROM ${schema}.pg_stat_statements(false) AS s
  WHERE s.toplevel AND s.queryid IS NOT NULL
    AND s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  GROUP BY 1`;

const infoSql = (schema: string) =>
  /* sql */ `SELECT dealloc::float8 AS dropped, stats_reset::text AS reset FROM ${schema}.pg_stat_statements_info`;

/** Reads the counters; undefined where the extension is not there or not loaded. Nothing is reset. */
export async function statementCounters(query: Query): Promise<StatementCounters | undefined> {
  const [there] = await rowsOf<{ schema: string; planning: boolean | null }>(query, presentSql);
  if (there === undefined) return undefined;
  const rows = await rowsOf<Counters & { readonly id: string }>(query, countersSql(there.schema));
  const [info] = await rowsOf<{ dropped: number; reset: string }>(query, infoSql(there.schema));
  return {
    at: Date.now(),
    byId: new Map(rows.map(({ id, ...counters }) => [id, counters])),
    total: rows.reduce(add, nothing),
    resetAt: info?.reset ?? '',
    dropped: info?.dropped ?? 0,
    planning: there.planning === true,
  };
}

/** What was between two looks: by statement, and of everything in the database. */
export interface LoadCounters {
  readonly seconds: number;
  readonly byId: ReadonlyMap<string, StatementDelta>;
  readonly calls: number;
  readonly notes: readonly string[];
}

/** The later look less the earlier one; where somebody has reset them in between, the later one alone, and that is noted. */
export function between(before: StatementCounters, after: StatementCounters): LoadCounters {
  const wasReset = before.resetAt !== after.resetAt;
  const since = (id: string) => (wasReset ? nothing : (before.byId.get(id) ?? nothing));
  const deltas = new Map<string, Counters>();
  for (const [id, now] of after.byId) {
    // A statement that was dropped and came back counts from nothing.
    const then = since(id).calls > now.calls ? nothing : since(id);
    const delta = less(now, then);
    if (delta.calls > 0) deltas.set(id, delta);
  }
  const all = [...deltas.values()].reduce(add, nothing);
  return {
    seconds: (after.at - before.at) / 1000,
    calls: all.calls,
    byId: new Map(
      [...deltas].map(([id, { execMs, planMs, calls, ...rest }]) => [
        id,
        {
          ...rest,
          calls,
          execMs,
          meanMs: execMs / calls,
          planMs: after.planning ? planMs : null,
          share: all.execMs > 0 ? Math.min(1, execMs / all.execMs) : 0,
        },
      ]),
    ),
    notes: [
      ...(wasReset ? ['pg_stat_statements was reset meanwhile: only what came after it is counted'] : []),
      ...(after.dropped > before.dropped
        ? [
            'pg_stat_statements had no room for every statement (pg_stat_statements.max): counts are too small',
          ]
        : []),
    ],
  };
}

const nothing: Counters = {
  calls: 0,
  execMs: 0,
  planMs: 0,
  rows: 0,
  sharedHit: 0,
  sharedRead: 0,
  walBytes: 0,
};

function add(one: Counters, other: Counters): Counters {
  return combine(one, other, (a, b) => a + b);
}

function less(one: Counters, other: Counters): Counters {
  return combine(one, other, (a, b) => Math.max(0, a - b));
}

function combine(one: Counters, other: Counters, how: (a: number, b: number) => number): Counters {
  return {
    calls: how(one.calls, other.calls),
    execMs: how(one.execMs, other.execMs),
    planMs: how(one.planMs, other.planMs),
    rows: how(one.rows, other.rows),
    sharedHit: how(one.sharedHit, other.sharedHit),
    sharedRead: how(one.sharedRead, other.sharedRead),
    walBytes: how(one.walBytes, other.walBytes),
  };
}
