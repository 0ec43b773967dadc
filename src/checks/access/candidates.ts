import type { Actor } from '../../design/design.ts';
import type { InsertRule, RowRule, UpdateRule } from '../../design/rules.ts';
import type { CheckContext } from '../check.ts';
import { isDecidedByOne, overVector, vectorSql } from './exercise.ts';
import { freshValues } from './fresh.ts';
import { type Predicate, parsePredicate } from './predicate.ts';
import { actorRelation, asRuled, ident, keyArray, keyText, literal, type Target } from './target.ts';
import { isListed, type TriedValue, valuesToTry } from './values.ts';

/** A write to try: a row to add, or one change of one column of one row, and what the rule says of it. */
export interface Candidate {
  /** Key values as text: of the new row (INSERT) or of the row to change (UPDATE, DELETE). */
  readonly key: readonly (string | null)[];
  /** Column that was varied, or null. */
  readonly column: string | null;
  /** The value's SQL. */
  readonly label: string | null;
  /** Values of the new row as text, by column; empty for DELETE. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Class of the candidate: one character for each atom of the condition that decides it; empty when that is not met. */
  readonly vector: string;
  readonly allowed: boolean;
  /** False for an UPDATE that sets a column to what it is. */
  readonly changes: boolean;
}

/** Rows that stand for the table when candidates are made; enough for every class of the default data. */
const templates = 400;

/**
 * Rows to add. Copies of existing rows with fresh keys, as they are and with the columns that the rule compares with the
 * actor set to the actor's; then one of each class with one column at a time varied; of the result, one of each class that
 * the rule refuses, and one of each class and column that it allows.
 */
export function insertCandidates(
  context: CheckContext,
  target: Target,
  rule: InsertRule,
  actor: Actor,
): Promise<readonly Candidate[]> {
  return context.remember(`insert ${target.relation.identity} ${asRuled(actor)}`, () =>
    makeInserts(context, target, rule, actor),
  );
}

async function makeInserts(
  context: CheckContext,
  target: Target,
  rule: InsertRule,
  actor: Actor,
): Promise<readonly Candidate[]> {
  const predicate = parsePredicate(rule.where);
  const table = target.relation.identity;
  const given = rule.columns ?? storedColumns(target);
  const own = predicate.own.filter(({ column }) => given.includes(column));
  const ownSql =
    own.length === 0
      ? `'{}'::jsonb`
      : `jsonb_build_object(${own.map((o) => `${literal(o.column)}, actor.${ident(o.attribute)}`).join(', ')})`;
  const values = await valuesToTry(context, target, [predicate], 'INSERT');
  const mentioned = predicate.columns.get('new') ?? new Set<string>();
  const blank = blankColumns(target, given);
  const evaluate = (from: string, partition: string) => `
    SELECT j, label, col, grp, vector FROM (
      SELECT s.j, s.label, s.col, s.grp, v.vector,
             row_number() OVER (PARTITION BY ${partition} v.vector ORDER BY md5(${jsonKey(target, 's.j')}), s.label) AS n
      FROM ${from} AS s
      CROSS JOIN ${actorRelation(context, actor)}
      CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, s.j) AS "new"
      CROSS JOIN LATERAL ${classOf([predicate])} AS v
    ) AS ranked WHERE n = 1`;
  const rows = await context.session.query(`
    WITH template AS MATERIALIZED (
      SELECT * FROM ${table} AS t ORDER BY md5(${keyText(target, 't')}) LIMIT ${templates}
    ), source AS MATERIALIZED (
      SELECT (to_jsonb(template.*) || ${freshValues(context, target, mentioned)} || own.patch)${blank} AS j,
             NULL::text AS col, ''::text AS grp, own.label
      FROM template CROSS JOIN ${actorRelation(context, actor)}
      CROSS JOIN LATERAL (VALUES ('a copy', '{}'::jsonb), ('a copy of one''s own', ${ownSql})) AS own(label, patch)
    ), picked AS MATERIALIZED (${evaluate('source', 's.label,')}
    ), varied AS MATERIALIZED (
      SELECT picked.j || change.patch AS j, change.col, change.label, change.grp
      FROM picked CROSS JOIN ${actorRelation(context, actor)}
      CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, picked.j) AS "new"
      CROSS JOIN LATERAL (${changes(values)}) AS change(col, label, patch, grp)
    ), chosen AS MATERIALIZED (
      ${evaluate('picked', 's.label,')} UNION ALL ${evaluate('varied', 's.col, s.grp,')}
    )
    SELECT ${keyArray(target, '"new"')} AS key, chosen.col, chosen.label, chosen.vector,
           ${overVector(predicate, 'chosen.vector')} AS allowed,
           ${textValues(given)} AS vals
    FROM chosen CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, chosen.j) AS "new"
    ORDER BY allowed DESC, chosen.col NULLS FIRST, chosen.vector, chosen.label`);
  return telling(
    rows.map((row) => candidateOf(row, given)),
    predicate,
  );
}

