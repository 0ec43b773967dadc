import type { Actor } from '../../design/design.ts';
import { ident, keyCondition, literal, overriding, type Target } from '../access/target.ts';
import { copyFrom } from './copy-from.ts';
import { type AuditedRow, changeRows, copies, deleteRows, insertCopies, storedNames } from './operations.ts';
import type { Scene } from './scene.ts';

/** One way to write a change. */
export interface StatementForm {
  readonly way: string;
  readonly statement: string;
  /** What must happen for the form to have been tried, in the order of these words; none: nothing may happen. */
  readonly happens: readonly ('INSERT' | 'UPDATE' | 'DELETE')[];
  /** True when the statement is about rows that were added just before. */
  readonly onAdded?: boolean;
}

/** An actor whom the trail can name, or none. */
export function namedActor({ context, audit }: Scene): Actor | undefined {
  return context.actors.find(({ attributes }) => (attributes[audit.actorAttribute] ?? null) !== null);
}

/** Every form of statement that can change the table; `row` is there, `added` was added just before. */
export async function statementForms(scene: Scene, row: AuditedRow): Promise<readonly StatementForm[]> {
  const { context, target, audited } = scene;
  const table = target.relation.identity;
  const names = storedNames(target);
  const into = `INSERT INTO ${table} AS "row" (${names})${overriding(target.stored)}`;
  const one = copies(context, target, table, 1);
  const same = `SELECT ${names} FROM ${table} AS existing WHERE ${keyCondition(target, row.key)}`;
  const set = `SET ${ident(audited.change.column)} = ${audited.change.to}`;
  const change = changeRows(target, audited, [row.key]);
  const joined = target.rules.key.map((name) => `"row".${ident(name)} = source.${ident(name)}`).join(' AND ');
  const unique = conflictTarget(scene);
  const form = (
    way: string,
    happens: StatementForm['happens'],
    statement: string,
    onAdded = false,
  ): StatementForm => ({ way, statement, happens, onAdded });
  return [
    form('INSERT of several VALUES', ['INSERT'], `${into} VALUES ${await valueLists(scene, 2)}`),
    form('INSERT … RETURNING', ['INSERT'], `${insertCopies(context, target, table, 1)} RETURNING *`),
    form(
      'INSERT in a WITH',
      ['INSERT'],
      `WITH added AS (${insertCopies(context, target, table, 1)} RETURNING *) SELECT FROM added`,
    ),
    ...(await copyFrom(scene, one)).map((statement) => form('COPY … FROM', ['INSERT'], statement)),
    form('INSERT … ON CONFLICT DO NOTHING, in conflict', [], `${into} ${same} ON CONFLICT DO NOTHING`),
    form('INSERT … ON CONFLICT DO NOTHING', ['INSERT'], `${into} ${one} ON CONFLICT DO NOTHING`),
    ...(unique === undefined
      ? []
      : [
          form(
            'INSERT … ON CONFLICT DO UPDATE, in conflict',
            ['UPDATE'],
            `${into} ${same} ON CONFLICT (${unique}) DO UPDATE ${set}`,
          ),
          form(
            'INSERT … ON CONFLICT DO UPDATE',
            ['INSERT'],
            `${into} ${one} ON CONFLICT (${unique}) DO UPDATE ${set}`,
          ),
        ]),
    form(
      'MERGE that updates and inserts',
      ['INSERT', 'UPDATE'],
      `MERGE INTO ${table} AS "row" USING ((${one}) UNION ALL (${same})) AS source ON ${joined}
             WHEN MATCHED THEN UPDATE ${set}
             WHEN NOT MATCHED THEN INSERT (${names})${overriding(target.stored)} VALUES (${sourced(target)})`,
    ),
    form(
      'MERGE that deletes',
      ['DELETE'],
      `MERGE INTO ${table} AS "row" USING {added} AS source ON ${joined} WHEN MATCHED THEN DELETE`,
      true,
    ),
    form('UPDATE … RETURNING', ['UPDATE'], `${change} RETURNING *`),
    form('UPDATE in a WITH', ['UPDATE'], `WITH changed AS (${change} RETURNING *) SELECT FROM changed`),
    form(
      'UPDATE … FROM that joins the row twice',
      ['UPDATE'],
      `UPDATE ${table} AS "row" ${set} FROM ((${same}) UNION ALL (${same})) AS source WHERE ${joined}`,
    ),
    form(
      'UPDATE in a block that fails',
      [],
      `DO ${literal(`BEGIN ${change}; RAISE 'undone'; EXCEPTION WHEN raise_exception THEN NULL; END`)}`,
    ),
    form(
      'DELETE … USING … RETURNING',
      ['DELETE'],
      `DELETE FROM ${table} AS "row" USING {added} AS source WHERE ${joined} RETURNING "row".*`,
      true,
    ),
    form(
      'DELETE in a WITH',
      ['DELETE'],
      `WITH removed AS (DELETE FROM ${table} AS "row" USING {added} AS source WHERE ${joined} RETURNING "row".*)
       SELECT FROM removed`,
      true,
    ),
  ];
}

/** The statement about added rows: a relation of their own keys takes the place of `{added}`. */
export function aboutAdded(target: Target, statement: string, added: readonly AuditedRow[]): string {
  const where = deleteRows(
    target,
    added.map(({ key }) => key),
  ).replace(/^DELETE /, 'SELECT * ');
  return statement.replaceAll('{added}', () => `(${where})`);
}

/** The columns of a whole unique index: the primary key's, if there is one. */
function conflictTarget({ context, target }: Scene): string | undefined {
  const [index] = context.catalog.indexes
    .filter(
      ({ relation, unique, predicate, columns, valid }) =>
        relation === target.relation.identity &&
        unique &&
        valid &&
        predicate === null &&
        !columns.includes(null),
    )
    .sort((a, b) => Number(b.primary) - Number(a.primary));
  return index?.columns.map((name) => ident(name ?? '')).join(', ');
}

function sourced(target: Target): string {
  return target.stored.map(({ name }) => `source.${ident(name)}`).join(', ');
}

/** Copies of rows written out, as an application does. */
async function valueLists({ context, target }: Scene, rows: number): Promise<string> {
  const table = target.relation.identity;
  const texts = target.stored.map(({ name }) => `source.${ident(name)}::text`).join(', ');
  const found = await context.session.query(
    `SELECT ARRAY[${texts}] AS "values" FROM (${copies(context, target, table, rows)}) AS source`,
  );
  const written = (value: string | null, index: number) =>
    `${value === null ? 'NULL' : literal(value)}::${target.stored[index]?.type ?? 'text'}`;
  return found.map((row) => `(${(row.values as (string | null)[]).map(written).join(', ')})`).join(', ');
}
