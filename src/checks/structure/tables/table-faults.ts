import type { Catalog } from '../../../catalog/catalog.ts';
import { columnsOf, constraintsOf, relation as relationOf } from '../../../catalog/index.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { ident } from '../../access/target.ts';
import { indexText } from '../indexes/index-facts.ts';
import type { TableClaim } from './table.ts';
import { checksThere, referenceOf, uniqueSpec, uniqueThere } from './table-constraints.ts';

/** One counterexample for each thing that the claim says, the first that there is of each. */
export function tableFaults(catalog: Catalog, claim: TableClaim): readonly Fault[] {
  const { table } = claim;
  return [
    ...columnFaults(catalog, claim),
    ...(claim.key === undefined
      ? []
      : constraintsOf(catalog, table)
          .filter(({ kind }) => kind === 'primary key')
          .map(({ name }) => faults['constraint-dropped'](table, name))),
    ...(claim.unique ?? []).slice(0, 1).map((entry) => {
      const spec = uniqueSpec(entry);
      return faults['all-dropped'](`${indexText(spec)} on ${table}`, async (session) => {
        const found = await uniqueThere(session, table, spec);
        return typeof found === 'string' ? [] : found.map(({ drop }) => drop);
      });
    }),
    ...referenceFaults(catalog, claim),
    ...(claim.checks ?? [])
      .slice(0, 1)
      .map((check) =>
        faults['all-dropped'](`constraint ${check} on ${table}`, async (session) =>
          (await checksThere(session, table, check)).map(
            ({ name }) => `ALTER TABLE ${table} DROP CONSTRAINT ${ident(name)} CASCADE`,
          ),
        ),
      ),
  ];
}

function columnFaults(catalog: Catalog, { table, columns = {} }: TableClaim): Fault[] {
  const keyText = relationOf(catalog, table)?.partitionKey ?? '';
  const primary = constraintsOf(catalog, table).find(({ kind }) => kind === 'primary key')?.columns ?? [];
  const claimed = columnsOf(catalog, table).filter(({ name }) => Object.hasOwn(columns, name));
  // The server refuses to drop a partition key, or the NOT NULL of a primary key.
  const free = claimed.filter(({ name }) => !keyText.includes(name) && !primary.includes(name));
  const dropped = free[0];
  const retyped = free[1] ?? claimed[0];
  const notNull = free.find(({ name, identity }) => !identity && /\bnot\s+null\b/i.test(columns[name] ?? ''));
  const filled = claimed.find(
    ({ name, default: expression, identity }) =>
      (expression !== null || identity) &&
      /\b(default|generated|identity|serial|bigserial)\b/i.test(columns[name] ?? ''),
  );
  return [
    ...(dropped === undefined ? [] : [faults['column-dropped'](table, dropped.name)]),
    ...(retyped === undefined
      ? []
      : [faults['column-retyped'](table, retyped.name, retyped.type === 'bytea' ? 'text' : 'bytea')]),
    ...(notNull === undefined ? [] : [faults['column-loosened'](table, notNull.name, 'NOT NULL')]),
    ...(filled === undefined
      ? []
      : [
          faults['column-loosened'](
            table,
            filled.name,
            filled.identity ? 'IDENTITY' : filled.generated ? 'EXPRESSION' : 'DEFAULT',
          ),
        ]),
  ];
}

/** Every foreign key that does what the first reference says: a wider one would do it too. */
function referenceFaults(catalog: Catalog, { table, references = {} }: TableClaim): Fault[] {
  const [first] = Object.entries(references);
  if (first === undefined) return [];
  const wanted = referenceOf(...first);
  const names = constraintsOf(catalog, table)
    .filter(
      (each) =>
        each.kind === 'foreign key' &&
        wanted.pairs.every(([from, to]) => each.referencedColumns[each.columns.indexOf(from)] === to),
    )
    .map(({ name }) => name);
  const [only] = names;
  if (names.length === 1 && only !== undefined) return [faults['constraint-dropped'](table, only)];
  return [
    faults['all-dropped'](`foreign key (${first[0]}) on ${table}`, async () =>
      names.map((name) => `ALTER TABLE ${table} DROP CONSTRAINT ${ident(name)} CASCADE`),
    ),
  ];
}
