/** A node of EXPLAIN (FORMAT JSON), as the server prints it. */
export type RawPlan = Readonly<Record<string, unknown>>;

/** What EXPLAIN says of one statement. */
export interface Explained {
  readonly root: PlanNode;
  readonly planningMs: number;
  /** Undefined without ANALYZE. Triggers are in it. */
  readonly executionMs: number | undefined;
  readonly triggers: readonly RawPlan[];
}

export interface PlanNode {
  readonly type: string;
  /** Names as stored. */
  readonly schema: string | undefined;
  readonly relation: string | undefined;
  readonly alias: string | undefined;
  readonly index: string | undefined;
  readonly filter: string | undefined;
  /** Of an index or bitmap scan. */
  readonly condition: string | undefined;
  readonly sortKey: readonly string[];
  /** `InitPlan`, `SubPlan`, `Outer`… */
  readonly relationship: string | undefined;
  readonly operation: string | undefined;
  /** Over all loops; 0 where it never ran or was not analysed. */
  readonly rows: number;
  readonly loops: number;
  readonly rowsRemoved: number;
  readonly heapFetches: number;
  readonly children: readonly PlanNode[];
}

/** Reads the one value that EXPLAIN (FORMAT JSON) returns. */
export function readExplain(value: unknown): Explained {
  const [top] = (typeof value === 'string' ? JSON.parse(value) : value) as readonly RawPlan[];
  if (top === undefined) throw new Error('EXPLAIN returned nothing');
  return {
    root: readNode(top.Plan as RawPlan),
    planningMs: Number(top['Planning Time'] ?? 0),
    executionMs: top['Execution Time'] === undefined ? undefined : Number(top['Execution Time']),
    triggers: (top.Triggers ?? []) as readonly RawPlan[],
  };
}

function readNode(raw: RawPlan): PlanNode {
  const text = (key: string) => (raw[key] === undefined ? undefined : String(raw[key]));
  const number = (key: string) => Number(raw[key] ?? 0);
  const loops = number('Actual Loops');
  return {
    type: text('Node Type') ?? '',
    schema: text('Schema'),
    relation: text('Relation Name'),
    alias: text('Alias'),
    index: text('Index Name'),
    filter: text('Filter'),
    condition: text('Index Cond') ?? text('Recheck Cond'),
    sortKey: (raw['Sort Key'] ?? []) as readonly string[],
    relationship: text('Parent Relationship'),
    operation: text('Operation'),
    rows: number('Actual Rows') * loops,
    loops,
    rowsRemoved: number('Rows Removed by Filter') * loops,
    heapFetches: number('Heap Fetches'),
    children: ((raw.Plans ?? []) as readonly RawPlan[]).map(readNode),
  };
}

/** Rows returned, or touched by a write that returns none. */
export function resultRows(root: PlanNode): number {
  return root.type === 'ModifyTable' && root.rows === 0 ? (root.children[0]?.rows ?? 0) : root.rows;
}

/** A node and all below it, from the top. */
export function nodesOf(root: PlanNode): readonly PlanNode[] {
  return [root, ...root.children.flatMap(nodesOf)];
}

/** `Limit › Sort › Seq Scan on tasks`: what runs once for each row is in brackets. */
export function planLine(node: PlanNode): string {
  const place = node.index ?? node.relation;
  const own = place === undefined ? node.type : `${node.type} on ${place}`;
  const [main, ...rest] = node.children.map((child) =>
    child.relationship === 'SubPlan' ? `[${planLine(child)}]` : planLine(child),
  );
  if (main === undefined) return own;
  return `${own} › ${rest.length === 0 ? main : `(${[main, ...rest].join(', ')})`}`;
}

/** Tables and partitions that were really read. */
export function scansOf(root: PlanNode): number {
  return nodesOf(root).filter(
    ({ type, relation, loops }) => /Scan$/.test(type) && relation !== undefined && loops > 0,
  ).length;
}
