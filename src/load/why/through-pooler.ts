import { type Facts, short } from './facts.ts';
import { severityOf } from './findings.ts';
import type { WhyFinding } from './model.ts';
import { keepsPrepared, type PoolerWays, poolerCost } from './pooler.ts';

export interface Pooled {
  readonly facts: readonly Facts[];
  /** Whether prepared statements reach the server as such. */
  readonly prepared: boolean;
}

/** The facts with what a pooler costs each statement; as they are where there is none. */
export async function throughPooler(
  facts: readonly Facts[],
  ways: PoolerWays | undefined,
  options: { readonly writes: boolean; readonly prepared: boolean; readonly signal: AbortSignal },
): Promise<Pooled> {
  if (ways === undefined) return { facts, prepared: options.prepared };
  const { writes, signal } = options;
  const prepared = options.prepared && (await keepsPrepared(ways.pooled));
  const direct = await ways.direct();
  const pooled = await ways.pooled();
  try {
    const found: Facts[] = [];
    for (const each of facts) {
      const [probe] = each.probes;
      const able = probe !== undefined && each.ms !== null && (writes || each.statement.kind === 'read');
      found.push(
        able ? { ...each, pooler: await poolerCost(direct, pooled, probe, { prepared, signal }) } : each,
      );
    }
    return { facts: found, prepared };
  } finally {
    await Promise.allSettled([direct.end(), pooled.end()]);
  }
}

/** One finding for all statements: the pooler is the same for each. */
export function pooledFinding(facts: readonly Facts[], ways: PoolerWays | undefined): readonly WhyFinding[] {
  const measured = facts.flatMap(({ statement, pooler }) => (pooler === null ? [] : [{ statement, pooler }]));
  const worst = measured.sort((one, other) => other.pooler.p50 - one.pooler.p50)[0];
  if (ways === undefined || worst === undefined || worst.pooler.p50 < 1.2) return [];
  const { p50, p99, prepared, directP50Ms, pooledP50Ms } = worst.pooler;
  return [
    {
      kind: 'pooler',
      severity: severityOf(0),
      share: 0,
      statement: worst.statement.name,
      table: null,
      says: `through PgBouncer ${ways.version} a client waits ${short(p50)} times as long for ${worst.statement.name} (99th percentile ${short(p99)} times)`,
      evidence: { directP50Ms, pooledP50Ms, p50, p99, prepared: prepared ? 'yes' : 'no' },
      fix: prepared
        ? 'fewer round trips: a transaction in one pipeline; Unix sockets on both hops; more poolers than one (so_reuseport), for each is one thread'
        : 'PgBouncer from 1.21 on with max_prepared_statements = 200, so that statements are planned once; a transaction in one pipeline',
      caution: null,
      effect: [],
      untried: 'it is not the time of the database, of which the shares are',
    },
  ];
}
