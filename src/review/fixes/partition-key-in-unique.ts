import { rangeVar } from '../../findings/names.ts';
import { namesOf, nodesOf, parseOne, type Tree, toSql } from '../../findings/tree.ts';
import { type Fix, replacing } from './fix.ts';

/** PRIMARY KEY and UNIQUE of a partitioned table must hold its partition key. */
export const partitionKeyInUnique: Fix = {
  id: 'partition-key-in-unique',
  sqlstates: ['0A000'],
  async propose(failure) {
    if (!/on partitioned table must include all partitioning columns/.test(failure.refusal.message))
      return undefined;
    const [kind, node] = parseOne(failure.text) ?? [];
    if (kind !== 'CreateStmt' || node === undefined) return undefined;
    const key = partitionColumns(node);
    if (key.length === 0) return undefined;
    const { table, primary, dropped } = withKey(node, key);
    const says = [
      ...(primary === undefined ? [] : [`PRIMARY KEY (${primary.join(', ')})`]),
      ...dropped.map(
        (columns) =>
          `keep UNIQUE (${columns.join(', ')}) in a table of its own that is not partitioned: with ${key.join(', ')} in it it would forbid nothing`,
      ),
    ];
    return replacing(
      failure,
      await toSql('CreateStmt', table),
      `${rangeVar(node.relation).name}: ${says.join('; ')}`,
    );
  },
};

/** Names of the columns that a CREATE TABLE is partitioned by; none when an expression is among them. */
function partitionColumns(table: Tree): readonly string[] {
  const columns = nodesOf(table.partspec, 'PartitionElem').map(({ name }) => name);
  return columns.every((name) => typeof name === 'string') ? (columns as string[]) : [];
}

/**
 * The table with the key in its PRIMARY KEY, and without the UNIQUE constraints that lack it: with the key in them
 * they would load, and forbid nothing.
 */
export function withKey(
  table: Tree,
  key: readonly string[],
): {
  readonly table: Tree;
  readonly primary?: readonly string[];
  readonly dropped: readonly (readonly string[])[];
} {
  let primary: readonly string[] | undefined;
  const dropped: (readonly string[])[] = [];
  const holds = (columns: readonly string[]) => key.every((column) => columns.includes(column));
  const judge = (constraint: Tree, columns: readonly string[]): boolean => {
    if (constraint.contype === 'CONSTR_PRIMARY' && !holds(columns)) {
      primary = [...columns, ...key.filter((column) => !columns.includes(column))];
      return false;
    }
    if (constraint.contype === 'CONSTR_UNIQUE' && !holds(columns)) {
      dropped.push(columns);
      return false;
    }
    return true;
  };
  const elements = ((table.tableElts ?? []) as readonly { ColumnDef?: Tree; Constraint?: Tree }[]).flatMap(
    (element) => {
      const { ColumnDef: column, Constraint: constraint } = element;
      if (constraint !== undefined) return judge(constraint, namesOf(constraint.keys)) ? [element] : [];
      if (column === undefined) return [element];
      const kept = ((column.constraints ?? []) as readonly { Constraint: Tree }[]).filter(({ Constraint }) =>
        judge(Constraint, [String(column.colname)]),
      );
      return [{ ColumnDef: { ...column, constraints: kept } }];
    },
  );
  if (primary === undefined) return { table: { ...table, tableElts: elements }, dropped };
  const keys = (primary as readonly string[]).map((sval) => ({ String: { sval } }));
  const constraint = { Constraint: { contype: 'CONSTR_PRIMARY', keys } };
  return { table: { ...table, tableElts: [...elements, constraint] }, primary, dropped };
}
