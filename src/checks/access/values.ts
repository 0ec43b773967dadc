import type { Node } from '@pgsql/types';
import { parseSync } from 'pgsql-parser';
import type { Catalog, Column } from '../../catalog/catalog.ts';
import { policiesOf } from '../../catalog/index.ts';
import type { Session } from '../../cluster/session.ts';
import type { AccessRules } from '../../design/rules.ts';
import type { CheckContext } from '../check.ts';
import { mentionedColumns, type Predicate } from './predicate.ts';
import { ident, literal, type Target } from './target.ts';

/** A value to give a column: SQL over `old` or `new` and `actor`, and what to call it. */
export interface TriedValue {
  readonly column: string;
  readonly label: string;
  readonly sql: string;
  /** Of values in one group one stands for all that are judged alike; a value that means something is a group of its own. */
  readonly group: string;
}

/** Referenced rows that the rule judges alike may differ to a policy: so many of each class are tried. */
const sampleGroups = 4;

/** How many rows of a referenced table stand for all: candidates are evaluated in bulk and then one of each class tried. */
const referencedSample = 64;

/**
 * Values worth trying for the columns that a rule, a policy or the rule's `try` mentions: what CHECK constraints and
 * enums list, texts that policies compare with, both booleans, NULL, keys of the referenced table, the actor's own attributes.
 */
export async function valuesToTry(
  context: CheckContext,
  target: Target,
  predicates: readonly Predicate[],
  command: 'INSERT' | 'UPDATE',
): Promise<readonly TriedValue[]> {
  const names = interestingColumns(context.catalog, target, predicates, command);
  const values: TriedValue[] = [];
  for (const column of target.columns) {
    if (column.generated || !names.has(column.name)) continue;
    const sqls = [
      ...column.labels.map((label) => typed(literal(label), column)),
      ...checkedValues(context.catalog, target, column).map((value) => typed(literal(value), column)),
      ...policyConstants(context.catalog, target, column, command).map((value) =>
        typed(literal(value), column),
      ),
      ...(column.baseType === 'pg_catalog.bool' ? ['true', 'false'] : []),
      ...(column.notNull ? [] : [`NULL::${column.type}`]),
      ...(column.baseType === 'pg_catalog.timestamptz' ? ['now()'] : []),
      ...(await ownValues(context, target, column)),
      ...(target.rules.try?.[column.name] ?? []).map((expression) => typed(`(${expression})`, column)),
    ];
    const sampled = await referencedValues(context.session, context.catalog, target, column);
    values.push(
      ...[...new Set(sqls)].map((sql) => ({ column: column.name, label: sql, sql, group: sql })),
      ...sampled.map((sql, index) => ({
        column: column.name,
        label: sql,
        sql,
        group: `sample ${index % sampleGroups}`,
      })),
    );
  }
  return values;
}

function interestingColumns(
  catalog: Catalog,
  target: Target,
  predicates: readonly Predicate[],
  command: 'INSERT' | 'UPDATE',
): ReadonlySet<string> {
  const names = new Set<string>(Object.keys(target.rules.try ?? {}));
  for (const predicate of predicates) {
    for (const [alias, columns] of predicate.columns) {
      if (alias === 'old' || alias === 'new') for (const column of columns) names.add(column);
    }
  }
  for (const policy of catalog.policies) {
    if (policy.relation !== target.relation.identity) continue;
    if (policy.command !== command && policy.command !== 'ALL') continue;
    for (const text of [policy.using, policy.withCheck]) {
      if (text !== null) for (const column of mentionedColumns(text)) names.add(column);
    }
  }
  const allowed = allowedColumns(target.rules, command);
  return allowed === undefined ? names : new Set([...names].filter((name) => allowed.has(name)));
}

/** Columns that the rule lets the request role give or set; undefined for all. */
export function allowedColumns(
  rules: AccessRules,
  command: 'INSERT' | 'UPDATE',
): ReadonlySet<string> | undefined {
  const rule = command === 'INSERT' ? rules.insert : rules.update;
  return 'never' in rule || rule.columns === undefined ? undefined : new Set(rule.columns);
}

/** True for a column whose values are a short list that the catalogue knows: an enum, a boolean, a CHECK with constants. */
export function isListed(catalog: Catalog, target: Target, column: Column): boolean {
  return column.baseType === 'pg_catalog.bool' || listedValues(catalog, target, column).length > 0;
}

/** What an enum or a CHECK with constants lists for a column. */
export function listedValues(catalog: Catalog, target: Target, column: Column): readonly string[] {
  return column.labels.length > 0 ? column.labels : checkedValues(catalog, target, column);
}