/**
 * Changes of one column of one row. Of rows that may not be changed, one of each class, its column set to itself. Of rows
 * that may: each column set to itself once, and the values worth trying, one for each column and class of change.
 */
export function updateCandidates(
  context: CheckContext,
  target: Target,
  rule: UpdateRule,
  actor: Actor,
): Promise<readonly Candidate[]> {
  return context.remember(`update ${target.relation.identity} ${asRuled(actor)}`, () =>
    makeUpdates(context, target, rule, actor),
  );
}

async function makeUpdates(
  context: CheckContext,
  target: Target,
  rule: UpdateRule,
  actor: Actor,
): Promise<readonly Candidate[]> {
  const where = parsePredicate(rule.where);
  const to = parsePredicate(rule.to);
  const table = target.relation.identity;
  const values = await valuesToTry(context, target, [where, to], 'UPDATE');
  // What the old row alone contributes to the judgement of a change: rows must differ in that too.
  const ofOld = { atoms: to.atoms.filter((atom) => !parsePredicate(atom).columns.has('new')) };
  const listed = target.columns
    .filter((column) => to.columns.get('old')?.has(column.name) && isListed(context.catalog, target, column))
    .map((column) => `, "old".${ident(column.name)}`);
  const itself = rule.columns.map((column) => ({
    column,
    label: 'what it is',
    sql: `"old".${ident(column)}`,
    group: '',
  }));
  const rows = await context.session.query(`
    WITH old_class AS MATERIALIZED (
      SELECT found.t, class.vector, ${overVector(where, 'class.vector')} AS changeable FROM (
        SELECT v.vector, (min(ARRAY[md5(${keyText(target, wholeRow)})] || ${keyArray(target, wholeRow)}))[2:] AS key
        FROM ${table} AS ${wholeRow} CROSS JOIN ${actorRelation(context, actor)}
        CROSS JOIN LATERAL (SELECT (${wholeRow}).*) AS "old"
        CROSS JOIN LATERAL ${classOf([where, ofOld])} AS v
        GROUP BY v.vector${listed.join('')}
      ) AS class CROSS JOIN LATERAL (
        SELECT ${wholeRow} AS t FROM ${table} AS ${wholeRow} WHERE ${sameKey(target, 'class.key')} LIMIT 1
      ) AS found
    ), varied AS MATERIALIZED (
      SELECT old_class.*, to_jsonb(old_class.t) || change.patch AS j, change.col, change.label, change.grp, change.plain
      FROM old_class CROSS JOIN ${actorRelation(context, actor)}
      CROSS JOIN LATERAL (SELECT (old_class.t).*) AS "old"
      CROSS JOIN LATERAL (
        SELECT *, true AS plain FROM (${changes(itself)}) AS own(col, label, patch, grp)
        WHERE old_class.changeable OR own.col = ${literal(rule.columns[0] ?? '')}
        UNION ALL
        SELECT *, false FROM (${changes(values)}) AS other(col, label, patch, grp) WHERE old_class.changeable
      ) AS change
    ), chosen AS MATERIALIZED (
      SELECT * FROM (
        SELECT varied.*, w.vector AS to_vector,
               row_number() OVER (
                 PARTITION BY varied.changeable, CASE WHEN varied.changeable THEN varied.col ELSE varied.vector END,
                              varied.grp, CASE WHEN varied.plain THEN '' ELSE w.vector END
                 ORDER BY md5(${jsonKey(target, 'varied.j')}), varied.label) AS m
        FROM varied CROSS JOIN ${actorRelation(context, actor)}
        CROSS JOIN LATERAL (SELECT (varied.t).*) AS "old"
        CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, varied.j) AS "new"
        CROSS JOIN LATERAL ${classOf([to])} AS w
      ) AS ranked WHERE m = 1
    )
    SELECT ${keyArray(target, '"old"')} AS key, chosen.col, chosen.label,
           CASE WHEN chosen.changeable THEN chosen.to_vector ELSE '' END AS vector,
           chosen.j IS DISTINCT FROM to_jsonb(chosen.t) AS changes,
           chosen.changeable AND ${overVector(to, 'chosen.to_vector')} AS allowed,
           ${textValues(storedColumns(target))} AS vals
    FROM chosen CROSS JOIN LATERAL (SELECT (chosen.t).*) AS "old"
    CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, chosen.j) AS "new"
    ORDER BY allowed DESC, chosen.col, chosen.to_vector, chosen.label`);
  return rows.map((row) => candidateOf(row, storedColumns(target)));
}

