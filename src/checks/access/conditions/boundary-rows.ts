import { createHash } from 'node:crypto';
import type { Column } from '../../../catalog/catalog.ts';
import type { CheckContext } from '../../check.ts';
import { freshValues } from '../fresh.ts';
import {
  columnList,
  ident,
  keyArray,
  keyCondition,
  keyText,
  literal,
  overriding,
  type Target,
} from '../target.ts';
import { listedValues } from '../values.ts';

/** A row that is as another one but for its key and some columns. */
export interface BoundaryRow {
  readonly table: string;
  /** Key of the row that it is a copy of. */
  readonly of: readonly (string | null)[];
  /** What is different, as SQL by column; unique columns included. */
  readonly set: Readonly<Record<string, string>>;
  readonly statement: string;
}

const templatesAtMost = 24;
const valuesAtMost = 5;
const rowsAtMost = 240;
const referredAtMost = 400;

/** Values of a column that could make a condition turn: what is listed, constants that the condition names, the actors' own. */
export async function valuesOf(
  context: CheckContext,
  target: Target,
  column: Column,
  condition: string,
): Promise<readonly string[]> {
  const constants = [...condition.matchAll(/'((?:[^']|'')*)'/g)].map(([, text]) =>
    (text ?? '').replaceAll("''", "'"),
  );
  const listed = listedValues(context.catalog, target, column);
  const texts = [...listed, ...(isText(column) ? constants : [])];
  const times = ['pg_catalog.timestamptz', 'pg_catalog.timestamp', 'pg_catalog.date'];
  const values = [
    ...texts.map((text) => `${literal(text)}::${column.type}`),
    ...(column.baseType === 'pg_catalog.bool' ? ['true', 'false'] : []),
    ...(times.includes(column.baseType) ? [`now() + interval '1 year'`, `now() - interval '1 year'`] : []),
    ...(column.notNull ? [] : [`NULL::${column.type}`]),
    ...(await referenced(context, target, column)),
    ...(foreignKeyOf(context, target, column) === undefined ? ownValues(context, column) : []),
  ];
  return [...new Set(values)];
}

/**
 * Rows with one column set to a value: copies of rows of the table, those first that name an actor, as they are otherwise, and with
 * another column that the clause mentions changed as well, since what is unique must not stand twice.
 *
 * @param mentioned columns of the table that the clause mentions
 */
export async function copiesWith(
  context: CheckContext,
  target: Target,
  column: string,
  value: string,
  mentioned: ReadonlySet<string>,
): Promise<readonly BoundaryRow[]> {
  const table = target.relation.identity;
  const templates = await templatesOf(context, target, column, templatesAtMost);
  const changes = [{}, ...(await otherChanges(context, target, column, mentioned))];
  const rows: BoundaryRow[] = [];
  for (const change of changes) {
    for (const template of templates) {
      const fresh = salted(
        template.fresh as Record<string, unknown>,
        JSON.stringify([column, value, change]),
      );
      const of = template.key;
      for (const kept of sparing(fresh, target, mentioned)) {
        if (rows.length >= rowsAtMost) return rows;
        const set = { ...kept, ...change, [column]: value };
        rows.push({ table, of, set, statement: insertOf(target, of, set) });
      }
    }
  }
  return rows;
}

/** Copies of one row that refer to other rows: as many as there are, each by the whole of its foreign key. */
export async function copiesReferring(
  context: CheckContext,
  target: Target,
  column: Column,
): Promise<readonly BoundaryRow[]> {
  const foreign = foreignKeyOf(context, target, column);
  if (foreign === undefined) return [];
  const [template] = await templatesOf(context, target, column.name, 1);
  if (template === undefined) return [];
  const keys = foreign.columns.map(({ key }) => `quote_literal(${ident(key)})`);
  const rows = await context.session.query(
    `SELECT ARRAY[${keys.join(', ')}] AS key FROM ${foreign.table} ORDER BY md5(ARRAY[${keys.join(', ')}]::text) LIMIT ${referredAtMost}`,
  );
  return rows.map((row) => {
    const values = row.key as (string | null)[];
    const change = Object.fromEntries(foreign.columns.map(({ own }, n) => [own, values[n] ?? 'NULL']));
    const set = { ...salted(template.fresh, JSON.stringify(change)), ...change };
    return {
      table: target.relation.identity,
      of: template.key,
      set,
      statement: insertOf(target, template.key, set),
    };
  });
}

interface Template {
  readonly key: readonly (string | null)[];
  /** New values for what is unique. */
  readonly fresh: Readonly<Record<string, unknown>>;
}

/** Rows to copy, those first that name an actor. */
async function templatesOf(
  context: CheckContext,
  target: Target,
  column: string,
  atMost: number,
): Promise<readonly Template[]> {
  const rows = await context.session.query(
    `SELECT ${keyArray(target, 'template')} AS key, ${freshValues(context, target, new Set([column]))} AS fresh
     FROM ${target.relation.identity} AS template
     ORDER BY (SELECT count(*) FROM jsonb_each_text(to_jsonb(template)) AS cell WHERE cell.value = ANY ($1::text[])) DESC,
              md5(${keyText(target, 'template')}) LIMIT ${atMost}`,
    [peopleOf(context)],
  );
  return rows.map(({ key, fresh }) => ({
    key: key as (string | null)[],
    fresh: fresh as Record<string, unknown>,
  }));
}