function typed(sql: string, column: Column): string {
  return `${sql}::${column.type}`;
}

/** The actor's attributes of the column's type; through a foreign key only where the referenced row exists. */
async function ownValues(context: CheckContext, target: Target, column: Column): Promise<string[]> {
  const foreign = foreignKeyOf(context.catalog, target, column);
  const { attributes } = context.design.request;
  const same = await context.session.query(
    `SELECT attribute.name FROM unnest($1::text[], $2::text[]) AS attribute(name, type)
     WHERE attribute.type::regtype = $3::regtype`,
    [Object.keys(attributes), Object.values(attributes), column.type],
  );
  return same.map(({ name }) => {
    const own = `actor.${ident(String(name))}`;
    if (foreign === undefined) return own;
    return `(SELECT own.${foreign.key} FROM ${foreign.table} AS own WHERE own.${foreign.key} = ${own} LIMIT 1)`;
  });
}

function foreignKeyOf(
  catalog: Catalog,
  target: Target,
  column: Column,
): { table: string; key: string } | undefined {
  // Of a key of several columns, (tenant, project), this column's own part: with the others as they are, that is a row of
  // another tenant. A key of one column says more, so it goes first.
  const [foreign] = catalog.constraints
    .filter(
      (constraint) =>
        constraint.relation === target.relation.identity &&
        constraint.kind === 'foreign key' &&
        constraint.columns.includes(column.name),
    )
    .sort((a, b) => a.columns.length - b.columns.length);
  const key = foreign?.referencedColumns[foreign.columns.indexOf(column.name)];
  return foreign?.references == null || key === undefined
    ? undefined
    : { table: foreign.references, key: ident(key) };
}

/** String constants of CHECK constraints that are about this column alone: `status IN ('active', …)`. */
function checkedValues(catalog: Catalog, target: Target, column: Column): string[] {
  const own = catalog.constraints.filter(
    (constraint) =>
      constraint.relation === target.relation.identity &&
      constraint.kind === 'check' &&
      constraint.columns.length === 1 &&
      constraint.columns[0] === column.name,
  );
  // The text of a pattern is no value.
  return own
    .filter(({ definition }) => !/~|\bLIKE\b/.test(definition))
    .flatMap((constraint) => {
      const parsed = parseSync(
        `SELECT ${constraint.definition.replace(/^CHECK\s*/i, '').replace(/\s+NOT VALID$/i, '')}`,
      );
      const found: string[] = [];
      collectStrings(parsed, found);
      return found;
    });
}

/**
 * Texts that the policies compare anything with, for text columns that they mention: a policy that makes an exception for
 * one name is found only by trying that name. It says what to try, never what is right.
 */
function policyConstants(catalog: Catalog, target: Target, column: Column, command: string): string[] {
  if (!['pg_catalog.text', 'pg_catalog.varchar'].includes(column.baseType)) return [];
  const length = Number(/\((\d+)\)/.exec(column.type)?.[1] ?? Number.POSITIVE_INFINITY);
  return policiesOf(catalog, target.relation.identity)
    .filter((policy) => policy.command === command || policy.command === 'ALL')
    .flatMap((policy) => [policy.using, policy.withCheck])
    .flatMap((text) => {
      if (text === null || !mentionedColumns(text).has(column.name)) return [];
      const found: string[] = [];
      collectStrings(parseSync(`SELECT (${text})`), found);
      return found.filter((value) => value.length <= length);
    });
}

function collectStrings(node: unknown, found: string[]): void {
  if (Array.isArray(node)) {
    for (const item of node) collectStrings(item, found);
  } else if (typeof node === 'object' && node !== null) {
    const constant = 'A_Const' in node ? (node as Extract<Node, { A_Const: unknown }>).A_Const : undefined;
    const text = constant !== undefined && 'sval' in constant ? constant.sval?.sval : undefined;
    if (text !== undefined) found.push(text);
    for (const value of Object.values(node)) collectStrings(value, found);
  }
}

async function referencedValues(
  session: Session,
  catalog: Catalog,
  target: Target,
  column: Column,
): Promise<string[]> {
  const foreign = foreignKeyOf(catalog, target, column);
  if (foreign === undefined) return [];
  const rows = await session.query(
    `SELECT quote_literal(${foreign.key}) AS value FROM ${foreign.table}
     ORDER BY hashtextextended(${foreign.key}::text, 0) LIMIT ${referencedSample}`,
  );
  return rows.map((row) => typed(String(row.value), column));
}
