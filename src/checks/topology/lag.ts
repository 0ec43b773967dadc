import { z } from 'zod';
import { measureLag } from '../../cluster/lag.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Milliseconds from the acknowledged commit until a replica shows it, at most, for 99 of 100 commits. */
  belowMs: z.int().positive(),
  /** How long it is looked at. */
  seconds: z.number().positive().default(5),
});

/** From a commit to the moment at which each replica shows it. */
export const topologyLag = defineCheck({
  kind: 'topology.lag',
  family: 'topology',
  says: 'what is committed is visible on each replica within a time, measured by a heartbeat',
  parameters,
  needs: ['superuser', 'replicas'],
  isolation: 'cluster',
  tables: () => [],
  run: runLag,
  faults: (_, { belowMs }) => [faults['replay-delayed'](Math.ceil(belowMs / 1000) + 1)],
});

async function* runLag(
  context: CheckContext,
  { belowMs, seconds }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, topology } = around(context);
  const breaches: Breach[] = [];
  const lags = await measureLag(cluster.primary, topology.replicas, {
    milliseconds: seconds * 1000,
    // What takes longer is too long anyway.
    patienceMs: Math.max(2 * belowMs, 2_000),
  });
  for (const { replica, commits, p50, p95, p99, max, missing, histogram } of lags) {
    const agrees = missing === 0 && commits > 0 && p99 < belowMs;
    const expected = `99 of 100 commits visible in less than ${belowMs} ms`;
    const actual = `${commits} commits: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms${
      missing === 0 ? '' : `, ${missing} not seen`
    }; ${histogram}`;
    yield {
      subject: replica,
      way: 'heartbeat, from the acknowledged commit to its sight, by one steady clock',
      statement: 'UPDATE … heartbeat',
      expected,
      actual,
      agrees,
    };
    if (!agrees) {
      breaches.push({ says: `${replica} is behind: ${actual}`, object: replica, expected, actual });
    }
  }
  return judge(breaches, lags.length === 0 ? ['there is no replica'] : []);
}
