import type { Catalog, Relation } from '../../catalog/catalog.ts';
import { columnsOf, indexesOf, policiesOf, relation } from '../../catalog/lookup.ts';
import { type Compared, comparedIn, sortColumn } from './conditions.ts';
import type { PlanNode } from './plan.ts';
import { quotePart } from './quote.ts';

/** Indexes that a table seems to lack: together they serve one condition. */
export interface IndexCandidate {
  /** The whole table, when a partition was read. */
  readonly table: string;
  /** Statements that make them. */
  readonly create: readonly string[];
  readonly why: 'filter' | 'policy';
  /** The condition that they would serve. */
  readonly condition: string;
  /** Of one execution; 0 for a policy whose table was not seen to be scanned. */
  readonly rowsRemoved: number;
  readonly rowsKept: number;
  /** `Seq Scan`… */
  readonly scan: string;
}

/** So many rows thrown away are felt. */
const fewRows = 50;
const mostColumns = 3;

/** Scans of a plan that threw away many more rows than they kept, and the indexes by which they would not. */
export function fromPlan(catalog: Catalog, root: PlanNode): readonly IndexCandidate[] {
  const found: IndexCandidate[] = [];
  const walk = (node: PlanNode, sort: readonly string[]): void => {
    const below = node.type === 'Sort' ? node.sortKey : passesOrder(node) ? sort : [];
    for (const child of node.children) walk(child, below);
    const table = tableOf(catalog, node);
    if (table === undefined || node.filter === undefined || !/Scan$/.test(node.type)) return;
    if (node.rowsRemoved < fewRows || node.rowsRemoved < 4 * node.rows) return;
    const condition = [node.condition, node.filter].filter((each) => each !== undefined).join(' AND ');
    const create = indexesFor(catalog, table, comparedIn(condition, node.alias ?? ''), sort);
    if (create.length > 0) {
      const { rowsRemoved, rows: rowsKept, type: scan } = node;
      found.push({ table, create, why: 'filter', condition, rowsRemoved, rowsKept, scan });
    }
  };
  walk(root, []);
  return together(found);
}

/** Columns that the policies of a table compare and that lead no index of it. */
export function fromPolicies(catalog: Catalog, table: string): readonly IndexCandidate[] {
  const name = relation(catalog, table)?.name ?? '';
  return policiesOf(catalog, table).flatMap(({ using }) => {
    if (using === null) return [];
    const create = comparedIn(using, name).flatMap(({ equal }) =>
      equal.length === 0 || equal.some((column) => leads(catalog, table, [column]))
        ? []
        : indexesFor(catalog, table, [{ equal: equal.slice(0, 1), range: [] }], []),
    );
    if (create.length === 0) return [];
    return [
      {
        table,
        create,
        why: 'policy' as const,
        condition: using,
        rowsRemoved: 0,
        rowsKept: 0,
        scan: 'policy',
      },
    ];
  });
}

/** Nodes through which the order of what is below still matters to what is above. */
function passesOrder({ type }: PlanNode): boolean {
  return ['Append', 'Subquery Scan', 'Gather', 'Gather Merge', 'Merge Append', 'LockRows'].includes(type);
}

/** Identity of the table that a scan reads, the topmost one of a partition. */
export function tableOf(catalog: Catalog, { schema, relation: name }: PlanNode): string | undefined {
  const found = relationOf(catalog, schema, name);
  return found?.root ?? found?.identity;
}

function relationOf(
  catalog: Catalog,
  schema: string | undefined,
  name: string | undefined,
): Relation | undefined {
  if (name === undefined) return undefined;
  return catalog.relations.find((each) => each.name === name && each.schema === schema);
}

function indexesFor(
  catalog: Catalog,
  table: string,
  compared: readonly Compared[],
  sort: readonly string[],
): readonly string[] {
  const there = new Set(columnsOf(catalog, table).map(({ name }) => name));
  return compared.flatMap(({ equal, range }) => {
    const keys = equal.filter((column) => there.has(column)).slice(0, mostColumns);
    if (keys.length === 0 && range.length === 0) return [];
    const sorted = sort.map(sortColumn);
    const rest =
      keys.length > 0 &&
      sorted.length > 0 &&
      sorted.every((each) => each !== undefined && there.has(each.column))
        ? sorted.flatMap((each) => (each === undefined || keys.includes(each.column) ? [] : [each]))
        : range
            .filter((column) => there.has(column))
            .slice(0, 1)
            .map((column) => ({ column, order: '' }));
    const columns = [...keys, ...rest.map(({ column }) => column)];
    if (columns.length === 0 || leads(catalog, table, columns)) return [];
    const parts = [...keys.map(quotePart), ...rest.map(({ column, order }) => quotePart(column) + order)];
    return [`CREATE INDEX ON ${table} (${parts.join(', ')})`];
  });
}

/** Whether an index of all rows begins with these columns, in any order. */
function leads(catalog: Catalog, table: string, columns: readonly string[]): boolean {
  return indexesOf(catalog, table).some(
    ({ valid, method, predicate, columns: keys }) =>
      valid &&
      ['btree', 'hash'].includes(method) &&
      predicate === null &&
      columns.every((column) => keys.slice(0, columns.length).includes(column)),
  );
}

/** Partitions lack what their table lacks: one entry for all. */
function together(found: readonly IndexCandidate[]): readonly IndexCandidate[] {
  const sums = new Map<string, IndexCandidate>();
  for (const each of found) {
    const key = JSON.stringify([each.table, each.create]);
    const sum = sums.get(key);
    sums.set(
      key,
      sum === undefined
        ? each
        : { ...sum, rowsRemoved: sum.rowsRemoved + each.rowsRemoved, rowsKept: sum.rowsKept + each.rowsKept },
    );
  }
  return [...sums.values()];
}