/** One further column each: set to a row that it may refer to, or to what it is elsewhere. */
async function otherChanges(
  context: CheckContext,
  target: Target,
  column: string,
  mentioned: ReadonlySet<string>,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const found: Record<string, string>[] = [];
  for (const other of target.stored) {
    if (other.name === column) continue;
    const foreign = foreignKeyOf(context, target, other);
    if (foreign === undefined && (!mentioned.has(other.name) || target.rules.key.includes(other.name)))
      continue;
    const name = ident(other.name);
    const values =
      foreign === undefined
        ? await commonValues(context, target.relation.identity, name, other)
        : await commonValues(context, foreign.table, foreign.key, other);
    found.push(...values.map((sql) => ({ [other.name]: sql })));
  }
  return found;
}

/** New values as they were drawn, and for the key alone: the rest may be unique by what else is changed. */
function sparing(
  fresh: Readonly<Record<string, string>>,
  target: Target,
  mentioned: ReadonlySet<string>,
): readonly Readonly<Record<string, string>>[] {
  const spared = Object.entries(fresh).filter(
    ([name]) => target.rules.key.includes(name) || !mentioned.has(name),
  );
  return spared.length === Object.keys(fresh).length ? [fresh] : [Object.fromEntries(spared), fresh];
}

/** Each copy of a row gets values of its own, the same whenever they are made. */
function salted(fresh: Readonly<Record<string, unknown>>, salt: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fresh).map(([name, value]) => {
      const hash = createHash('md5').update(`${name} ${value} ${salt}`).digest('hex');
      if (typeof value === 'number')
        return [name, String(value + (Number.parseInt(hash.slice(0, 6), 16) % 1_000_000))];
      if (typeof value !== 'string') return [name, 'NULL'];
      if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) {
        return [name, literal(hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'))];
      }
      // Only what freshValues drew begins with a hash; a listed or referenced value stays.
      return [name, literal(value.replace(/^[0-9a-f]{32}/, hash))];
    }),
  );
}

function insertOf(
  target: Target,
  of: readonly (string | null)[],
  set: Readonly<Record<string, string>>,
): string {
  const table = target.relation.identity;
  const names = target.stored.map(({ name }) => name);
  const patch = Object.entries(set).map(([name, sql]) => `${literal(name)}, ${sql}`);
  return `INSERT INTO ${table} (${columnList(names)})${overriding(target.stored)}
SELECT ${columnList(names, 'made')} FROM (SELECT * FROM ${table} WHERE ${keyCondition(target, of)}) AS template
CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, to_jsonb(template) || jsonb_build_object(${patch.join(', ')})) AS made`;
}

async function referenced(context: CheckContext, target: Target, column: Column): Promise<readonly string[]> {
  const foreign = foreignKeyOf(context, target, column);
  if (foreign === undefined) return [];
  return commonValues(context, foreign.table, foreign.key, column);
}

/** A few values of a column, those first that an actor has. */
async function commonValues(
  context: CheckContext,
  table: string,
  name: string,
  column: Column,
): Promise<readonly string[]> {
  const rows = await context.session.query(
    `SELECT quote_literal(${name}) AS value FROM ${table} WHERE ${name} IS NOT NULL
     GROUP BY ${name} ORDER BY (${name}::text = ANY ($1::text[])) DESC, md5(${name}::text) LIMIT ${valuesAtMost}`,
    [peopleOf(context)],
  );
  return rows.map(({ value }) => `${value}::${column.type}`);
}

interface ForeignKey {
  readonly table: string;
  /** The referenced column of the column that was asked about. */
  readonly key: string;
  /** All its columns, with those that they refer to. */
  readonly columns: readonly { readonly own: string; readonly key: string }[];
}

/** Of several foreign keys of a column, the one of fewest columns. */
function foreignKeyOf({ catalog }: CheckContext, target: Target, column: Column): ForeignKey | undefined {
  const [foreign] = catalog.constraints
    .filter(
      ({ relation, kind, columns }) =>
        kind === 'foreign key' && relation === target.relation.identity && columns.includes(column.name),
    )
    .sort((a, b) => a.columns.length - b.columns.length);
  const key = foreign?.referencedColumns[foreign.columns.indexOf(column.name)];
  if (foreign?.references == null || key === undefined) return undefined;
  const columns = foreign.columns.map((own, n) => ({ own, key: foreign.referencedColumns[n] ?? '' }));
  return { table: foreign.references, key: ident(key), columns };
}

/** What the actors' attributes hold. */
function peopleOf({ actors }: CheckContext): readonly string[] {
  const values = actors.flatMap(({ attributes }) => Object.values(attributes));
  return [...new Set(values)].filter((each): each is string => each !== null);
}

function ownValues(context: CheckContext, column: Column): readonly string[] {
  return Object.entries(context.design.request.attributes)
    .filter(([, type]) => type === column.type)
    .flatMap(([name]) => context.actors.map(({ attributes }) => attributes[name] ?? null))
    .flatMap((value) => (value === null ? [] : [`${literal(value)}::${column.type}`]))
    .slice(0, valuesAtMost);
}

function isText({ baseType }: Column): boolean {
  return ['pg_catalog.text', 'pg_catalog.varchar'].includes(baseType);
}
