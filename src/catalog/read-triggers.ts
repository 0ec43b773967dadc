import type { Relation, Trigger } from './catalog.ts';
import { decode } from './decode.ts';
import { factsOf } from './of-relations.ts';
import type { Query } from './query.ts';
import { triggerWhen } from './trigger-when.ts';

const triggersSql = /* sql */ `
  SELECT r.rank::int, t.tgname AS name, t.tgtype AS type, t.tgenabled AS enabled,
         ARRAY(SELECT a.attname::text FROM unnest(t.tgattr) WITH ORDINALITY AS k (attnum, place)
               JOIN pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = k.attnum ORDER BY k.place) AS columns,
         t.tgqual IS NOT NULL AS conditional,
         format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS function,
         t.tgparentid <> 0 AS inherited,
         pg_get_triggerdef(t.oid) AS definition
  FROM unnest($1::oid[]) WITH ORDINALITY AS r (oid, rank)
  JOIN pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  JOIN pg_proc AS p ON p.oid = t.tgfoid
  JOIN pg_namespace AS n ON n.oid = p.pronamespace
  ORDER BY r.rank, t.tgname`;

/** Bits of pg_trigger.tgtype; without `before` and `insteadOf` it is AFTER. */
const bits = { row: 1, before: 2, INSERT: 4, DELETE: 8, UPDATE: 16, TRUNCATE: 32, insteadOf: 64 } as const;

const events = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const;

const states: Readonly<Record<string, Trigger['enabled']>> = {
  O: 'origin',
  A: 'always',
  R: 'replica',
  D: 'disabled',
};

interface TriggerRow {
  readonly name: string;
  readonly type: number;
  readonly enabled: string;
  readonly columns: readonly string[];
  readonly conditional: boolean;
  readonly function: string;
  readonly inherited: boolean;
  readonly definition: string;
}

/** Triggers of relations, by relation and name, without those by which the server keeps foreign keys. */
export async function readTriggers(
  query: Query,
  relations: readonly Relation[],
): Promise<readonly Trigger[]> {
  const rows = await factsOf<TriggerRow>(query, triggersSql, relations);
  return rows.map(({ type, conditional, enabled, ...row }) => ({
    ...row,
    timing: (type & bits.before) !== 0 ? 'BEFORE' : (type & bits.insteadOf) !== 0 ? 'INSTEAD OF' : 'AFTER',
    level: (type & bits.row) !== 0 ? 'ROW' : 'STATEMENT',
    events: events.filter((event) => (type & bits[event]) !== 0),
    enabled: decode(states, enabled, 'pg_trigger.tgenabled'),
    when: conditional ? triggerWhen(row.definition) : null,
  }));
}