/** Rows to delete: one of each class. */
export function deleteCandidates(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
): Promise<readonly Candidate[]> {
  return context.remember(`delete ${target.relation.identity} ${asRuled(actor)}`, () =>
    makeDeletes(context, target, rule, actor),
  );
}

async function makeDeletes(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
): Promise<readonly Candidate[]> {
  const predicate = parsePredicate(rule.where);
  const rows = await context.session.query(`
    SELECT key[2:] AS key, NULL AS col, NULL AS label, vector, ${overVector(predicate, 'vector')} AS allowed, NULL AS vals FROM (
      SELECT v.vector, min(ARRAY[md5(${keyText(target, '"row"')})] || ${keyArray(target, '"row"')}) AS key
      FROM ${target.relation.identity} AS "row" CROSS JOIN ${actorRelation(context, actor)}
      CROSS JOIN LATERAL ${classOf([predicate])} AS v
      GROUP BY v.vector
    ) AS class ORDER BY allowed DESC, vector`);
  return rows.map((row) => candidateOf(row, []));
}

/** A function takes 100 arguments. */
const pairsInCall = 50;

/** An alias that is no column: where a column has the alias's name, the name is the column and not the row. */
const wholeRow = '"pgattest row"';

/** How many refused classes are tried that more than one condition refuses. */
const plainlyRefused = 6;

/**
 * All that are allowed, all that one condition alone refuses, and a few of those that are refused more than once: these
 * say little that the others do not, and there are many.
 */
function telling(candidates: readonly Candidate[], predicate: Predicate): readonly Candidate[] {
  let plain = 0;
  return candidates.filter(
    ({ allowed, vector }) => allowed || isDecidedByOne(predicate, vector) || plain++ < plainlyRefused,
  );
}

/** OFFSET 0 keeps the planner from writing the expression into each place that uses it, and so computing it again there. */
function classOf(predicates: readonly Pick<Predicate, 'atoms'>[]): string {
  return `(SELECT ${vectorSql(predicates)} AS vector OFFSET 0)`;
}

function changes(values: readonly TriedValue[]): string {
  if (values.length === 0) return `SELECT NULL::text, NULL::text, '{}'::jsonb, NULL::text WHERE false`;
  return values
    .map(
      ({ column, label, sql, group }) =>
        `SELECT ${literal(column)}, ${literal(label)}, jsonb_build_object(${literal(column)}, ${sql}), ${literal(group)}`,
    )
    .join(' UNION ALL ');
}

/** Whether a row is the one whose key stands in an array of texts, as an index can find it. */
function sameKey(target: Target, key: string): string {
  return target.rules.key
    .map((name, index) => {
      const column = target.columns.find((each) => each.name === name);
      const value = `(${key})[${index + 1}]::${column?.type ?? 'text'}`;
      const equals = column?.notNull === true ? '=' : 'IS NOT DISTINCT FROM';
      return `${wholeRow}.${ident(name)} ${equals} ${value}`;
    })
    .join(' AND ');
}

/** Columns that the role cannot give are left to their defaults: the row that the rule judges must hold those. */
function blankColumns(target: Target, given: readonly string[]): string {
  const absent = target.stored
    .filter((column) => !given.includes(column.name))
    .map((column) => `${literal(column.name)}, ${column.default ?? `NULL::${column.type}`}`);
  const starts = Array.from({ length: Math.ceil(absent.length / pairsInCall) }, (_, n) => n * pairsInCall);
  return starts
    .map((at) => ` || jsonb_build_object(${absent.slice(at, at + pairsInCall).join(', ')})`)
    .join('');
}

/** The key in a row as jsonb: rows are ordered by it, so that the same are taken whenever the data is made. */
function jsonKey(target: Target, json: string): string {
  return `concat_ws(' ', ${target.rules.key.map((name) => `${json} ->> ${literal(name)}`).join(', ')})`;
}

function storedColumns(target: Target): string[] {
  return target.stored.map((column) => column.name);
}

function textValues(names: readonly string[]): string {
  return `ARRAY[${names.map((name) => `"new".${ident(name)}::text`).join(', ')}]`;
}

function candidateOf(row: Readonly<Record<string, unknown>>, names: readonly string[]): Candidate {
  const values = (row.vals as (string | null)[] | null) ?? [];
  return {
    key: row.key as (string | null)[],
    column: row.col as string | null,
    label: row.label as string | null,
    values: Object.fromEntries(values.map((value, index) => [names[index] ?? '', value])),
    vector: String(row.vector),
    allowed: row.allowed === true,
    changes: row.changes !== false,
  };
}
