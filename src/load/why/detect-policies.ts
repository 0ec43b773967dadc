import type { Catalog } from '../../catalog/catalog.ts';
import { calledIn } from './conditions.ts';
import type { Facts } from './facts.ts';
import { hoistable, routineOf } from './hoist.ts';
import { quotePart } from './quote.ts';
import type { Remedy } from './remedy.ts';
import { parseExpression } from './sql-tree.ts';

/** Names of statements that read or write a table, the costliest first. */
export function touching(facts: readonly Facts[], table: string): readonly string[] {
  return facts
    .filter(({ tables, counted }) => tables.includes(table) || (counted?.written.includes(table) ?? false))
    .sort((one, other) => other.share - one.share)
    .map(({ statement }) => statement.name);
}

/** Policies that call for each row what could be called once a statement. */
export async function perRowCalls(catalog: Catalog, facts: readonly Facts[]): Promise<readonly Remedy[]> {
  const tables = [...new Set(facts.flatMap((each) => each.tables))];
  const remedies: Remedy[] = [];
  for (const table of tables) {
    const found = await hoistable(catalog, table);
    const statements = touching(facts, table);
    if (found.length === 0 || statements.length === 0) continue;
    const calls = [...new Set(found.flatMap((each) => each.calls))];
    const volatile = [...new Set(found.flatMap((each) => each.volatile))];
    remedies.push({
      kind: 'function-per-row',
      table,
      says: `${policies(found.map(({ policy }) => policy.name))} of ${table} call${found.length === 1 ? 's' : ''} ${calls.map((call) => `${call}()`).join(', ')} for each row, though the answer is the same for all`,
      evidence: callsOf(facts, statements[0] ?? '', calls),
      fix: found.map(({ sql }) => `${sql};`).join('\n'),
      caution:
        volatile.length === 0
          ? null
          : `${volatile.join(', ')} ${volatile.length === 1 ? 'is' : 'are'} VOLATILE: called once, it must give what it would give each time`,
      change: found.map(({ sql }) => sql),
      untried: null,
      covers: calls,
      statements,
      share: 0,
    });
  }
  return remedies;
}

function policies(names: readonly string[]): string {
  return `${names.length === 1 ? 'policy' : 'policies'} ${names.map(quotePart).join(', ')}`;
}

/** What was counted of functions in a statement. */
function callsOf(facts: readonly Facts[], statement: string, names: readonly string[]): Remedy['evidence'] {
  const counted = facts.find((each) => each.statement.name === statement)?.counted;
  const own = counted?.functions.filter(({ name }) => names.includes(name)) ?? [];
  if (own.length === 0) return {};
  return {
    calls: own.reduce((sum, { calls }) => sum + calls, 0),
    functionMs: own.reduce((sum, { totalMs }) => sum + totalMs, 0),
    executionMs: counted?.explained.executionMs ?? 0,
  };
}

/** Functions of policies that are VOLATILE although they may only read: the planner can neither hoist nor index by them. */
export function volatileHelpers(catalog: Catalog, facts: readonly Facts[]): readonly Remedy[] {
  const tables = [...new Set(facts.flatMap((each) => each.tables))];
  const found = new Map<string, { readonly identity: string; readonly tables: Set<string> }>();
  for (const policy of catalog.policies.filter(({ relation }) => tables.includes(relation))) {
    for (const text of [policy.using, policy.withCheck]) {
      const tree = text === null ? undefined : parseExpression(text);
      for (const names of calledIn(tree)) {
        const routine = routineOf(catalog, names);
        if (routine === undefined || routine.volatility !== 'volatile' || routine.fromExtension) continue;
        const known = found.get(routine.identity) ?? { identity: routine.identity, tables: new Set() };
        known.tables.add(policy.relation);
        found.set(routine.identity, known);
      }
    }
  }
  return [...found.values()].map(({ identity, tables: own }) => {
    const fix = `ALTER FUNCTION ${identity} STABLE`;
    return {
      kind: 'volatile-function',
      table: [...own][0] ?? null,
      says: `${identity}, which policies of ${[...own].join(', ')} call, is VOLATILE`,
      evidence: {},
      fix: `${fix};`,
      caution:
        'only if it reads and gives the same answer throughout a statement; it is executed as such in the trial',
      change: [fix],
      untried: null,
      statements: [...new Set([...own].flatMap((table) => touching(facts, table)))],
      share: 0,
    };
  });
}

/** Helpers that take a good part of a statement's time and for which there is no rewriting by rule. */
export function costlyHelpers(facts: readonly Facts[]): readonly Remedy[] {
  const byName = new Map<
    string,
    { share: number; statement: string; calls: number; totalMs: number; executionMs: number; names: string[] }
  >();
  for (const { statement, share, counted, free } of facts) {
    const executionMs = counted?.explained.executionMs ?? 0;
    if (counted === undefined || executionMs === 0) continue;
    for (const { name, calls, totalMs } of counted.functions) {
      const without = free?.functions.find((each) => each.name === name)?.calls ?? 0;
      // Only what row security calls: triggers have findings of their own. What a helper calls is in the helper's time.
      if (free === undefined || calls - without <= 0) continue;
      const part = Math.min(1, (totalMs * ((calls - without) / calls)) / executionMs);
      const own = share * part;
      const known = byName.get(name);
      if (part < 0.1) continue;
      const most = known !== undefined && known.share > own;
      byName.set(name, {
        share: (known?.share ?? 0) + own,
        statement: most ? known.statement : statement.name,
        calls: most ? known.calls : calls,
        totalMs: most ? known.totalMs : totalMs,
        executionMs: most ? known.executionMs : executionMs,
        names: [...(known?.names ?? []), statement.name],
      });
    }
  }
  return [...byName].map(([name, { share, calls, totalMs, executionMs, statement, names }]) => ({
    kind: 'function-cost',
    table: null,
    says: `policies call ${name}() ${calls === 1 ? 'once' : `${calls} times`} in one ${statement}: ${percent(totalMs / executionMs)} of its time`,
    evidence: { calls, functionMs: totalMs, executionMs },
    fix:
      calls > 1
        ? `let the policy compare a column with = ANY ((SELECT …)::type[]), resolved once a statement, instead of asking ${name}() for each row`
        : `resolve what ${name}() finds once a transaction, into a setting that the policy reads`,
    caution: 'the rule must stay the same: prove it again',
    change: null,
    covers: [name],
    untried: 'what to write instead follows from the rule, not from the policy',
    statements: [statement, ...names.filter((each) => each !== statement)],
    share,
  }));
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
