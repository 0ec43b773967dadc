import type { Identity, Session } from '../../../cluster/session.ts';
import { type IndexFacts, indexesThere } from '../indexes/index-facts.ts';

/** An index that a query is claimed to use: by name, by its leading columns, or any of the table. */
export interface Use {
  readonly table: string;
  readonly columns?: readonly string[] | undefined;
  readonly index?: string | undefined;
}

export function useText({ table, columns, index }: Use): string {
  return `${index ?? ''}${columns === undefined ? '' : `${index === undefined ? '' : ' '}(${columns.join(', ')})`} on ${table}`.trim();
}

/** Indexes of the table and its partitions, and whether each is one that the use means. */
export async function indexesOfUse(
  session: Session,
  use: Use,
): Promise<readonly (IndexFacts & { readonly serves: boolean })[]> {
  const tables = await session.query(
    `SELECT to_regclass($1)::text AS name WHERE to_regclass($1) IS NOT NULL
     UNION SELECT relid::regclass::text FROM pg_partition_tree(to_regclass($1))`,
    [use.table],
  );
  const found: (IndexFacts & { serves: boolean })[] = [];
  const ofName = new Set<string>();
  for (const { name } of tables) {
    for (const index of await indexesThere(session, String(name))) {
      if (use.index === index.name) ofName.add(index.drop);
      found.push({
        ...index,
        serves: (use.columns ?? []).every((column, place) => isColumn(index.keys[place], column)),
      });
    }
  }
  // The parts of an index on partitions have names of their own; they are dropped with it.
  return use.index === undefined
    ? found
    : found.map((index) => ({ ...index, serves: index.serves && ofName.has(index.drop) }));
}

/** An expression is compared without casts and parentheses, which the server adds. */
function isColumn(key: string | undefined, column: string): boolean {
  const plain = (text: string) =>
    text.replace(/::[a-z ]+(\[\])?|[\s()"]|\b(asc|desc|nulls (first|last))$/gi, '');
  return key !== undefined && (key === column || plain(key) === plain(column));
}

interface Query {
  readonly sql: string;
  readonly values: readonly (string | null)[];
  readonly identity: Identity | undefined;
}

/** A plan node of EXPLAIN (FORMAT JSON), as far as it matters. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * Whether the plan finds rows by such an index. Test data is small, where any plan is as good: so sequential scans are
 * off; then all indexes that no use of the query means are hidden, then joins that read whole tables are off.
 */
export async function planUses(
  session: Session,
  query: Query,
  use: Use,
  uses: readonly Use[],
): Promise<{ readonly uses: boolean; readonly actual: string }> {
  const own = await indexesOfUse(session, use);
  const names = new Set(own.flatMap(({ serves, valid, name }) => (serves && valid ? [name] : [])));
  if (names.size === 0) return { uses: false, actual: 'there is no such index' };
  let first: string | undefined;
  for (const how of ['', ', other indexes hidden', ', other indexes hidden, by nested loops'] as const) {
    const plan = await session.undone(async () => {
      await session.script('SET LOCAL enable_seqscan = off');
      if (how !== '') await hideOthers(session, uses);
      if (how.endsWith('loops')) {
        // As where tables are large: rows count and pages do not, and a value is rare, whatever the test data hold.
        await session.script(
          `SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL seq_page_cost = 0;
           SET LOCAL random_page_cost = 0; SET LOCAL cpu_tuple_cost = 1; SET LOCAL cpu_index_tuple_cost = 1;
           DELETE FROM pg_catalog.pg_statistic WHERE starelid >= 16384`,
        );
      }
      if (query.identity !== undefined) await session.become(query.identity);
      return session.attempt(`EXPLAIN (FORMAT JSON) ${withoutExplain(query.sql)}`, query.values);
    });
    if (plan.status === 'error') {
      return { uses: false, actual: `${plan.error.sqlstate}: ${plan.error.message}` };
    }
    const nodes = nodesOf(plan.rows[0]?.['QUERY PLAN']);
    const hit = nodes.find((node) => names.has(node['Index Name'] ?? '') && node['Index Cond'] !== undefined);
    if (hit !== undefined) {
      return { uses: true, actual: `${hit['Node Type']} ${hit['Index Name']} ${hit['Index Cond']}${how}` };
    }
    first ??= nodes
      .filter((node) => /Scan$/.test(node['Node Type']))
      .map((node) => [node['Node Type'], node['Index Name'], node['Index Cond']].filter(Boolean).join(' '))
      .join('; ');
  }
  return { uses: false, actual: first || 'no scan' };
}

/** The planner takes no index that is not valid. */
async function hideOthers(session: Session, uses: readonly Use[]): Promise<void> {
  const meant: number[] = [];
  for (const use of uses) {
    for (const { oid, serves } of await indexesOfUse(session, use)) if (serves) meant.push(oid);
  }
  await session.query(
    `UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid >= 16384 AND indexrelid <> ALL ($1::oid[])`,
    [meant],
  );
}

/** A document may show the query with its EXPLAIN. */
export function withoutExplain(sql: string): string {
  return sql.replace(/^\s*EXPLAIN\s+(\([^)]*\)\s*|ANALYZE\s+|VERBOSE\s+)*/i, '');
}

function nodesOf(plan: unknown): readonly PlanNode[] {
  const [top] = plan as readonly { readonly Plan: PlanNode }[];
  const nodes: PlanNode[] = [];
  const open = top === undefined ? [] : [top.Plan];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    nodes.push(next);
    open.push(...(next.Plans ?? []));
  }
  return nodes;
}
