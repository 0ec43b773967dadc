import { madeBy, rangeVar, sameObject } from '../../findings/names.ts';
import { constantOf, namesOf, nodesOf, parseOne, type Tree, toSql } from '../../findings/tree.ts';
import type { Fix, Scene } from './fix.ts';
import { withKey } from './partition-key-in-unique.ts';

/** PARTITION OF a table that was declared without PARTITION BY. */
export const notPartitioned: Fix = {
  id: 'not-partitioned',
  sqlstates: ['42P17'],
  async propose({ index, text, refusal }, { steps }: Scene) {
    if (!/^(?:table )?"[^"]+" is not partitioned$/.test(refusal.message)) return undefined;
    const partition = parseOne(text)?.[1];
    const parent = ((partition?.inhRelations ?? []) as readonly { RangeVar?: Tree }[])[0]?.RangeVar;
    if (partition === undefined || parent === undefined) return undefined;
    const name = rangeVar(parent);
    const target = steps.findIndex(
      (step, at) =>
        at < index && step.texts.some((each) => madeBy(each).some((made) => sameObject(made, name))),
    );
    const made = steps[target]?.texts ?? [];
    const [kind, table] = made.length === 1 ? (parseOne(made[0] ?? '') ?? []) : [];
    if (kind !== 'CreateStmt' || table === undefined || table.partspec !== undefined) return undefined;
    const how = strategy(partition.partbound as Tree | undefined, table);
    if (how === undefined) return undefined;
    const keyed = withKey(table, [how.column]);
    const partspec = {
      strategy: how.strategy,
      partParams: [{ PartitionElem: { name: how.column } }],
    };
    const key = keyed.primary === undefined ? '' : ` and PRIMARY KEY (${keyed.primary.join(', ')})`;
    return {
      target,
      texts: [await toSql('CreateStmt', { ...keyed.table, partspec })],
      says: `declare ${name.name} with PARTITION BY ${how.word} (${how.column})${key}`,
    };
  },
};

interface Strategy {
  readonly strategy: string;
  readonly word: string;
  readonly column: string;
}

/** The column that the bounds of a partition speak of: of a type that takes them, or with a CHECK that lists them. */
function strategy(bound: Tree | undefined, table: Tree): Strategy | undefined {
  const columns = nodesOf(table.tableElts, 'ColumnDef');
  const typed = (types: readonly string[]) =>
    columns.filter(({ typeName }) =>
      types.includes(namesOf((typeName as Tree | undefined)?.names).at(-1) ?? ''),
    );
  const name = (found: readonly Tree[]) => found.map(({ colname }) => String(colname));
  if (bound?.strategy === 'r') {
    const [lower] = (bound.lowerdatums ?? []) as readonly unknown[];
    if (!/^\d{4}-\d{2}/.test(constantOf(lower) ?? '')) return undefined;
    const times = name(typed(['timestamptz', 'timestamp', 'date']));
    const column = times.find((each) => each === 'created_at') ?? times[0];
    return column === undefined ? undefined : { strategy: 'PARTITION_STRATEGY_RANGE', word: 'RANGE', column };
  }
  if (bound?.strategy !== 'l') return undefined;
  const values = ((bound.listdatums ?? []) as readonly unknown[]).map(constantOf);
  const texts = typed(['text', 'varchar', 'bpchar']);
  const listing = texts.filter(({ constraints }) => {
    const listed = nodesOf(constraints, 'A_Const').map((constant) => constantOf({ A_Const: constant }));
    return values.every((value) => listed.includes(value));
  });
  const column = name(listing)[0] ?? name(texts).find((each) => each === 'status');
  return column === undefined ? undefined : { strategy: 'PARTITION_STRATEGY_LIST', word: 'LIST', column };
}
