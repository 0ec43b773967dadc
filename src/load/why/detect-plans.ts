import type { Catalog } from '../../catalog/catalog.ts';
import type { Query } from '../../catalog/query.ts';
import { touching } from './detect-policies.ts';
import type { Facts } from './facts.ts';
import { fromPlan, fromPolicies, type IndexCandidate, tableOf } from './index-candidates.ts';
import { leakyOperators } from './leakproof.ts';
import { nodesOf } from './plan.ts';
import { quotePart } from './quote.ts';
import type { Remedy } from './remedy.ts';

/** Indexes that plans and policies seem to lack. */
export function missingIndexes(catalog: Catalog, facts: readonly Facts[]): readonly Remedy[] {
  const remedies = new Map<string, Remedy>();
  const add = (candidate: IndexCandidate, statement: string | undefined) => {
    const { table, create, rowsRemoved, rowsKept, scan, condition, why } = candidate;
    const key = JSON.stringify(create);
    if (remedies.has(key)) return;
    const statements = touching(facts, table);
    remedies.set(key, {
      kind: 'missing-index',
      table,
      says:
        why === 'filter'
          ? `${statement} reads ${rowsRemoved + rowsKept} rows of ${table} and throws ${rowsRemoved} away: no index serves its condition`
          : `a policy of ${table} compares columns that lead no index`,
      evidence: {
        condition: condition.length > 300 ? `${condition.slice(0, 300)}…` : condition,
        scan,
        ...(why === 'filter' ? { rowsRemoved, rowsKept } : {}),
      },
      fix: create.map((sql) => `${sql};`).join('\n'),
      caution: 'on a table in use: CREATE INDEX CONCURRENTLY; each write to it maintains one index more',
      change: create,
      untried: null,
      statements:
        statement === undefined
          ? statements
          : [statement, ...statements.filter((name) => name !== statement)],
      share: 0,
    });
  };
  for (const { counted, statement } of facts) {
    if (counted === undefined) continue;
    for (const each of fromPlan(catalog, counted.explained.root)) add(each, statement.name);
  }
  // What a plan showed is the better proof of the same lack.
  const shown = new Set([...remedies.values()].map(({ table }) => table));
  for (const table of new Set(facts.flatMap(({ tables }) => tables)))
    if (!shown.has(table)) for (const each of fromPolicies(catalog, table)) add(each, undefined);
  return [...remedies.values()];
}

/** Indexes that a statement is served by without row security, and not with it, because an operator is not leakproof. */
export async function lostIndexes(query: Query, facts: readonly Facts[]): Promise<readonly Remedy[]> {
  const remedies: Remedy[] = [];
  for (const { statement, counted, free } of facts) {
    if (counted === undefined || free === undefined) continue;
    const used = new Set(nodesOf(counted.explained.root).map(({ index }) => index));
    const lost = nodesOf(free.explained.root).filter(({ index }) => index !== undefined && !used.has(index));
    for (const { index = '', condition = '' } of lost) {
      const leaky = (await leakyOperators(query, index)).filter(({ operator }) =>
        condition.includes(` ${operator} `),
      );
      const [first] = leaky;
      if (first === undefined) continue;
      remedies.push({
        kind: 'index-lost-to-row-security',
        table: null,
        says: `${statement.name} is served by ${quotePart(index)} without row security, and not with it: ${first.operator} is not leakproof, so the policy goes first`,
        evidence: { index, operator: first.operator, condition },
        fix: 'find the keys in a SECURITY DEFINER function that applies the rule itself, and read the rows by key, under their policies',
        caution: `the effect is that of ALTER FUNCTION ${first.function} LEAKPROOF, which is right only if it never tells of what it is given, by an error or otherwise`,
        change: leaky.map((each) => `ALTER FUNCTION ${each.function} LEAKPROOF`),
        untried: null,
        statements: [statement.name],
        share: 0,
      });
      break;
    }
  }
  return remedies;
}

/** Index-only scans that had to look into the table after all. */
export function heapFetches(catalog: Catalog, facts: readonly Facts[]): readonly Remedy[] {
  return facts.flatMap(({ statement, counted }) => {
    if (counted === undefined) return [];
    const scans = nodesOf(counted.explained.root).filter(
      ({ type, heapFetches, rows }) =>
        type === 'Index Only Scan' && heapFetches >= 100 && heapFetches > rows / 2,
    );
    return scans.slice(0, 1).map((scan): Remedy => {
      const table = tableOf(catalog, scan) ?? scan.relation ?? '';
      return {
        kind: 'heap-fetches',
        table,
        says: `${statement.name} looks into ${table} for ${scan.heapFetches} of the ${scan.rows} rows that ${quotePart(scan.index ?? '')} has`,
        evidence: { heapFetches: scan.heapFetches, rows: scan.rows },
        fix: `VACUUM ${table}; and have autovacuum come more often`,
        caution: null,
        change: null,
        untried: 'VACUUM cannot run in a transaction',
        statements: [statement.name],
        share: 0,
      };
    });
  });
}
