import type { Catalog } from '../../catalog/catalog.ts';
import { count } from './costs.ts';
import { percent } from './detect-policies.ts';
import type { Facts } from './facts.ts';
import type { Remedy } from './remedy.ts';
import { type Resolved, resolveOnce } from './resolve.ts';
import { ProbeError, type Rig, type Way } from './rig.ts';

/**
 * Helpers that policies ask about the actor in each statement, resolved once a transaction into settings instead. None where it cannot
 * be tried: the sentence would be a guess.
 *
 * @param transactions in which the calls of the facts were: each pays once
 */
export async function resolvable(
  rig: Rig,
  catalog: Catalog,
  facts: readonly Facts[],
  transactions: number,
): Promise<readonly Remedy[]> {
  if (!rig.writes) return [];
  const resolved = await resolveOnce(catalog, [...new Set(facts.flatMap(({ tables }) => tables))]);
  if (resolved === undefined) return [];
  const own = facts
    .filter(({ tables }) => tables.some((table) => resolved.tables.includes(table)))
    .sort((one, other) => other.share - one.share);
  const [worst] = own;
  const [probe] = worst?.probes ?? [];
  if (worst?.counted === undefined || probe === undefined) return [];
  const way: Way = { first: resolved.first, change: resolved.change };
  try {
    const after = await count(rig, catalog, probe, way);
    const executionMs = worst.counted.explained.executionMs ?? 0;
    const gone = worst.counted.functions.filter(
      ({ name }) => !after.functions.some((each) => each.name === name),
    );
    const functionMs = gone.reduce((sum, { selfMs }) => sum + selfMs, 0);
    const once = await onceMs(rig, probe, resolved);
    const whole = facts.reduce((sum, { calls, ms }) => sum + calls * (ms ?? 0), 0);
    return [
      {
        kind: 'function-cost',
        table: null,
        says: `policies ask ${resolved.helpers.map((name) => `${name}()`).join(', ')} in each statement: in one ${worst.statement.name} ${percent(executionMs > 0 ? Math.min(1, functionMs / executionMs) : 0)} of its time`,
        evidence: {
          calls: gone.reduce((sum, { calls }) => sum + calls, 0),
          functionMs,
          executionMs,
          onceMs: once,
        },
        fix: [
          '-- at the start of each transaction, as the actor:',
          `${resolved.first};`,
          '-- and the policies read that:',
          ...resolved.change.map((sql) => `${sql};`),
        ].join('\n'),
        caution:
          'only where the request role runs nothing but the statements of the application: who can set a setting can be anyone; and what a transaction changes of it must be resolved again. Prove the rules again',
        change: resolved.change,
        first: resolved.first,
        covers: [...new Set([...resolved.helpers, ...gone.map(({ name }) => name)])],
        untried: null,
        onceShare: whole > 0 ? (once * transactions) / whole : 0,
        statements: own.map(({ statement }) => statement.name),
        share: 0,
      },
    ];
  } catch (error) {
    if (error instanceof ProbeError) return [];
    throw error;
  }
}

/** What resolving costs once a transaction, warm. */
async function onceMs(
  rig: Rig,
  probe: NonNullable<Facts['probes'][0]>,
  { first }: Resolved,
): Promise<number> {
  const sql = `${first}`;
  const { executionMs } = await rig.run({ ...probe, kind: 'read', sql, values: [], before: [] }, {});
  return executionMs;
}
